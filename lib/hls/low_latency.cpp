#include "hls/low_latency.h"

#include <iterator>

#include <fmt/format.h>

namespace weir::hls {
namespace {

constexpr int kTargetsNotSkipped = 6;

std::string seconds(Micros value) {
  return fmt::format("{}.{:06}", value.count() / 1'000'000, value.count() % 1'000'000);
}

}  // namespace

Micros part_hold_back(Micros part_target) {
  return part_target * 3;
}

std::optional<Micros> can_skip_until(std::int64_t target_duration, Micros listed) {
  const Micros boundary(target_duration * kTargetsNotSkipped * 1'000'000);
  if (listed <= boundary) return {};
  return boundary;
}

std::string low_latency_header(const LowLatency& chosen) {
  std::string text = "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES";
  const auto out = std::back_inserter(text);
  fmt::format_to(out, ",PART-HOLD-BACK={}", seconds(chosen.part_hold_back));
  fmt::format_to(out, ",HOLD-BACK={}", seconds(chosen.hold_back));
  if (chosen.can_skip_until)
    fmt::format_to(out, ",CAN-SKIP-UNTIL={}", seconds(*chosen.can_skip_until));
  text += '\n';
  if (chosen.part_target.count() > 0)
    fmt::format_to(out, "#EXT-X-PART-INF:PART-TARGET={}\n", seconds(chosen.part_target));
  return text;
}

std::string part_tags(const std::vector<MediaPart>& parts) {
  std::string text;
  for (const auto& part : parts)
    fmt::format_to(std::back_inserter(text), "#EXT-X-PART:DURATION={},URI=\"{}\"{}{}\n",
                   seconds(part.duration), part.uri, part.independent ? ",INDEPENDENT=YES" : "",
                   part.gap ? ",GAP=YES" : "");
  return text;
}

std::string low_latency_trailer(const LowLatency& chosen, bool ended) {
  std::string text;
  const auto out = std::back_inserter(text);
  if (!ended && !chosen.preload_hint.empty())
    fmt::format_to(out, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{}\"\n", chosen.preload_hint);
  for (const auto& report : chosen.reports) {
    fmt::format_to(out, "#EXT-X-RENDITION-REPORT:URI=\"{}\",LAST-MSN={}", report.uri,
                   report.last_msn);
    if (report.last_part) fmt::format_to(out, ",LAST-PART={}", *report.last_part);
    fmt::format_to(out, "\n");
  }
  return text;
}

}  // namespace weir::hls
