#include "ingest/slate_form.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <new>

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

#include "base/units.h"
#include "codec/filter_text.h"
#include "media/aac.h"

namespace weir::ingest {
namespace {

constexpr AVRational kUsualRate{25, 1};
constexpr std::int64_t kKeySeconds = 2;
constexpr std::int64_t kSoundRate = 64'000;  // bits a second for each channel

bool is_known(AVRational value) {
  return value.num > 0 && value.den > 0;
}

std::string h264_profile(int profile) {
  static const std::map<int, std::string> kNames{{FF_PROFILE_H264_BASELINE, "baseline"},
                                                 {FF_PROFILE_H264_CONSTRAINED_BASELINE, "baseline"},
                                                 {FF_PROFILE_H264_MAIN, "main"},
                                                 {FF_PROFILE_H264_HIGH, "high"},
                                                 {FF_PROFILE_H264_HIGH_10, "high10"},
                                                 {FF_PROFILE_H264_HIGH_422, "high422"},
                                                 {FF_PROFILE_H264_HIGH_444_PREDICTIVE, "high444"}};
  const auto found = kNames.find(profile);
  return found == kNames.end() ? "" : found->second;
}

void choose_h264(const AVCodecParameters& par, std::int64_t gop, codec::VideoSettings& out) {
  constexpr int kLeast = 10, kMost = 62;  // level_idc x264 knows
  out.encoder = "libx264";
  out.options = {{"preset", "superfast"},
                 {"tune", "zerolatency"},
                 {"crf", "23"},
                 {"g", fmt::format("{}", gop)},
                 {"x264-params", "repeat-headers=1:scenecut=0"}};
  if (const auto profile = h264_profile(par.profile); !profile.empty())
    out.options.emplace_back("profile", profile);
  if (par.level >= kLeast && par.level <= kMost)
    out.options.emplace_back("level", fmt::format("{}", par.level));
}

void choose_hevc(std::int64_t gop, codec::VideoSettings& out) {
  out.encoder = "libx265";
  out.options = {{"preset", "ultrafast"},
                 {"tune", "zerolatency"},
                 {"crf", "25"},
                 {"x265-params",
                  fmt::format("repeat-headers=1:keyint={0}:min-keyint={0}:scenecut=0:open-gop=0:"
                              "pools=none:frame-threads=1:log-level=none",
                              gop)}};
}

// The frames that come are of the core alone.
bool is_plain_aac(const AVCodecParameters& par) {
  const auto info = media::parse_audio_specific_config(
      {par.extradata, static_cast<std::size_t>(std::max(par.extradata_size, 0))});
  constexpr int kLowComplexity = 2;
  return info && info->object_type == kLowComplexity && info->channel_config > 0;
}

std::string sound_encoder(const AVCodecParameters& par) {
  switch (par.codec_id) {
    case AV_CODEC_ID_AAC:
      return is_plain_aac(par) ? "aac" : "";
    case AV_CODEC_ID_MP3:
      return "libmp3lame";
    case AV_CODEC_ID_OPUS:
      return "libopus";
    case AV_CODEC_ID_AC3:
      return "ac3";
    case AV_CODEC_ID_EAC3:
      return "eac3";
    default:
      return "";
  }
}

Result<void> check_encoder(const std::string& encoder, const media::Track& track) {
  if (!encoder.empty() && avcodec_find_encoder_by_name(encoder.c_str()) != nullptr) return {};
  return fail(Code::kUnsupported, "no slate can be made of {}", track.codec_name());
}

int even(double side) {
  return std::max(2, static_cast<int>(std::lround(side / 2)) * 2);
}

// The largest place of that shape (width to height, as shown) in the coded picture.
Size place(double shape, const codec::VideoSettings& to) {
  if (is_known(to.sample_aspect_ratio)) shape /= av_q2d(to.sample_aspect_ratio);
  if (shape > static_cast<double>(to.width) / to.height)
    return {to.width, std::min(to.height, even(to.width / shape))};
  return {std::min(to.width, even(to.height * shape)), to.height};
}

double shape_of(const media::Track& clip, const AVFrame& frame) {
  double shape = static_cast<double>(frame.width) / frame.height;
  if (is_known(frame.sample_aspect_ratio)) shape *= av_q2d(frame.sample_aspect_ratio);
  return clip.rotation % 180 != 0 ? 1 / shape : shape;
}

std::string colours(const codec::VideoSettings& to) {
  std::string text = to.range == AVCOL_RANGE_JPEG ? ":out_range=pc" : ":out_range=tv";
  const bool wide = to.matrix == AVCOL_SPC_BT2020_NCL || to.matrix == AVCOL_SPC_BT2020_CL;
  if (to.matrix == AVCOL_SPC_BT709) text += ":out_color_matrix=bt709";
  if (to.matrix == AVCOL_SPC_SMPTE170M || to.matrix == AVCOL_SPC_BT470BG)
    text += ":out_color_matrix=bt601";
  return wide ? text + ":out_color_matrix=bt2020" : text;
}

}  // namespace

Result<codec::VideoSettings> slate_pictures(const media::Track& track) {
  const auto& par = *track.par;
  codec::VideoSettings out;
  out.width = par.width;
  out.height = par.height;
  if (par.format != AV_PIX_FMT_NONE) out.format = static_cast<AVPixelFormat>(par.format);
  out.frame_rate = is_known(track.frame_rate) ? track.frame_rate : kUsualRate;
  out.time_base = av_inv_q(out.frame_rate);
  out.sample_aspect_ratio = par.sample_aspect_ratio;
  out.range = par.color_range;
  out.primaries = par.color_primaries;
  out.transfer = par.color_trc;
  out.matrix = par.color_space;
  out.max_bitrate = out.buffer = std::max(track.bitrate, track.max_bitrate);
  out.encoder.clear();
  const auto gop = std::max<std::int64_t>(media::Time{kKeySeconds, {1, 1}}.in(out.time_base), 1);
  if (track.codec() == AV_CODEC_ID_H264) choose_h264(par, gop, out);
  if (track.codec() == AV_CODEC_ID_HEVC) choose_hevc(gop, out);
  WEIR_TRY(check_encoder(out.encoder, track));
  return out;
}

Result<codec::AudioSettings> slate_sound(const media::Track& track) {
  codec::AudioSettings out;
  out.encoder = sound_encoder(*track.par);
  WEIR_TRY(check_encoder(out.encoder, track));
  out.sample_rate = track.par->sample_rate;
  out.channels = track.par->ch_layout.nb_channels;
  out.bitrate = kSoundRate * out.channels;
  return out;
}

std::string slate_filter(const media::Track& clip, const AVFrame& frame,
                         const codec::VideoSettings& to) {
  const Size size = place(shape_of(clip, frame), to);
  const AVRational shape =
      is_known(to.sample_aspect_ratio) ? to.sample_aspect_ratio : AVRational{1, 1};
  std::string upright = codec::upright_filter(clip);
  if (!upright.empty()) upright += ',';
  return fmt::format(
      "{}fps={}/{},scale={}:{}:flags=bicubic{},format={},pad={}:{}:-1:-1:black,setsar={}/{}",
      upright, to.frame_rate.num, to.frame_rate.den, size.width, size.height, colours(to),
      av_get_pix_fmt_name(to.format), to.width, to.height, shape.num, shape.den);
}

media::Frame black_picture(const codec::VideoSettings& form) {
  media::Frame frame;
  AVFrame& raw = *frame.raw();
  raw.width = form.width;
  raw.height = form.height;
  raw.format = form.format;
  raw.color_range = form.range;
  raw.time_base = form.time_base;
  if (av_frame_get_buffer(&raw, 0) < 0) throw std::bad_alloc();
  std::array<std::ptrdiff_t, 4> lines{};
  std::copy_n(raw.linesize, lines.size(), lines.begin());
  const auto range = form.range == AVCOL_RANGE_JPEG ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  av_image_fill_black(raw.data, lines.data(), form.format, range, raw.width, raw.height);
  return frame;
}

}  // namespace weir::ingest
