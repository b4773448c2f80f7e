// Walks ISO base media boxes: find(bytes, "moov/trak/tkhd") gives the content of the first match.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace weir::support {

inline std::uint64_t big_endian(ByteView bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size && at + i < bytes.size(); ++i)
    value = value << 8 | bytes[at + i];
  return value;
}

/// Content without the header of the first box of each type on the path, or nothing. A part
/// "stsd+8" looks for children eight bytes into the content.
inline std::optional<ByteView> find_box(ByteView bytes, std::string_view path) {
  const auto slash = path.find('/');
  const std::string_view part = path.substr(0, slash);
  const std::string_view type = part.substr(0, 4);
  const std::size_t skip = part.size() > 5 ? std::stoul(std::string(part.substr(5))) : 0;
  for (std::size_t at = 0; at + 8 <= bytes.size();) {
    const std::size_t size = big_endian(bytes, at, 4);
    if (size < 8 || size > bytes.size() - at) return {};
    const std::string name(bytes.begin() + static_cast<std::ptrdiff_t>(at + 4),
                           bytes.begin() + static_cast<std::ptrdiff_t>(at + 8));
    const ByteView content = bytes.subspan(at + 8, size - 8);
    if (name == type) {
      if (slash == std::string_view::npos) return content;
      if (skip > content.size()) return {};
      return find_box(content.subspan(skip), path.substr(slash + 1));
    }
    at += size;
  }
  return {};
}

}  // namespace weir::support
