// The first bytes of an FLV tag.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E.4.1.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace weir::flv {

inline constexpr std::size_t kTagHeaderSize = 11;
inline constexpr std::size_t kTagSizeField = 4;  ///< Behind the body.

struct TagHeader {
  std::uint8_t type = 0;           ///< A TagType, or anything else.
  std::uint32_t body = 0;          ///< Bytes behind the header.
  std::uint32_t timestamp_ms = 0;  ///< Modulo 2^32.
  std::uint32_t stream = 0;        ///< 0 in files.
};

/// Nothing when there are fewer bytes than a header has.
inline std::optional<TagHeader> read_tag_header(ByteView bytes) {
  if (bytes.size() < kTagHeaderSize) return {};
  const auto u24 = [&](std::size_t at) {
    return std::uint32_t{bytes[at]} << 16 | std::uint32_t{bytes[at + 1]} << 8 | bytes[at + 2];
  };
  return TagHeader{bytes[0], u24(1), std::uint32_t{bytes[7]} << 24 | u24(4), u24(8)};
}

}  // namespace weir::flv
