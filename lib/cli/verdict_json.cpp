#include "cli/verdict_json.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <boost/json.hpp>

namespace weir::cli {
namespace {

constexpr std::size_t kMostHits = 100;

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

template <typename... Args>
void add(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

void open_line(const VerdictFrame& frame, safety::Action action, std::string& out) {
  add(out, R"({{"line":{})", frame.line);
  if (!frame.id.empty()) add(out, R"(,"id":{})", frame.id);
  add(out, R"(,"action":"{}")", safety::action_name(action));
}

void add_hit(const safety::Hit& hit, const safety::Rule& rule, std::string& out) {
  if (!rule.category.empty()) add(out, R"("category":{},)", quoted(rule.category));
  if (!rule.language.empty()) add(out, R"("language":{},)", quoted(rule.language));
  add(out, R"("rule":{},"severity":{},"span":[{},{}],"normal":{},"score":{:.2f})",
      quoted(rule.name), rule.severity, hit.span.begin, hit.span.end, quoted(hit.normal),
      hit.score);
}

void add_hits(const safety::Verdict& verdict, const safety::TextScreen& screen, std::string& out) {
  out += R"(,"hits":[)";
  for (std::size_t i = 0; i < std::min(verdict.hits.size(), kMostHits); ++i) {
    const auto& hit = verdict.hits[i];
    add(out, R"({}{{"action":"{}",)", i == 0 ? "" : ",",
        safety::action_name(screen.rule(hit).action));
    add_hit(hit, screen.rule(hit), out);
    out += '}';
  }
  out += ']';
  if (verdict.hits.size() > kMostHits) add(out, R"(,"more":{})", verdict.hits.size() - kMostHits);
}

}  // namespace

void add_verdict(const VerdictFrame& frame, const safety::Verdict& verdict,
                 const safety::TextScreen& screen, std::string& out) {
  open_line(frame, verdict.action, out);
  if (verdict.worst != nullptr) {
    out += ',';
    add_hit(*verdict.worst, screen.rule(*verdict.worst), out);
  }
  if (verdict.hits.size() > 1) add_hits(verdict, screen, out);
  if (verdict.invalid > 0)
    add(out, R"(,"invalid_utf8":{{"bytes":{},"at":[{}]}})", verdict.invalid,
        fmt::join(verdict.invalid_at, ","));
  if (frame.clean) add(out, R"(,"clean":{})", quoted(*frame.clean));
  out += "}\n";
}

void add_failure(const VerdictFrame& frame, std::string_view why, std::string& out) {
  open_line(frame, safety::Action::kReview, out);
  add(out, ",\"error\":{}}}\n", quoted(why));
}

}  // namespace weir::cli
