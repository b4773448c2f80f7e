#include "probe/stream_player.h"

#include <algorithm>

namespace weir::probe {

std::int64_t StreamPlayer::map(Way& way, std::int64_t stamp_us) {
  std::int64_t at = stamp_us + way.offset;
  if (way.last && at < *way.last - kReset) {
    if (way.resets == resets_) {
      ++resets_;
      offset_ = *way.last - stamp_us;
    }
    way.offset = offset_;
    way.resets = resets_;
    at = stamp_us + way.offset;
  }
  way.last = std::max(at, way.last.value_or(at));
  return at;
}

void StreamPlayer::arrived(PlayerLane lane, std::int64_t dts_us, std::int64_t at_us) {
  const std::int64_t at = map(packets_[static_cast<std::size_t>(lane)], dts_us);
  soonest_ = std::min(at_us - at, soonest_.value_or(at_us - at));
}

void StreamPlayer::shown(PlayerLane lane, std::int64_t pts_us, std::int64_t at_us) {
  auto& way = frames_[static_cast<std::size_t>(lane)];
  const auto before = way.last;
  const std::int64_t at = map(way, pts_us);
  if (!before || at <= *before) return;
  buffer_.add(lane, at - *before <= kLongestFrame ? *before : at - 1, at, at_us);
}

void StreamPlayer::tick(std::int64_t now_us) {
  buffer_.advance(now_us);
  const auto position = buffer_.position_us();
  if (!position || buffer_.ended()) return;
  if (!behind_) behind_ = Latency{.by = Latency::By::kArrival};
  behind_->add(now_us - *position);
}

// A server begins with what it has kept: only later it shows how soon a stamp can come.
std::optional<Latency> StreamPlayer::latency() const {
  if (!behind_ || !soonest_) return {};
  Latency out = *behind_;
  for (auto* value : {&out.first_us, &out.last_us, &out.min_us, &out.max_us}) *value -= *soonest_;
  out.sum_us -= out.samples * *soonest_;
  return out;
}

}  // namespace weir::probe
