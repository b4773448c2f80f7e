#include "base/hex.h"

namespace weir {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

int hex_byte(std::string_view digits) {
  if (digits.size() < 2) return -1;
  const int high = hex_digit(digits[0]), low = hex_digit(digits[1]);
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

std::optional<Bytes> read_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return {};
  Bytes out;
  for (; !digits.empty(); digits.remove_prefix(2)) {
    const int byte = hex_byte(digits);
    if (byte < 0) return {};
    out.push_back(static_cast<std::uint8_t>(byte));
  }
  return out;
}

}  // namespace weir
