// Decoding times from presentation times: a container that keeps only pts (NUT) and one that keeps
// both must lead to the same packets, so Weir derives them by one rule.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "media/track.h"

namespace weir::formats {

/// With `delay` pictures of reordering, the dts of picture n is the n-th smallest pts, `delay`
/// pictures late; the first ones lie `step` apart before the first pts. Strictly increasing, unless
/// stamps begin anew.
///
/// Holes      A key picture more than `hole` behind all pictures before begins anew: nothing behind
///            a hole is decoded before it. One as far before them does too, and dts goes back.
class DtsClock {
 public:
  DtsClock(int delay, std::int64_t step, std::int64_t hole)
      : delay_(delay), step_(step), hole_(std::max(hole, delay * step)) {}

  /// For the pictures of a track: its reordering and its rate, holes of a second.
  static DtsClock of(const media::Track& track) {
    const bool known = track.frame_rate.num > 0;
    const auto step = known ? media::Time{1, av_inv_q(track.frame_rate)}.in(track.time_base) : 1;
    return {track.par->video_delay, std::max<std::int64_t>(step, 1),
            media::Time{1, {1, 1}}.in(track.time_base)};
  }

  /// `pts` in decoding order; the answer in the same ticks.
  std::int64_t next(std::int64_t pts, bool key) {
    if (count_ == 0 || (key && pts - latest_ > hole_)) begin(pts);
    if (key && latest_ - pts > hole_) {
      begin(pts);
      last_.reset();
    }
    latest_ = std::max(latest_, pts);
    held_.push(pts);
    std::int64_t dts = first_ - (delay_ - count_) * step_;
    if (count_ >= delay_) {
      dts = held_.top();
      held_.pop();
    }
    if (last_ && dts <= *last_) dts = *last_ + 1;
    ++count_;
    last_ = dts;
    return dts;
  }

 private:
  void begin(std::int64_t pts) {
    held_ = {};
    count_ = 0;
    first_ = latest_ = pts;
  }

  std::int64_t delay_;
  std::int64_t step_;
  std::int64_t hole_;
  std::int64_t count_ = 0;  // since the begin or the last hole
  std::int64_t first_ = 0;
  std::int64_t latest_ = 0;
  std::optional<std::int64_t> last_;
  std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> held_;
};

}  // namespace weir::formats
