// A text as a row of folded characters, each with its place in the original bytes.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "safety/text/char_table.h"

namespace weir::safety {

inline constexpr std::size_t kLongestText = 1u << 28;  ///< Bytes; places are 32 bits wide.

/// A folded character that came from the bytes [begin, end).
struct Item {
  Glyph glyph;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct Folded {
  std::vector<Item> items;
  std::size_t invalid = 0;  ///< Bytes that are no UTF-8 (RFC 3629); each is an item of its own.
  std::array<std::uint32_t, 8> invalid_at{};  ///< The first of them.
  /// Scripts written here in earnest: with letters that nobody takes for ASCII letters.
  std::bitset<256> scripts;
};

bool is_ascii(std::string_view text);
/// Of any bytes, up to kLongestText of them.
void fold(std::string_view text, const CharTable& table, Folded& out);

}  // namespace weir::safety
