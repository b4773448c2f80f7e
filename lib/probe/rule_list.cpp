#include "probe/rule_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json.hpp>

#include "base/text.h"
#include "probe/report_json.h"
#include "probe/selection.h"
#include "probe/words.h"

namespace weir::probe {
namespace json = boost::json;
namespace {

std::string platforms_words(const Rule& rule) {
  return rule.platforms == kAll ? ""
                                : fmt::format(" [{}]", fmt::join(names_of(rule.platforms), " "));
}

// XML 1.0 section 2.2: other control characters cannot be told at all.
std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto c = static_cast<unsigned char>(text.front());
    if (length == 0 || (c < 0x20 && c != '\t' && c != '\n'))
      out += "\xEF\xBF\xBD";
    else if (c == '<' || c == '>' || c == '&' || c == '"')
      out += fmt::format("&#{};", c);
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

bool fails(const Rule& rule, bool strict) {
  return rule.severity == Severity::kMust || (strict && rule.severity == Severity::kShould);
}

std::string junit_case(const Rule& rule, const std::vector<Finding>& findings, bool strict) {
  std::string text;
  for (const auto& finding : findings)
    if (finding.rule == &rule)
      text += fmt::format("{}: {}\n", finding_place(finding), finding.message);
  const std::string head = fmt::format("  <testcase classname=\"{}\" name=\"{}: {}\"",
                                       severity_name(rule.severity), rule.id, escaped(rule.title));
  if (text.empty()) return head + "/>\n";
  if (!fails(rule, strict))
    return fmt::format("{}><system-out>{}</system-out></testcase>\n", head, escaped(text));
  return fmt::format("{}><failure message=\"{}\">{}</failure></testcase>\n", head,
                     escaped(rule.title), escaped(text));
}

}  // namespace

std::string rules_text(const std::vector<Rule>& rules) {
  std::string out;
  std::int64_t decided = 0;
  for (const auto& rule : rules) {
    out += fmt::format("{} ({}){}{}: {}\n    {}\n", rule.id, severity_name(rule.severity),
                       platforms_words(rule), rule.decided ? "" : ", not decided", rule.title,
                       rule.reason);
    decided += rule.decided ? 1 : 0;
  }
  return out + fmt::format("{} rules, {} decided\n", rules.size(), decided);
}

json::object rules_json(const std::vector<Rule>& rules) {
  json::array list;
  for (const auto& rule : rules) {
    json::array platforms;
    for (const auto& name : names_of(rule.platforms)) platforms.emplace_back(name);
    list.push_back({{"id", rule.id},
                    {"severity", severity_name(rule.severity)},
                    {"platforms", std::move(platforms)},
                    {"decided", rule.decided},
                    {"title", rule.title},
                    {"reason", rule.reason}});
  }
  return {{"schema", kSchema}, {"kind", "rules"}, {"rules", std::move(list)}};
}

std::string junit_text(std::string_view input, std::span<const Rule* const> rules,
                       const std::vector<Finding>& findings, bool strict) {
  std::string cases;
  std::int64_t failures = 0;
  for (const Rule* rule : rules) {
    const std::string text = junit_case(*rule, findings, strict);
    if (text.find("<failure") != std::string::npos) ++failures;
    cases += text;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n{}</testsuite>\n",
      escaped(input), rules.size(), failures, cases);
}

}  // namespace weir::probe
