// Writes bit fields, for tests that need headers no encoder at hand would write.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace weir::support {

class BitWriter {
 public:
  BitWriter& bits(std::uint64_t value, int count) {
    for (int i = count - 1; i >= 0; --i) bit(value >> i & 1);
    return *this;
  }
  BitWriter& ue(std::uint64_t value) {
    int size = 0;
    while ((value + 1) >> (size + 1) != 0) ++size;
    return bits(0, size).bits(value + 1, size + 1);
  }
  BitWriter& se(std::int64_t value) {
    return ue(static_cast<std::uint64_t>(value > 0 ? 2 * value - 1 : -2 * value));
  }
  /// The bytes so far, the last one filled up with zeros.
  const Bytes& bytes() const { return bytes_; }
  /// A NAL unit: header, payload with a stop bit and emulation prevention.
  Bytes nal(Bytes header) {
    bit(1);
    int zeros = 0;
    for (const auto byte : bytes_) {
      if (zeros >= 2 && byte <= 3) {
        header.push_back(3);
        zeros = 0;
      }
      zeros = byte == 0 ? zeros + 1 : 0;
      header.push_back(byte);
    }
    return header;
  }

 private:
  void bit(std::uint64_t value) {
    if (used_ % 8 == 0) bytes_.push_back(0);
    bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | value << (7 - used_ % 8));
    ++used_;
  }
  Bytes bytes_;
  int used_ = 0;
};

}  // namespace weir::support
