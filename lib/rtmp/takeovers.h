// Tells a publisher that comes back from two that fight for a stream.
#pragma once

#include <chrono>
#include <deque>
#include <iterator>

#include "base/result.h"

namespace weir::rtmp {

/// How often one publisher of a stream took over from another within the last minute.
class Takeovers {
 public:
  /// One more, at `now` of a monotonic clock. kRefused, and not counted, when there were `most`.
  Result<void> add(std::chrono::nanoseconds now, int most) {
    while (!times_.empty() && now - times_.front() > std::chrono::minutes(1)) times_.pop_front();
    if (std::ssize(times_) >= most)
      return fail(Code::kRefused, "two publishers take this stream from each other");
    times_.push_back(now);
    return {};
  }

 private:
  std::deque<std::chrono::nanoseconds> times_;
};

}  // namespace weir::rtmp
