// Exact stream time: a count of ticks and how long a tick is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

extern "C" {
#include <libavutil/avutil.h>
#include <libavutil/mathematics.h>
#include <libavutil/rational.h>
}

#include "base/result.h"

namespace weir::media {

inline constexpr std::int64_t kNoTime = AV_NOPTS_VALUE;
inline constexpr AVRational kMicros{1, 1'000'000};

/// A moment, or a length, as ticks of `base` seconds. Compares exactly across bases.
struct Time {
  std::int64_t ticks = 0;
  AVRational base{1, 1};

  double seconds() const { return static_cast<double>(ticks) * av_q2d(base); }
  /// In ticks of another base, to the nearest, halves away from zero.
  std::int64_t in(AVRational other) const { return av_rescale_q(ticks, base, other); }
  std::int64_t micros() const { return in(kMicros); }
};

inline int compare(const Time& a, const Time& b) {
  return av_compare_ts(a.ticks, a.base, b.ticks, b.base);
}
inline bool operator<(const Time& a, const Time& b) {
  return compare(a, b) < 0;
}
inline bool operator<=(const Time& a, const Time& b) {
  return compare(a, b) <= 0;
}
inline bool operator>(const Time& a, const Time& b) {
  return compare(a, b) > 0;
}
inline bool operator>=(const Time& a, const Time& b) {
  return compare(a, b) >= 0;
}
inline bool operator==(const Time& a, const Time& b) {
  return compare(a, b) == 0;
}

/// "N/D" as JSON and messages carry rates and bases. Parsing fails with kBadInput unless D > 0.
std::string format_rational(AVRational value);
Result<AVRational> parse_rational(std::string_view text);

}  // namespace weir::media
