// Bytes written as hexadecimal digits.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace weir::support {

inline Bytes from_hex(std::string_view digits) {
  Bytes out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out.push_back(
        static_cast<std::uint8_t>(std::stoul(std::string(digits.substr(i, 2)), nullptr, 16)));
  return out;
}

}  // namespace weir::support
