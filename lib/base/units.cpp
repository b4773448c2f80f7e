#include "base/units.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace weir {
namespace {

// Splits "1.5ms" into 1.5 and "ms". from_chars would also take "inf" and "nan", so digits lead.
bool split(std::string_view text, double& number, std::string_view& unit) {
  if (text.empty() || !((text[0] >= '0' && text[0] <= '9') || text[0] == '.')) return false;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  unit = text.substr(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

Result<std::int64_t> scaled(std::string_view text, double thousand, std::string_view what,
                            std::string_view example) {
  double number = 0;
  std::string_view unit;
  double factor = 0;
  if (split(text, number, unit)) {
    if (unit.empty()) factor = 1;
    if (unit == "k" || unit == "K") factor = thousand;
    if (unit == "M") factor = thousand * thousand;
    if (unit == "G") factor = thousand * thousand * thousand;
  }
  const double value = std::round(number * factor);
  if (factor == 0 || value > 9e15)
    return fail(Code::kUsage, "'{}' is not a {}: write it like {}", text, what, example);
  return static_cast<std::int64_t>(value);
}

}  // namespace

Result<Micros> parse_duration(std::string_view text) {
  double number = 0;
  std::string_view unit;
  double factor = 0;
  if (split(text, number, unit)) {
    if (unit == "us") factor = 1;
    if (unit == "ms") factor = 1e3;
    if (unit == "s" || unit.empty()) factor = 1e6;
    if (unit == "m" || unit == "min") factor = 60e6;
    if (unit == "h") factor = 3600e6;
  }
  const double value = std::round(number * factor);
  if (factor == 0 || value > 9e15)
    return fail(Code::kUsage, "'{}' is not a duration: write it like 6s, 500ms or 2m", text);
  return Micros(static_cast<std::int64_t>(value));
}

Result<std::int64_t> parse_bitrate(std::string_view text) {
  return scaled(text, 1000, "bit rate", "3M or 500k");
}

Result<std::int64_t> parse_bytes(std::string_view text) {
  return scaled(text, 1024, "size in bytes", "2G or 512M");
}

Result<Size> parse_size(std::string_view text) {
  Size size;
  const char* end = text.data() + text.size();
  const auto [x, error] = std::from_chars(text.data(), end, size.width);
  if (error == std::errc() && x != end && *x == 'x') {
    const auto [last, error2] = std::from_chars(x + 1, end, size.height);
    if (error2 == std::errc() && last == end && size.width > 0 && size.height > 0) return size;
  }
  return fail(Code::kUsage, "'{}' is not a size: write it like 1920x1080", text);
}

std::string format_duration(Micros value) {
  const auto us = value.count();
  if (us % 3'600'000'000 == 0 && us != 0) return fmt::format("{}h", us / 3'600'000'000);
  if (us % 60'000'000 == 0 && us != 0) return fmt::format("{}m", us / 60'000'000);
  if (us % 1'000'000 == 0) return fmt::format("{}s", us / 1'000'000);
  if (us % 1000 == 0) return fmt::format("{}ms", us / 1000);
  return fmt::format("{}us", us);
}

std::string format_bitrate(std::int64_t bits_per_second) {
  const auto b = bits_per_second;
  if (b >= 1'000'000 && b % 10'000 == 0) return fmt::format("{:g}M", static_cast<double>(b) / 1e6);
  if (b >= 1000 && b % 100 == 0) return fmt::format("{:g}k", static_cast<double>(b) / 1e3);
  return fmt::format("{}", b);
}

}  // namespace weir
