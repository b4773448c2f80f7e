// Closed captions as an encoder puts them in front of a picture.
#pragma once

#include <bit>
#include <vector>

#include "media/bit_reader.h"
#include "media/captions.h"

namespace weir::support {

inline std::uint8_t with_parity(int byte) {
  return static_cast<std::uint8_t>(
      std::popcount(static_cast<unsigned>(byte)) % 2 == 1 ? byte : byte | 0x80);
}
/// Two bytes of line 21, field 0 or 1.
inline media::CaptionPair line21(int field, int first, int second) {
  return {field, with_parity(first), with_parity(second)};
}
inline media::CaptionPair padding(int field) {
  return line21(field, 0, 0);
}

/// A caption channel packet with one block of a service, as triples: its begin, then what goes on.
inline std::vector<media::CaptionPair> service_packet(int service, const Bytes& block) {
  Bytes bytes{0};
  bytes.push_back(static_cast<std::uint8_t>((service < 7 ? service : 7) << 5 | block.size()));
  if (service >= 7) bytes.push_back(static_cast<std::uint8_t>(service));
  bytes.insert(bytes.end(), block.begin(), block.end());
  if (bytes.size() % 2 != 0) bytes.push_back(0);
  bytes[0] = static_cast<std::uint8_t>(bytes.size() / 2);
  std::vector<media::CaptionPair> out;
  for (std::size_t i = 0; i < bytes.size(); i += 2)
    out.push_back({i == 0 ? 3 : 2, bytes[i], bytes[i + 1]});
  return out;
}

inline Bytes captions_sei(AVCodecID codec, const std::vector<media::CaptionPair>& pairs) {
  Bytes message{0xB5, 0x00, 0x31, 'G', 'A', '9', '4', 0x03};
  message.push_back(static_cast<std::uint8_t>(0x40 | pairs.size()));
  message.push_back(0xFF);
  for (const auto& pair : pairs) {
    message.push_back(static_cast<std::uint8_t>(0xFC | pair.type));
    message.push_back(pair.first);
    message.push_back(pair.second);
  }
  message.push_back(0xFF);
  Bytes payload{4, static_cast<std::uint8_t>(message.size())};
  payload.insert(payload.end(), message.begin(), message.end());
  payload.push_back(0x80);
  Bytes out{0, 0, 0, 1};
  if (codec == AV_CODEC_ID_HEVC) out.insert(out.end(), {39 << 1, 1});
  if (codec != AV_CODEC_ID_HEVC) out.push_back(6);
  const Bytes safe = media::with_emulation_prevention(payload);
  out.insert(out.end(), safe.begin(), safe.end());
  return out;
}

/// The packet with captions in front of its picture.
inline media::Packet captioned(const media::Packet& packet, AVCodecID codec,
                               const std::vector<media::CaptionPair>& pairs) {
  Bytes bytes = captions_sei(codec, pairs);
  bytes.insert(bytes.end(), packet.bytes().begin(), packet.bytes().end());
  media::Packet out = media::Packet::of(bytes);
  av_packet_copy_props(out.raw(), packet.raw());
  out.raw()->time_base = packet.base();
  out.raw()->stream_index = packet.track();
  return out;
}

}  // namespace weir::support
