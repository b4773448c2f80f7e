// Writing a character as UTF-8 into room that is there.
#pragma once

#include <cstddef>

namespace weir::safety {

inline constexpr std::size_t kLongestUtf8 = 4;

/// `c` is a character of Unicode, no surrogate. Returns how many bytes were written.
inline std::size_t put_utf8(char32_t c, char* to) {
  if (c < 0x80) {
    *to = static_cast<char>(c);
    return 1;
  }
  const std::size_t size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  constexpr unsigned kLead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (std::size_t i = size - 1; i > 0; --i, c >>= 6)
    to[i] = static_cast<char>(0x80u | (c & 0x3Fu));
  to[0] = static_cast<char>(kLead[size] | c);
  return size;
}

}  // namespace weir::safety
