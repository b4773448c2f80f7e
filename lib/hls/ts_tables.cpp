#include "hls/ts_tables.h"

#include <algorithm>
#include <optional>
#include <span>

extern "C" {
#include <libavutil/crc.h>
}

namespace weir::hls {
namespace {

constexpr std::size_t kPacket = 188;
constexpr std::size_t kSectionAt = 5;  // behind the packet's header and a pointer field of 0
constexpr int kMapPid = 0x1000;        // where libavformat's muxer puts the map of programme 1
constexpr std::uint8_t kMapId = 2;
constexpr std::uint8_t kLanguage = 0x0a;
constexpr std::size_t kFixed = 12;  // up to the program information, from the table id
constexpr std::size_t kChecksum = 4;

std::size_t u12(ByteView bytes, std::size_t at) {
  return static_cast<std::size_t>(bytes[at] & 0x0f) << 8 | bytes[at + 1];
}

bool is_map(ByteView packet) {
  const int pid = (packet[1] & 0x1f) << 8 | packet[2];
  const bool begins = (packet[1] & 0x40) != 0;
  return packet[0] == 0x47 && pid == kMapPid && begins;
}

std::uint32_t checksum(ByteView bytes) {
  const std::uint32_t crc =
      av_crc(av_crc_get_table(AV_CRC_32_IEEE), 0xffffffff, bytes.data(), bytes.size());
  return crc >> 24 | (crc >> 8 & 0xff00) | (crc << 8 & 0xff0000) | crc << 24;
}

void keep_language(ByteView descriptors, ByteWriter& out) {
  while (descriptors.size() >= 2) {
    const std::size_t size = std::min<std::size_t>(2 + descriptors[1], descriptors.size());
    if (descriptors[0] == kLanguage) out.bytes(descriptors.first(size));
    descriptors = descriptors.subspan(size);
  }
}

/// The section again with another stream type, more descriptors and a version of its own; nothing
/// when it is not the map of one stream.
std::optional<Bytes> rewritten(ByteView section, const EncryptedStream& stream) {
  if (section.size() < kFixed || section[0] != kMapId) return {};
  const std::size_t end = 3 + u12(section, 1);
  const std::size_t entry = kFixed + u12(section, 10);
  if (end > section.size() || entry + 5 + kChecksum > end) return {};
  const std::size_t descriptors = u12(section, entry + 3);
  if (entry + 5 + descriptors + kChecksum != end) return {};
  Bytes out(section.begin(), section.begin() + static_cast<std::ptrdiff_t>(entry));
  ByteWriter writer(out);
  Bytes kept;
  ByteWriter keeper(kept);
  keep_language(section.subspan(entry + 5, descriptors), keeper);
  writer.u8(stream.stream_type);
  writer.bytes(section.subspan(entry + 1, 2));
  writer.u16(0xf000 | (kept.size() + stream.descriptors.size()));
  writer.bytes(kept);
  writer.bytes(stream.descriptors);
  const std::size_t length = out.size() - 3 + kChecksum;
  out[1] = static_cast<std::uint8_t>((out[1] & 0xf0) | length >> 8);
  out[2] = static_cast<std::uint8_t>(length);
  out[5] = static_cast<std::uint8_t>((out[5] & 0xc1) | ((out[5] + 2) & 0x3e));
  writer.u32(checksum(out));
  return out;
}

}  // namespace

Result<void> announce_encryption(Bytes& ts, const EncryptedStream& stream) {
  for (std::size_t at = 0; at + kPacket <= ts.size(); at += kPacket) {
    const auto packet = std::span(ts).subspan(at, kPacket);
    if (!is_map(packet)) continue;
    const bool plain = (packet[3] & 0x30) == 0x10 && packet[4] == 0;
    const auto map = plain ? rewritten(packet.subspan(kSectionAt), stream) : std::nullopt;
    if (!map || map->size() > kPacket - kSectionAt)
      return fail(Code::kInternal, "the programme map cannot be rewritten");
    const auto rest = std::copy(map->begin(), map->end(), packet.begin() + kSectionAt);
    std::fill(rest, packet.end(), std::uint8_t{0xff});
  }
  return {};
}

}  // namespace weir::hls
