#include "media/time.h"

#include <charconv>

namespace weir::media {

std::string format_rational(AVRational value) {
  return fmt::format("{}/{}", value.num, value.den);
}

Result<AVRational> parse_rational(std::string_view text) {
  AVRational value{};
  const char* end = text.data() + text.size();
  const auto [slash, error] = std::from_chars(text.data(), end, value.num);
  if (error == std::errc() && slash != end && *slash == '/') {
    const auto [last, error2] = std::from_chars(slash + 1, end, value.den);
    if (error2 == std::errc() && last == end && value.den > 0) return value;
  }
  return fail(Code::kBadInput, "'{}' is not a ratio of two numbers", text);
}

}  // namespace weir::media
