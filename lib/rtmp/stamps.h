// Stamps of 32 bits made into 64.
#pragma once

#include <cstdint>
#include <optional>

#include "flv/tag.h"

namespace weir::rtmp {

/// Of one stream, in the order they come: each is the moment nearest to the sound or picture before
/// it, the first is as it came. Script tags move nothing: many are stamped 0, whenever they come.
class Stamps {
 public:
  std::int64_t unwind(std::uint32_t stamp_ms, flv::TagType type) {
    const std::int64_t near = last_ms_.value_or(stamp_ms);
    const auto step = static_cast<std::int32_t>(stamp_ms - static_cast<std::uint32_t>(near));
    if (type != flv::TagType::kScript) last_ms_ = near + step;
    return near + step;
  }

 private:
  std::optional<std::int64_t> last_ms_;
};

}  // namespace weir::rtmp
