// Reads single bits and Exp-Golomb numbers out of bytes nobody vouches for.
// Source: ITU-T H.264 sections 7.3.1.1 and 9.1; ITU-T H.265 sections 7.3.1.1 and 9.2.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace weir::media {

/// The raw payload of a NAL unit: every 00 00 03 becomes 00 00.
inline Bytes without_emulation_prevention(ByteView nal) {
  Bytes out;
  out.reserve(nal.size());
  int zeros = 0;
  for (const auto byte : nal) {
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    out.push_back(byte);
  }
  return out;
}

/// The reverse: no byte sequence in it can be taken for a start code.
inline Bytes with_emulation_prevention(ByteView payload) {
  Bytes out;
  out.reserve(payload.size() + payload.size() / 64);
  int zeros = 0;
  for (const auto byte : payload) {
    if (zeros >= 2 && byte <= 3) {
      out.push_back(3);
      zeros = 0;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    out.push_back(byte);
  }
  return out;
}

/// Most significant bit first. Reading past the end gives zeros and is remembered: parse a whole
/// header, then ask ok() once. `bytes` is borrowed.
class BitReader {
 public:
  explicit BitReader(ByteView bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::size_t left() const { return bytes_.size() * 8 - at_; }

  bool flag() { return bits(1) != 0; }
  /// `count` is at most 64.
  std::uint64_t bits(int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 1 | next();
    return value;
  }
  int number(int count) { return static_cast<int>(bits(count)); }
  void skip(std::size_t count) {
    ok_ = ok_ && count <= left();
    at_ = ok_ ? at_ + count : bytes_.size() * 8;
  }

  /// ue(v). More than 32 leading zeros is damage.
  std::uint64_t ue() {
    int zeros = 0;
    while (ok_ && next() == 0) ++zeros;
    if (zeros > 32) ok_ = false;
    return ok_ ? (std::uint64_t{1} << zeros) - 1 + bits(zeros) : 0;
  }
  /// ue(v) of a field that may not exceed `max`; more is damage and reads as 0.
  int ue_max(int max) {
    const std::uint64_t value = ue();
    if (value > static_cast<std::uint64_t>(max)) ok_ = false;
    return ok_ ? static_cast<int>(value) : 0;
  }
  /// se(v).
  std::int64_t se() {
    const auto value = static_cast<std::int64_t>(ue());
    return value % 2 != 0 ? (value + 1) / 2 : -(value / 2);
  }

 private:
  std::uint64_t next() {
    if (at_ >= bytes_.size() * 8) ok_ = false;
    if (!ok_) return 0;
    const auto bit = bytes_[at_ / 8] >> (7 - at_ % 8) & 1;
    ++at_;
    return static_cast<std::uint64_t>(bit);
  }

  ByteView bytes_;
  std::size_t at_ = 0;  // in bits
  bool ok_ = true;
};

}  // namespace weir::media
