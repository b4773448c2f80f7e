#include "probe/rules.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "probe/words.h"

namespace weir::probe {
namespace {

using enum Severity;
constexpr Rule kRules[] = {
    {"draft-READ", kMust, "every playlist and segment can be read"},
    {"draft-SYNTAX", kMust, "playlists follow the grammar"},
    {"draft-TARGETDURATION", kMust, "no EXTINF, rounded, is longer than EXT-X-TARGETDURATION"},
    {"draft-EXTINF", kMust, "each EXTINF is as long as its media, within a frame"},
    {"draft-BANDWIDTH", kMust, "no run of segments needs more than BANDWIDTH"},
    {"draft-CODECS", kMust, "CODECS names what the bitstream holds"},
    {"draft-RESOLUTION", kMust, "RESOLUTION is the size of the picture"},
    {"draft-FRAME-RATE", kMust, "FRAME-RATE is the rate of the pictures"},
    {"draft-AUDIO", kMust, "the AUDIO group of a variant exists"},
    {"draft-SUBTITLES", kMust, "the SUBTITLES group of a variant exists"},
    {"draft-CLOSED-CAPTIONS", kMust,
     "the CLOSED-CAPTIONS group of a variant exists, or all variants have NONE"},
    {"general-1.26", kMust, "VOD: measured average within 10 % of AVERAGE-BANDWIDTH"},
    {"general-1.27", kMust, "VOD: measured peak within 10 % of BANDWIDTH"},
    {"general-5.3", kMust, "WebVTT segments have X-TIMESTAMP-MAP"},
    {"general-7.3", kMust, "stamps go on from segment to segment"},
    {"general-7.4", kMust, "every video segment opens with an IDR picture"},
    {"general-7.7", kMust, "no segment exceeds the target by more than 0.5 s"},
    {"general-8.1", kMust, "the EXTINF of any run add up to its media, within a frame"},
    {"general-8.2", kMust, "sound and picture have the same target duration"},
    {"general-8.3", kMust, "all renditions have the same duration"},
    {"general-8.6", kMust, "VOD playlists have EXT-X-PLAYLIST-TYPE:VOD"},
    {"general-8.10", kMust, "every EXT-X-MEDIA but VIDEO has LANGUAGE"},
    {"general-8.20", kMust, "fMP4 segments have EXT-X-MAP"},
    {"general-8.22", kShould, "all variants have the same segment boundaries"},
    {"general-9.1", kMust, "variants have CODECS"},
    {"general-9.2", kMust, "video variants have RESOLUTION"},
    {"general-9.3", kMust, "I-frame variants have CODECS"},
    {"general-9.4", kMust, "I-frame variants have RESOLUTION"},
    {"general-9.11", kShould, "EXT-X-INDEPENDENT-SEGMENTS where segments open with IDR"},
    {"general-9.14", kMust, "variants have AVERAGE-BANDWIDTH"},
    {"general-9.15", kMust, "video variants have FRAME-RATE"},
    {"weir-IDR", kShould, "IDR pictures lie at the same times in all variants"},
    {"weir-ENCRYPTED", kInfo, "encrypted segments are not looked into"},
    {"weir-OFFSET", kInfo, "where sound starts against the picture"},
    {"weir-DTS", kMust, "packets are decoded in the order of their stamps"},
    {"weir-GAP", kShould, "stamps leave no gap, overlap or jump"},
    {"weir-END", kMust, "a pipe stream ends with its end mark"},
    {"weir-DAMAGE", kMust, "the input can be read to its end"},
    {"weir-FLV-INDEX", kMust, "FLV: every entry of the index leads to a key frame of its time"},
    {"weir-FLV-CONFIGURATION", kMust, "FLV: frames come behind their configuration"},
    {"weir-FLV-FLAGS", kShould, "FLV: the file header announces what there is"},
    {"weir-FLV-TIME", kShould, "FLV: the stamps of a track do not go back"},
    {"weir-FLV-SIZE", kShould, "FLV: onMetaData knows the size of the file"},
};

std::string place(const Finding& finding) {
  return finding.line > 0 ? fmt::format("{}:{}", finding.uri, finding.line) : finding.uri;
}

}  // namespace

std::string_view severity_name(Severity severity) {
  if (severity == kMust) return "must";
  return severity == kShould ? "should" : "info";
}

std::span<const Rule> all_rules() {
  return kRules;
}

const Rule& find_rule(std::string_view id) {
  const auto* found = std::find_if(std::begin(kRules), std::end(kRules),
                                   [&](const Rule& rule) { return rule.id == id; });
  assert(found != std::end(kRules));
  return *found;
}

void Findings::add(Finding finding) {
  const auto seen = ++counts_[{finding.rule->id, finding.uri}];
  if (seen <= kMaxPerRule) list_.push_back(std::move(finding));
}

std::vector<Finding> Findings::take() {
  for (const auto& [key, seen] : counts_) {
    if (seen <= kMaxPerRule) continue;
    const auto last = std::find_if(list_.rbegin(), list_.rend(), [&](const Finding& finding) {
      return finding.rule->id == key.first && finding.uri == key.second;
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
                    std::string(finding.rule->id), place(finding), finding.message});
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
