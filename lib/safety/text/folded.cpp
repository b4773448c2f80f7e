#include "safety/text/folded.h"

#include <cstring>

#include "base/text.h"

namespace weir::safety {
namespace {

char32_t decode(std::string_view text, std::size_t length) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  char32_t out = length == 1 ? byte(0) : byte(0) & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) out = (out << 6) | (byte(i) & 0x3Fu);
  return out;
}

}  // namespace

bool is_ascii(std::string_view text) {
  std::uint64_t seen = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data() + i, 8);
    seen |= eight;
  }
  for (; i < text.size(); ++i) seen |= static_cast<unsigned char>(text[i]);
  return (seen & 0x8080808080808080u) == 0;
}

void fold(std::string_view text, const CharTable& table, Folded& out) {
  out.items.clear();
  out.invalid = 0;
  out.scripts.reset();
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i, 4));
    const auto begin = static_cast<std::uint32_t>(i);
    if (length == 0) {
      if (out.invalid < out.invalid_at.size()) out.invalid_at[out.invalid] = begin;
      ++out.invalid;
      out.items.push_back({{.out = 0xFFFD}, begin, begin + 1});
      ++i;
      continue;
    }
    i += length;
    const auto end = static_cast<std::uint32_t>(i);
    table.fold(decode(text.substr(begin), length), [&](const Glyph& glyph) {
      if (glyph.kind == Kind::kLetter && !glyph.alike) out.scripts.set(glyph.script);
      out.items.push_back({glyph, begin, end});
    });
  }
}

}  // namespace weir::safety
