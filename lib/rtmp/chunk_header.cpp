#include "rtmp/chunk_header.h"

#include <array>

namespace weir::rtmp {
namespace {

constexpr std::array<std::size_t, 4> kFieldSizes = {11, 7, 3, 0};
constexpr std::uint32_t kFirstOfTwoBytes = 64;
constexpr std::uint32_t kFirstOfThreeBytes = 320;

std::uint32_t u24(ByteView bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at] << 16 | bytes[at + 1] << 8 | bytes[at + 2]);
}

// The only number of the protocol that is not in network order.
std::uint32_t little_u32(ByteView bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i > 0; --i) value = value << 8 | bytes[at + i - 1];
  return value;
}

void write_basic_header(const ChunkHeader& header, ByteWriter& out) {
  const unsigned form = header.form << 6;
  if (header.chunk_stream < kFirstOfTwoBytes) {
    out.u8(form | header.chunk_stream);
  } else if (header.chunk_stream < kFirstOfThreeBytes) {
    out.u8(form);
    out.u8(header.chunk_stream - kFirstOfTwoBytes);
  } else {
    out.u8(form | 1);
    out.u8(header.chunk_stream - kFirstOfTwoBytes);
    out.u8((header.chunk_stream - kFirstOfTwoBytes) >> 8);
  }
}

}  // namespace

std::optional<ChunkHeader> read_chunk_header(ByteView bytes) {
  if (bytes.empty()) return {};
  ChunkHeader out;
  out.form = bytes[0] >> 6;
  out.chunk_stream = bytes[0] & 0x3f;
  const std::size_t basic = out.chunk_stream == 0 ? 2 : out.chunk_stream == 1 ? 3 : 1;
  out.size = basic + kFieldSizes[out.form];
  if (bytes.size() < out.size) return {};
  if (basic == 2) out.chunk_stream = kFirstOfTwoBytes + bytes[1];
  if (basic == 3) out.chunk_stream = kFirstOfTwoBytes + bytes[1] + bytes[2] * 256u;
  const ByteView fields = bytes.subspan(basic);
  if (out.form <= 2) out.time = u24(fields, 0);
  if (out.form <= 1) out.length = u24(fields, 3);
  if (out.form <= 1) out.type = static_cast<MessageType>(fields[6]);
  if (out.form == 0) out.stream = little_u32(fields, 7);
  return out;
}

void write_chunk_header(const ChunkHeader& header, ByteWriter& out) {
  write_basic_header(header, out);
  if (header.form <= 2) out.u24(header.time);
  if (header.form <= 1) out.u24(header.length);
  if (header.form <= 1) out.u8(static_cast<std::uint8_t>(header.type));
  if (header.form == 0)
    for (int shift = 0; shift < 32; shift += 8) out.u8(header.stream >> shift);
}

}  // namespace weir::rtmp
