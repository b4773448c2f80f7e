// Bytes written as hexadecimal digits.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace weir {

/// The byte of the first two digits, of either case; -1 when there are not two.
int hex_byte(std::string_view digits);

/// Two digits a byte, of either case and nothing else; empty when it is not that.
std::optional<Bytes> read_hex(std::string_view digits);

}  // namespace weir
