#include "media/splice_plan.h"

#include <algorithm>

namespace weir::media {
namespace {

constexpr Micros kSlack{1'000};

Time later(Time at, Micros by) {
  return {at.micros() + by.count(), kMicros};
}

std::vector<std::uint32_t> events_of(const SpliceInfo& info, bool cancelled) {
  std::vector<std::uint32_t> out;
  if (info.insert && info.insert->cancelled == cancelled) out.push_back(info.insert->event);
  for (const auto& each : info.segmentations)
    if (each.cancelled == cancelled) out.push_back(each.event);
  return out;
}

}  // namespace

void SplicePlan::take(const Event& event) {
  const auto section = cue_section(event);
  if (!section) return;
  const auto info = parse_splice_info(*section);
  if (!info || info->encrypted) return;
  if (!info->insert && info->command != SpliceInfo::kTimeSignal) return;
  const auto cancelled = events_of(*info, true);
  for (const auto each : cancelled) cancel(each);
  Splice splice{cue_time(event), events_of(*info, false)};
  if (splice.events.empty() && !cancelled.empty()) return;
  if (later(splice.at, kForgotten) < event.at || known(splice.at)) return;
  if (!event.time("splice") && said_before(ByteView(*section).first(info->size), event.at)) return;
  add(std::move(splice));
}

bool SplicePlan::known(Time at) const {
  return std::any_of(ahead_.begin(), ahead_.end(), [&](const Splice& s) { return s.at == at; }) ||
         std::find(passed_.begin(), passed_.end(), at) != passed_.end();
}

bool SplicePlan::said_before(ByteView section, Time at) {
  std::uint32_t checksum = 0;
  for (const auto byte : section.last(4)) checksum = checksum << 8 | byte;
  const bool again = std::any_of(said_.begin(), said_.end(), [&](const Said& said) {
    return said.checksum == checksum && at <= later(said.at, kForgotten);
  });
  said_.push_back({checksum, at});
  if (said_.size() > kMost) said_.pop_front();
  return again;
}

void SplicePlan::cancel(std::uint32_t event) {
  std::erase_if(ahead_, [&](Splice& splice) {
    return std::erase(splice.events, event) > 0 && splice.events.empty();
  });
}

void SplicePlan::add(Splice splice) {
  const auto after = [&](const Splice& other) { return other.at > splice.at; };
  ahead_.insert(std::find_if(ahead_.begin(), ahead_.end(), after), std::move(splice));
  if (ahead_.size() > kMost) ahead_.pop_back();
}

bool SplicePlan::reach(Time pts) {
  bool reached = false;
  for (; !ahead_.empty() && ahead_.front().at <= later(pts, kSlack); ahead_.pop_front()) {
    reached = true;
    passed_.push_back(ahead_.front().at);
    if (passed_.size() > kMost) passed_.pop_front();
  }
  return reached;
}

std::optional<Time> SplicePlan::next() const {
  return ahead_.empty() ? std::nullopt : std::optional(ahead_.front().at);
}

}  // namespace weir::media
