#include "probe/live_reports.h"

#include <algorithm>

#include "hls/uri.h"
#include "probe/json_text.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

std::string words(const LivePosition& at) {
  return at.part < 0 ? fmt::format("number {}", at.number)
                     : fmt::format("part {} of number {}", at.part, at.number);
}

// A segment without the index of a part is whole.
bool beyond(const LivePosition& a, const LivePosition& b) {
  if (a.number != b.number) return a.number > b.number;
  return a.part >= 0 && b.part >= 0 && a.part > b.part;
}

}  // namespace

void LiveReports::take(const std::string& location, const Reload& reload) {
  const LivePosition last = reload.list.last();
  auto& told = told_[location];
  for (const auto& one : told)
    if (one.read_us < reload.asked_us && beyond(one.last, last))
      LiveScene{out_, one.by, one.read_us}.add(
          "draft-RENDITION-REPORT-TRUE", one.line, boost::json::string(words(one.last)),
          boost::json::string(words(last)),
          fmt::format("'{}' is reported at {}, and had {} afterwards", location, words(one.last),
                      words(last)));
  std::erase_if(told, [&](const Told& one) { return one.read_us < reload.asked_us; });
  auto& seen = seen_[location];
  if (seen.empty() || beyond(last, seen.back().last)) seen.push_back({last, reload.answered_us});
  if (seen.size() > kMost) seen.pop_front();
  for (const auto& report : reload.list.reports) {
    const std::string about = hls::resolve_uri(location, report.uri);
    too_old(location, about, report, reload);
    auto& waiting = told_[about];
    if (waiting.size() < kMost)
      waiting.push_back({location, report.last, reload.answered_us, report.line});
  }
}

void LiveReports::too_old(const std::string& by, const std::string& about, const LiveReport& report,
                          const Reload& reload) {
  const auto& seen = seen_[about];
  const auto left =
      std::ranges::find_if(seen, [&](const Seen& one) { return beyond(one.last, report.last); });
  if (left == seen.end()) return;
  const std::int64_t lag = reload.asked_us - left->at_us;
  if (lag <= reload.list.target_us) return;
  LiveScene{out_, by, reload.answered_us}.add(
      "draft-RENDITION-REPORT-TRUE", report.line, json_seconds(lag),
      json_seconds(reload.list.target_us),
      fmt::format("'{}' is reported at {}, which it had left {} before", about, words(report.last),
                  seconds_words(lag)));
}

}  // namespace weir::probe
