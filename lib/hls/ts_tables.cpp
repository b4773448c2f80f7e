#include "hls/ts_tables.h"

#include <string_view>

extern "C" {
#include <libavutil/crc.h>
}

namespace weir::hls {
namespace {

constexpr std::uint8_t kLanguage = 0x0a, kRegistration = 0x05;
constexpr int kLowestMpeg1Rate = 32'000;  // below it MP3 is of MPEG-2

std::uint32_t checksum(ByteView bytes) {
  const std::uint32_t crc =
      av_crc(av_crc_get_table(AV_CRC_32_IEEE), 0xffffffff, bytes.data(), bytes.size());
  return crc >> 24 | (crc >> 8 & 0xff00) | (crc << 8 & 0xff0000) | crc << 24;
}

/// The only section of table `id`, with what its kind has behind the common fields.
Bytes section(std::uint8_t id, unsigned version, ByteView body) {
  constexpr std::size_t kBetween = 5 + 4;  // from the length to the checksum, without the body
  Bytes out;
  ByteWriter writer(out);
  writer.u8(id);
  writer.u16(0xb000 | (kBetween + body.size()));
  writer.u16(1);                     // transport stream and programme 1
  writer.u8(0xc1 | (version << 1));  // in force
  writer.u16(0);                     // section 0 of 0
  writer.bytes(body);
  writer.u32(checksum(out));
  return out;
}

TsStream registered(std::uint8_t type, std::string_view format) {
  TsStream out{type, {}};
  ByteWriter writer(out.descriptors);
  writer.u8(kRegistration);
  writer.u8(format.size());
  writer.text(format);
  return out;
}

}  // namespace

Result<TsStream> ts_stream(const media::Track& track) {
  switch (track.codec()) {
    case AV_CODEC_ID_H264:
      return TsStream{0x1b, {}};
    case AV_CODEC_ID_HEVC:
      return registered(0x24, "HEVC");
    case AV_CODEC_ID_AAC:
      return TsStream{0x0f, {}};
    case AV_CODEC_ID_MP3:
      return TsStream{static_cast<std::uint8_t>(track.par->sample_rate < kLowestMpeg1Rate ? 4 : 3),
                      {}};
    case AV_CODEC_ID_AC3:
      return registered(0x81, "AC-3");
    case AV_CODEC_ID_EAC3:
      return registered(0x87, "EAC3");
    default:
      return fail(Code::kUnsupported, "MPEG-TS for HLS cannot carry {}", track.codec_name());
  }
}

Bytes programme_association() {
  Bytes body;
  ByteWriter writer(body);
  writer.u16(1);
  writer.u16(0xe000 | kTsMapPid);
  return section(0, 0, body);
}

Bytes programme_map(const TsStream& stream, const std::string& language, unsigned version) {
  Bytes descriptors;
  ByteWriter describing(descriptors);
  if (!language.empty()) {
    describing.u8(kLanguage);
    describing.u8(4);
    describing.text(language);
    describing.u8(0);  // audio type: nothing said
  }
  describing.bytes(stream.descriptors);
  Bytes body;
  ByteWriter writer(body);
  writer.u16(0xe000 | kTsStreamPid);  // has the clock
  writer.u16(0xf000);                 // nothing of the programme
  writer.u8(stream.type);
  writer.u16(0xe000 | kTsStreamPid);
  writer.u16(0xf000 | descriptors.size());
  writer.bytes(descriptors);
  return section(2, version, body);
}

}  // namespace weir::hls
