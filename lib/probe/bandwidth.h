// Bit rates as the HLS draft counts them: over segments and their EXTINF.
// Source: draft-pantos-hls-rfc8216bis-22 section 4.4.6.2 (BANDWIDTH, AVERAGE-BANDWIDTH).
#pragma once

#include <cstdint>
#include <span>

namespace weir::probe {

struct SegmentSize {
  std::int64_t bytes = 0;
  std::int64_t duration_us = 0;  ///< EXTINF.
};

/// Bits per second of the fullest contiguous run of segments that lasts between half and one and a
/// half target durations; of all together when no run does.
std::int64_t peak_bitrate(std::span<const SegmentSize> segments, std::int64_t target_us);
/// Bits per second of all segments; 0 when they last no time.
std::int64_t average_bitrate(std::span<const SegmentSize> segments);

}  // namespace weir::probe
