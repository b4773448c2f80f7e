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
  auto& way = packets_[static_cast<std::size_t>(lane)];
  const std::int64_t at = map(way, dts_us);
  if (date_) on_air_ = date_->second - (date_->first + way.offset);
  date_.reset();
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
  if (on_air_ && !behind_air_) behind_air_ = against(begun_utc_us_ - *on_air_, Latency::By::kDate);
  behind_->add(now_us - *position);
  if (behind_air_) behind_air_->add(begun_utc_us_ + now_us - (*position + *on_air_));
}

// What was added up so far, with something added to each sample.
Latency StreamPlayer::against(std::int64_t more_us, Latency::By by) const {
  Latency out = *behind_;
  out.by = by;
  for (auto* value : {&out.first_us, &out.last_us, &out.min_us, &out.max_us}) *value += more_us;
  out.sum_us += out.samples * more_us;
  return out;
}

// A server begins with what it has kept: only later it shows how soon a stamp can come.
std::optional<Latency> StreamPlayer::latency() const {
  if (behind_air_) return behind_air_;
  if (!behind_ || !soonest_) return {};
  return against(-*soonest_, Latency::By::kArrival);
}

}  // namespace weir::probe
