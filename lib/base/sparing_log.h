// Lines that others can cause as often as they like.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/log.h"

namespace weir {

/// Says at most so many warnings in a window of time; what is left out is counted, and told with
/// the first line of a later window.
class SparingLog {
 public:
  /// `log` is borrowed.
  explicit SparingLog(Log& log, int most = 10,
                      std::chrono::nanoseconds window = std::chrono::seconds(10))
      : log_(log), most_(most), window_(window) {}

  /// `now` of a monotonic clock.
  void warning(std::chrono::nanoseconds now, std::string_view line) {
    if (said_ > 0 && now - begin_ >= window_) {
      if (const auto left = std::exchange(left_out_, 0); left > 0)
        log_.warning("{} more lines of this kind were left out", left);
      said_ = 0;
    }
    if (said_ == 0) begin_ = now;
    if (said_ == most_) {
      ++left_out_;
      return;
    }
    ++said_;
    log_.write(LogLevel::kWarning, line);
  }

 private:
  Log& log_;
  const int most_;
  const std::chrono::nanoseconds window_;
  std::chrono::nanoseconds begin_{0};  // of the window, when something was said in it
  int said_ = 0;
  std::int64_t left_out_ = 0;
};

}  // namespace weir
