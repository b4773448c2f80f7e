#include "publish/hls_wall_time.h"

#include <utility>

namespace weir::publish {
namespace {

// Segments still being collected are never older than this many breaks.
constexpr std::size_t kRemembered = 16;

}  // namespace

void WallTime::anchor(media::Time at, std::int64_t utc_us) {
  if (fixed_ || (known() && !break_)) return;
  const media::Time from = known() ? *break_ : at;
  break_.reset();
  anchors_.push_back({from, at, utc_us});
  if (anchors_.size() > kRemembered) anchors_.pop_front();
}

void WallTime::discontinuity(media::Time at) {
  break_ = at;
}

void WallTime::fix(media::Time at, std::int64_t utc_us) {
  anchors_ = {{at, at, utc_us}};
  fixed_ = true;
}

std::optional<std::int64_t> WallTime::at(media::Time time) const {
  if (!known()) return {};
  const Anchor* anchor = &anchors_.front();
  for (const auto& each : anchors_)
    if (each.from <= time) anchor = &each;
  return anchor->utc_us + time.micros() - anchor->at.micros();
}

}  // namespace weir::publish
