// Durations, bit rates and picture sizes as people write them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

using Micros = std::chrono::microseconds;

/// "6s", "500ms", "2m", "1h", "1.5s"; a bare number is seconds. Not negative.
Result<Micros> parse_duration(std::string_view text);
/// "4.5M", "500k", "128000", in bits per second; "2G" too. Not negative.
Result<std::int64_t> parse_bitrate(std::string_view text);
/// "2G", "512M", "64k", in bytes, powers of 1024. Not negative.
Result<std::int64_t> parse_bytes(std::string_view text);

struct Size {
  int width = 0;
  int height = 0;
  bool operator==(const Size&) const = default;
};
/// "1920x1080".
Result<Size> parse_size(std::string_view text);

/// The shortest exact form parse_duration() reads back: "2s", "500ms".
std::string format_duration(Micros value);
/// "4.5M", "128k", "1234".
std::string format_bitrate(std::int64_t bits_per_second);

}  // namespace weir
