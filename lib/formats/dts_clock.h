// Decoding times from presentation times: a container that keeps only pts (NUT) and one that keeps
// both must lead to the same packets, so Weir derives them by one rule.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace weir::formats {

/// With `delay` pictures of reordering, the dts of picture n is the n-th smallest pts, `delay`
/// pictures late; the first ones lie `step` apart before the first pts. Strictly increasing.
class DtsClock {
 public:
  DtsClock(int delay, std::int64_t step) : delay_(delay), step_(step) {}

  /// `pts` in decoding order; the answer in the same ticks.
  std::int64_t next(std::int64_t pts) {
    if (count_ == 0) first_ = pts;
    held_.push(pts);
    std::int64_t dts = first_ - (delay_ - count_) * step_;
    if (count_ >= delay_) {
      dts = held_.top();
      held_.pop();
    }
    if (count_ > 0 && dts <= last_) dts = last_ + 1;
    ++count_;
    return last_ = dts;
  }

 private:
  std::int64_t delay_;
  std::int64_t step_;
  std::int64_t count_ = 0;
  std::int64_t first_ = 0;
  std::int64_t last_ = 0;
  std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> held_;
};

}  // namespace weir::formats
