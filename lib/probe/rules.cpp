#include "probe/rules.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "probe/json_text.h"
#include "probe/rule_tables.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

using enum Severity;

}  // namespace

std::string_view severity_name(Severity severity) {
  if (severity == kMust) return "must";
  return severity == kShould ? "should" : "info";
}

std::string finding_place(const Finding& finding) {
  return finding.line > 0 ? fmt::format("{}:{}", finding.uri, finding.line) : finding.uri;
}

const std::vector<Rule>& all_rules() {
  static const std::vector<Rule> all = [] {
    std::vector<Rule> out;
    for (const auto part : {draft_rules(), draft_more_rules(), live_rules(), general_video_rules(),
                            general_sound_rules(), general_playlist_rules(),
                            general_delivery_rules(), device_rules(), weir_rules()})
      out.insert(out.end(), part.begin(), part.end());
    return out;
  }();
  return all;
}

const Rule& find_rule(std::string_view id) {
  const auto& all = all_rules();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Rule& rule) { return rule.id == id; });
  assert(found != all.end() && found->decided);
  return *found;
}

void Findings::add(Finding finding) {
  const auto seen = ++counts_[{finding.rule->id, finding.uri}];
  if (seen <= kMaxPerRule) list_.push_back(std::move(finding));
}

std::vector<Finding> Findings::take() {
  for (const auto& [key, seen] : counts_) {
    if (seen <= kMaxPerRule) continue;
    const auto last =
        std::find_if(list_.rbegin(), list_.rend(), [&place = key](const Finding& finding) {
          return finding.rule->id == place.first && finding.uri == place.second;
        });
    if (last != list_.rend())
      last->message += fmt::format(" (and {} more like it)", seen - kMaxPerRule);
  }
  counts_.clear();
  std::stable_sort(list_.begin(), list_.end(), [](const Finding& a, const Finding& b) {
    return a.rule->severity < b.rule->severity;
  });
  return std::move(list_);
}

std::int64_t count(const std::vector<Finding>& findings, Severity severity) {
  return std::count_if(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.rule->severity == severity; });
}

std::string findings_text(const std::vector<Finding>& findings) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& finding : findings)
    rows.push_back({std::string(severity_name(finding.rule->severity)),
                    std::string(finding.rule->id), finding_place(finding), finding.message});
  if (rows.empty()) return "no findings\n";
  return table(rows) +
         fmt::format("{}: {} must, {} should, {} info\n",
                     count_words(std::int64_t(findings.size()), "finding", "findings"),
                     count(findings, kMust), count(findings, kShould), count(findings, kInfo));
}

boost::json::array findings_json(const std::vector<Finding>& findings) {
  boost::json::array out;
  for (const auto& finding : findings)
    out.push_back({{"rule", finding.rule->id},
                   {"severity", severity_name(finding.rule->severity)},
                   {"uri", finding.uri},
                   {"line", finding.line > 0 ? boost::json::value(finding.line) : nullptr},
                   {"time", finding.time_us ? json_seconds(*finding.time_us) : nullptr},
                   {"measured", finding.measured},
                   {"limit", finding.limit},
                   {"message", finding.message}});
  return out;
}

boost::json::value findings_summary(const std::vector<Finding>& findings) {
  return {{"must", count(findings, kMust)},
          {"should", count(findings, kShould)},
          {"info", count(findings, kInfo)}};
}

}  // namespace weir::probe
