#include "publish/hls_encryption.h"

#include <charconv>

namespace weir::publish {

Result<KeyRotation> parse_key_rotation(std::string_view text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error == std::errc() && stop == end && count > 0) return KeyRotation{count, {}};
  const auto duration = parse_duration(text);
  if (stop == end || !duration || duration->count() <= 0)
    return fail(Code::kUsage,
                "'{}' is not a time between keys: write a number of segments, or a duration like "
                "90s or 10m",
                text);
  return KeyRotation{0, *duration};
}

}  // namespace weir::publish
