// SCTE-35 sections made field by field (ANSI/SCTE 35, sections 9.6 to 9.8 and 10.3.3).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "support/bit_writer.h"

namespace weir::support {

/// CRC-32 of ISO/IEC 13818-1 annex A, bit by bit.
inline std::uint32_t mpeg_crc32(ByteView bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const auto byte : bytes)
    for (int bit = 7; bit >= 0; --bit) {
      const bool in = (byte >> bit & 1) != 0, top = crc >> 31 != 0;
      crc = crc << 1 ^ (in != top ? 0x04c11db7U : 0U);
    }
  return crc;
}

struct SpliceSection {
  int command = 0;
  Bytes body{};
  std::vector<Bytes> descriptors{};
  std::int64_t adjustment = 0;
  bool encrypted = false;
  bool tells_length = true;  ///< Of the command; older encoders do not.

  Bytes bytes() const {
    BitWriter rest;
    rest.bits(0, 8).bits(encrypted ? 1 : 0, 1).bits(0, 6);
    rest.bits(static_cast<std::uint64_t>(adjustment), 33).bits(0xff, 8).bits(0xfff, 12);
    rest.bits(tells_length ? body.size() : 0xfff, 12).bits(static_cast<std::uint64_t>(command), 8);
    for (const auto byte : body) rest.bits(byte, 8);
    std::size_t length = 0;
    for (const auto& descriptor : descriptors) length += descriptor.size();
    rest.bits(length, 16);
    for (const auto& descriptor : descriptors)
      for (const auto byte : descriptor) rest.bits(byte, 8);
    BitWriter all;
    all.bits(0xfc, 8).bits(0, 2).bits(3, 2).bits(rest.bytes().size() + 4, 12);
    for (const auto byte : rest.bytes()) all.bits(byte, 8);
    const std::uint32_t crc = mpeg_crc32(all.bytes());
    return all.bits(crc, 32).bytes();
  }
};

inline void put_splice_time(BitWriter& out, std::optional<std::int64_t> pts) {
  out.bits(pts ? 1 : 0, 1).bits(pts ? 0x3f : 0x7f, pts ? 6 : 7);
  if (pts) out.bits(static_cast<std::uint64_t>(*pts), 33);
}

struct InsertFields {
  std::uint32_t event = 1;
  bool out = true;
  std::optional<std::int64_t> pts{};       ///< Empty: at once.
  std::optional<std::int64_t> duration{};  ///< Ticks of 90 kHz.
  bool auto_return = false;
  bool cancelled = false;
};

inline SpliceSection splice_insert(const InsertFields& fields) {
  BitWriter out;
  out.bits(fields.event, 32).bits(fields.cancelled ? 1 : 0, 1).bits(0x7f, 7);
  if (!fields.cancelled) {
    out.bits(fields.out ? 1 : 0, 1).bits(1, 1).bits(fields.duration ? 1 : 0, 1);
    out.bits(fields.pts ? 0 : 1, 1).bits(0xf, 4);
    if (fields.pts) put_splice_time(out, fields.pts);
    if (fields.duration)
      out.bits(fields.auto_return ? 1 : 0, 1)
          .bits(0x3f, 6)
          .bits(static_cast<std::uint64_t>(*fields.duration), 33);
    out.bits(7, 16).bits(0, 8).bits(0, 8);
  }
  return {.command = 5, .body = out.bytes()};
}

struct SegmentationFields {
  std::uint32_t event = 1;
  int type = 0x34;
  std::optional<std::int64_t> duration{};
  Bytes upid{};
  bool cancelled = false;
};

inline Bytes segmentation(const SegmentationFields& fields) {
  BitWriter out;
  out.bits(0x43554549, 32).bits(fields.event, 32).bits(fields.cancelled ? 1 : 0, 1).bits(0x7f, 7);
  if (!fields.cancelled) {
    out.bits(1, 1).bits(fields.duration ? 1 : 0, 1).bits(1, 1).bits(0x1f, 5);
    if (fields.duration) out.bits(static_cast<std::uint64_t>(*fields.duration), 40);
    out.bits(fields.upid.empty() ? 0 : 0x0f, 8).bits(fields.upid.size(), 8);
    for (const auto byte : fields.upid) out.bits(byte, 8);
    out.bits(static_cast<std::uint64_t>(fields.type), 8).bits(0, 16);
  }
  BitWriter whole;
  whole.bits(2, 8).bits(out.bytes().size(), 8);
  for (const auto byte : out.bytes()) whole.bits(byte, 8);
  return whole.bytes();
}

inline SpliceSection time_signal(std::optional<std::int64_t> pts,
                                 std::vector<Bytes> descriptors = {}) {
  BitWriter out;
  put_splice_time(out, pts);
  return {.command = 6, .body = out.bytes(), .descriptors = std::move(descriptors)};
}

}  // namespace weir::support
