#include "media/codec_string.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include "media/aac.h"
#include "media/av1.h"
#include "media/h26x.h"

namespace weir::media {
namespace {

ByteView extradata(const Track& track) {
  return {track.par->extradata, static_cast<std::size_t>(track.par->extradata_size)};
}

Result<SequenceInfo> sequence_info(const Track& track) {
  WEIR_TRY_ASSIGN(const ParameterSets sets,
                  extradata_parameter_sets(track.codec(), extradata(track)));
  if (sets.sps.empty())
    return fail(Code::kBadInput, "the {} track has no sequence parameter set", track.codec_name());
  return parse_sps(track.codec(), sets.sps.front());
}

std::string h264(const SequenceInfo& info) {
  return fmt::format("avc1.{:02x}{:02x}{:02x}", info.profile, info.constraints, info.level);
}

// ISO/IEC 14496-15 Annex E: the compatibility flags with the first bit lowest, then the constraint
// bytes without the zero ones at the end.
std::string hevc(const SequenceInfo& info) {
  std::uint32_t reversed = 0;
  for (int i = 0; i < 32; ++i) reversed |= (info.compatibility >> i & 1u) << (31 - i);
  std::string text = fmt::format("hvc1.{}.{:X}.{}{}", info.profile, reversed,
                                 info.high_tier ? 'H' : 'L', info.level);
  for (std::uint64_t rest = info.hevc_constraints << 16; rest != 0; rest <<= 8)
    text += fmt::format(".{:X}", rest >> 56);
  return text;
}

Result<std::string> aac(const Track& track) {
  const ByteView config = extradata(track);
  if (!config.empty()) {
    WEIR_TRY_ASSIGN(const AacInfo info, parse_audio_specific_config(config));
    return fmt::format("mp4a.40.{}", info.object_type);
  }
  // FFmpeg numbers AAC profiles one below their object types.
  if (track.par->profile >= 0) return fmt::format("mp4a.40.{}", track.par->profile + 1);
  return fail(Code::kBadInput, "the aac track has no AudioSpecificConfig");
}

Result<std::string> av1(const Track& track) {
  WEIR_TRY_ASSIGN(const Av1Info info, parse_av1_extradata(extradata(track)));
  return fmt::format("av01.{}.{:02}{}.{:02}", info.profile, info.level, info.high_tier ? 'H' : 'M',
                     info.bit_depth);
}

Result<std::string> vp9(const Track& track) {
  const auto& par = *track.par;
  const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(par.format));
  if (par.profile < 0 || par.level <= 0 || format == nullptr)
    return fail(Code::kUnsupported, "the vp9 track does not say its profile and level");
  return fmt::format("vp09.{:02}.{:02}.{:02}", par.profile, par.level, format->comp[0].depth);
}

}  // namespace

Result<std::string> codec_string(const Track& track) {
  // Without a base layer for others only a decoder of its own knows what to do with it.
  if (track.dolby_vision && track.dolby_vision->compatibility == 0)
    return codec_string(*track.dolby_vision, track.codec() == AV_CODEC_ID_AV1);
  switch (track.codec()) {
    case AV_CODEC_ID_H264:
      return sequence_info(track).map(h264);
    case AV_CODEC_ID_HEVC:
      return sequence_info(track).map(hevc);
    case AV_CODEC_ID_AAC:
      return aac(track);
    case AV_CODEC_ID_AV1:
      return av1(track);
    case AV_CODEC_ID_VP9:
      return vp9(track);
    case AV_CODEC_ID_MP3:
      return "mp4a.40.34";
    case AV_CODEC_ID_OPUS:
      return "opus";
    case AV_CODEC_ID_AC3:
      return "ac-3";
    case AV_CODEC_ID_EAC3:
      return "ec-3";
    case AV_CODEC_ID_FLAC:
      return "fLaC";
    default:
      return fail(Code::kUnsupported, "{} has no entry for CODECS", track.codec_name());
  }
}

}  // namespace weir::media
