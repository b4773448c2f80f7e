#include "probe/bandwidth.h"

#include <algorithm>
#include <cmath>

namespace weir::probe {
namespace {

// Segments too short for any target make runs without end; players do not look further either.
constexpr std::size_t kMaxRun = 1000;

std::int64_t rate(std::int64_t bytes, std::int64_t us) {
  return us > 0 ? std::llround(static_cast<double>(bytes) * 8e6 / static_cast<double>(us)) : 0;
}

}  // namespace

std::int64_t average_bitrate(std::span<const SegmentSize> segments) {
  std::int64_t bytes = 0;
  double us = 0;
  for (const auto& segment : segments) {
    bytes += segment.bytes;
    us += static_cast<double>(segment.duration_us);
  }
  return us > 0 ? std::llround(static_cast<double>(bytes) * 8e6 / us) : 0;
}

std::int64_t peak_bitrate(std::span<const SegmentSize> segments, std::int64_t target_us) {
  std::int64_t peak = 0;
  for (std::size_t first = 0; first < segments.size(); ++first) {
    std::int64_t bytes = 0;
    std::int64_t us = 0;
    const std::size_t end = std::min(segments.size(), first + kMaxRun);
    for (std::size_t last = first; last < end; ++last) {
      bytes += segments[last].bytes;
      us += std::min(segments[last].duration_us, target_us * 2);  // longer ones end the run anyway
      if (us * 2 > target_us * 3) break;
      if (us * 2 >= target_us) peak = std::max(peak, rate(bytes, us));
    }
  }
  return peak > 0 ? peak : average_bitrate(segments);
}

}  // namespace weir::probe
