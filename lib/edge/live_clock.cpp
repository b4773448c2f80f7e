#include "edge/live_clock.h"

namespace weir::edge {

std::int64_t LiveClock::place(flv::TagType type, std::int64_t stamp_ms) {
  if (offset_) {
    const std::int64_t at = stamp_ms + *offset_;
    if (at < last_ - kBack || at > last_ + kAhead) {
      offset_.reset();
      ++jumps_;
    }
  }
  if (!offset_) offset_ = next() - stamp_ms;
  auto& track = tracks_[type];
  const std::int64_t at = std::max(stamp_ms + *offset_, track);
  if (type == flv::TagType::kVideo && started_ && at > track)
    step_ = std::clamp<std::int64_t>(at - track, 1, 100);
  track = at;
  last_ = std::max(last_, at);
  started_ = true;
  return at;
}

std::int64_t LiveClock::last(flv::TagType type) const {
  if (type == flv::TagType::kScript) return last_;
  const auto track = tracks_.find(type);
  return track != tracks_.end() ? track->second : 0;
}

}  // namespace weir::edge
