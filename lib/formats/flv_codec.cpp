#include "formats/flv_codec.h"

#include <array>

#include "media/h26x.h"

namespace weir::formats {
namespace {

using flv::four_cc;

FlvCodec picture_codec(std::uint32_t codec) {
  switch (codec) {
    case flv::kAvcId:
    case four_cc("avc1"):
      return {AV_CODEC_ID_H264, true, 0};
    case four_cc("hvc1"):
      return {AV_CODEC_ID_HEVC, true, 0};
    case four_cc("av01"):
      return {AV_CODEC_ID_AV1, false, 0};
    case four_cc("vp09"):
      return {AV_CODEC_ID_VP9, false, 0};
    case four_cc("vp08"):
      return {AV_CODEC_ID_VP8, false, 0};
    case 2:
      return {AV_CODEC_ID_FLV1, false, 0};
    case 3:
      return {AV_CODEC_ID_FLASHSV, false, 0};
    case 4:
      return {AV_CODEC_ID_VP6F, false, 1};
    case 5:
      return {AV_CODEC_ID_VP6A, false, 1};
    case 6:
      return {AV_CODEC_ID_FLASHSV2, false, 0};
    default:
      return {};
  }
}

AVCodecID plain_samples(bool wide) {
  return wide ? AV_CODEC_ID_PCM_S16LE : AV_CODEC_ID_PCM_U8;
}

FlvCodec sound_codec(const flv::BodyPart& part) {
  switch (part.codec) {
    case flv::kAacId:
    case four_cc("mp4a"):
      return {AV_CODEC_ID_AAC, true, 0};
    case flv::kMp3Id:
    case 14:
    case four_cc(".mp3"):
      return {AV_CODEC_ID_MP3, false, 0};
    case four_cc("Opus"):
      return {AV_CODEC_ID_OPUS, true, 0};
    case four_cc("fLaC"):
      return {AV_CODEC_ID_FLAC, true, 0};
    case four_cc("ac-3"):
      return {AV_CODEC_ID_AC3, false, 0};
    case four_cc("ec-3"):
      return {AV_CODEC_ID_EAC3, false, 0};
    case 0:
    case 3:
      return {plain_samples(part.sound.wide_samples), false, 0};
    case 1:
      return {AV_CODEC_ID_ADPCM_SWF, false, 0};
    case 4:
    case 5:
    case 6:
      return {AV_CODEC_ID_NELLYMOSER, false, 0};
    case 7:
      return {AV_CODEC_ID_PCM_ALAW, false, 0};
    case 8:
      return {AV_CODEC_ID_PCM_MULAW, false, 0};
    case 11:
      return {AV_CODEC_ID_SPEEX, false, 0};
    default:
      return {};
  }
}

std::size_t length_field(AVCodecID codec) {
  return codec == AV_CODEC_ID_H264 ? 4 : 21;
}

bool is_h26x(AVCodecID codec) {
  return codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC;
}

Result<Bytes> nal_configuration(AVCodecID codec, ByteView configuration) {
  WEIR_TRY_ASSIGN(const auto sets, media::extradata_parameter_sets(codec, configuration));
  if (sets.sps.empty() || configuration.size() <= length_field(codec) || configuration[0] != 1)
    return fail(Code::kBadInput, "the configuration holds no parameter sets");
  WEIR_TRY(media::parse_sps(codec, sets.sps.front()));
  Bytes bytes(configuration.begin(), configuration.end());
  bytes[length_field(codec)] |= 3;
  return bytes;
}

// Its stream information alone; the head of the file in front of it may be there or not.
Result<Bytes> flac_information(ByteView head) {
  constexpr std::size_t kInformation = 34;
  constexpr std::size_t kMagic = 4;
  constexpr std::size_t kBlockHead = 4;
  if (head.size() >= kMagic && as_text(head.first(kMagic)) == "fLaC") head = head.subspan(kMagic);
  if (head.size() >= kBlockHead + kInformation && (head[0] & 0x7f) == 0 && head[1] == 0 &&
      head[2] == 0 && head[3] == kInformation)
    head = head.subspan(kBlockHead);
  if (head.size() < kInformation)
    return fail(Code::kBadInput, "the configuration holds no stream information");
  return Bytes(head.begin(), head.begin() + kInformation);
}

Result<void> check(bool good, const char* what) {
  if (!good) return fail(Code::kBadInput, "the configuration is no {}", what);
  return {};
}

}  // namespace

FlvCodec flv_codec(flv::TagType type, const flv::BodyPart& part) {
  return type == flv::TagType::kVideo ? picture_codec(part.codec) : sound_codec(part);
}

Result<Bytes> flv_extradata(AVCodecID codec, ByteView configuration) {
  if (is_h26x(codec)) return nal_configuration(codec, configuration);
  if (codec == AV_CODEC_ID_FLAC) return flac_information(configuration);
  if (codec == AV_CODEC_ID_VP8 || codec == AV_CODEC_ID_VP9) return Bytes();
  if (codec == AV_CODEC_ID_AAC) WEIR_TRY(check(configuration.size() >= 2, "AudioSpecificConfig"));
  if (codec == AV_CODEC_ID_OPUS)
    WEIR_TRY(check(configuration.size() >= 19 && as_text(configuration.first(8)) == "OpusHead",
                   "Opus head"));
  if (codec == AV_CODEC_ID_AV1)
    WEIR_TRY(check(configuration.size() >= 4 && configuration[0] == 0x81, "av1C"));
  return Bytes(configuration.begin(), configuration.end());
}

Bytes opus_head(int channels) {
  struct Family {
    std::uint8_t streams, coupled;
    std::array<std::uint8_t, 8> mapping;
  };
  constexpr Family kFamilies[] = {{1, 0, {0}},
                                  {1, 1, {0, 1}},
                                  {2, 1, {0, 2, 1}},
                                  {2, 2, {0, 1, 2, 3}},
                                  {3, 2, {0, 4, 1, 2, 3}},
                                  {4, 2, {0, 4, 1, 2, 3, 5}},
                                  {4, 3, {0, 4, 1, 2, 3, 5, 6}},
                                  {5, 3, {0, 6, 1, 2, 3, 4, 5, 7}}};
  if (channels < 1 || channels > 8) return {};
  const auto count = static_cast<std::size_t>(channels);
  Bytes head = to_bytes("OpusHead");
  head.insert(head.end(), {1, static_cast<std::uint8_t>(channels), 0, 0, 0x80, 0xbb, 0, 0, 0, 0});
  head.push_back(count > 2 ? 1 : 0);
  if (count <= 2) return head;
  const auto& family = kFamilies[count - 1];
  head.insert(head.end(), {family.streams, family.coupled});
  head.insert(head.end(), family.mapping.begin(),
              family.mapping.begin() + static_cast<std::ptrdiff_t>(count));
  return head;
}

std::size_t flv_length_size(AVCodecID codec, ByteView configuration) {
  if (!is_h26x(codec) || configuration.size() <= length_field(codec)) return 4;
  return (configuration[length_field(codec)] & 3) + std::size_t{1};
}

Bytes widen_lengths(ByteView sample, std::size_t size) {
  Bytes wide;
  ByteWriter out(wide);
  while (!sample.empty()) {
    if (sample.size() < size) return {};
    std::size_t length = 0;
    for (const auto byte : sample.first(size)) length = length << 8 | byte;
    sample = sample.subspan(size);
    if (length > sample.size()) return {};
    out.u32(length);
    out.bytes(sample.first(length));
    sample = sample.subspan(length);
  }
  return wide;
}

std::optional<flv::ColourInfo> flv_vpx_colours(ByteView configuration) {
  constexpr std::size_t kRecord = 8, kBoxHead = 4;
  if (configuration.size() >= kBoxHead + kRecord && configuration[0] == 1 &&
      configuration[1] == 0 && configuration[2] == 0 && configuration[3] == 0)
    configuration = configuration.subspan(kBoxHead);
  if (configuration.size() < kRecord) return {};
  flv::ColourInfo info;
  info.bit_depth = configuration[2] >> 4;
  info.primaries = configuration[3];
  info.transfer = configuration[4];
  info.matrix = configuration[5];
  return info;
}

bool is_hevc_called_avc(ByteView configuration) {
  return !nal_configuration(AV_CODEC_ID_H264, configuration) &&
         nal_configuration(AV_CODEC_ID_HEVC, configuration).has_value();
}

}  // namespace weir::formats
