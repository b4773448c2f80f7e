#include "hls/id3_timestamp.h"

#include <algorithm>
#include <string_view>

namespace weir::hls {
namespace {

constexpr std::string_view kOwner{"com.apple.streaming.transportStreamTimestamp\0", 45};
constexpr std::size_t kHeader = 10;  // of the tag, and of a frame
constexpr std::size_t kContent = kOwner.size() + 8;
constexpr std::int64_t kPeriod = std::int64_t{1} << 33;

// Seven bits a byte.
std::uint32_t syncsafe(std::size_t value) {
  return static_cast<std::uint32_t>((value & 0x7f) | (value << 1 & 0x7f00) |
                                    (value << 2 & 0x7f0000) | (value << 3 & 0x7f000000));
}

std::size_t from_syncsafe(ByteView at) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) out = out << 7 | (at[i] & 0x7fu);
  return out;
}

bool is(ByteView at, std::string_view text) {
  return at.size() >= text.size() && std::ranges::equal(at.first(text.size()), as_bytes(text));
}

std::optional<std::int64_t> timestamp_in(ByteView content) {
  if (content.size() != kContent || !is(content, kOwner)) return {};
  std::uint64_t value = 0;
  for (const std::uint8_t byte : content.subspan(kOwner.size())) value = value << 8 | byte;
  return static_cast<std::int64_t>(value & (kPeriod - 1));
}

}  // namespace

Bytes id3_timestamp(media::Time time) {
  Bytes out;
  ByteWriter writer(out);
  writer.text("ID3");
  writer.u24(0x040000);  // version 2.4.0, no flags
  writer.u32(syncsafe(kHeader + kContent));
  writer.text("PRIV");
  writer.u32(syncsafe(kContent));
  writer.u16(0);
  writer.text(kOwner);
  writer.u64(static_cast<std::uint64_t>(time.in(kTransportClock)) & (kPeriod - 1));
  return out;
}

std::optional<std::int64_t> read_id3_timestamp(ByteView segment) {
  if (segment.size() < kHeader || !is(segment, "ID3")) return {};
  const std::size_t end = std::min(kHeader + from_syncsafe(segment.subspan(6)), segment.size());
  for (std::size_t at = kHeader; at + kHeader <= end;) {
    const ByteView frame = segment.subspan(at);
    const std::size_t size = from_syncsafe(frame.subspan(4));
    if (size > end - at - kHeader) return {};
    if (is(frame, "PRIV"))
      if (const auto found = timestamp_in(frame.subspan(kHeader, size))) return found;
    at += kHeader + size;
  }
  return {};
}

}  // namespace weir::hls
