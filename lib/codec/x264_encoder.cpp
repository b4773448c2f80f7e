#include "codec/x264_encoder.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

extern "C" {
#include <x264.h>
}

#include "codec/x264_assembly.h"

namespace weir::codec {
namespace {

struct Close {
  void operator()(x264_t* encoder) const { x264_encoder_close(encoder); }
};

void keep_last(void* text, int, const char* format, va_list arguments) {
  std::array<char, 256> line{};
  std::vsnprintf(line.data(), line.size(), format, arguments);
  std::string& last = *static_cast<std::string*>(text);
  last = line.data();
  last.erase(last.find_last_not_of('\n') + 1);
}

bool listed(const char* const* names, std::string_view name) {
  while (*names != nullptr && name != *names) ++names;
  return *names != nullptr;
}

Result<void> set(x264_param_t& param, const std::string& key, const std::string& value) {
  if (x264_param_parse(&param, key.c_str(), value.c_str()) == 0) return {};
  return fail(Code::kUsage, "x264 does not take {}={}", key, value);
}

void describe(x264_param_t& param, const X264Settings& s) {
  const bool known = s.frame_rate.num > 0;
  param.i_width = s.width;
  param.i_height = s.height;
  param.i_csp = X264_CSP_I420;
  param.i_bitdepth = 8;
  param.i_timebase_num = static_cast<std::uint32_t>(s.time_base.num);
  param.i_timebase_den = static_cast<std::uint32_t>(s.time_base.den);
  param.i_fps_num = known ? static_cast<std::uint32_t>(s.frame_rate.num) : 25;
  param.i_fps_den = known ? static_cast<std::uint32_t>(s.frame_rate.den) : 1;
  param.vui.i_sar_width = param.vui.i_sar_height = 1;
  param.vui.b_fullrange = 0;
  param.vui.i_colorprim = s.primaries;
  param.vui.i_transfer = s.transfer;
  param.vui.i_colmatrix = s.matrix;
}

PictureType type_of(int x264_type) {
  switch (x264_type) {
    case X264_TYPE_P:
      return PictureType::kP;
    case X264_TYPE_BREF:
      return PictureType::kReferenceB;
    case X264_TYPE_B:
      return PictureType::kB;
    default:
      return PictureType::kI;
  }
}

// All but SEI: x264's words about itself are of no use to a decoder, and each chunk would repeat
// them.
void append(Bytes& bytes, const x264_nal_t* nals, int count) {
  for (int i = 0; i < count; ++i)
    if (nals[i].i_type != NAL_SEI)
      bytes.insert(bytes.end(), nals[i].p_payload, nals[i].p_payload + nals[i].i_payload);
}

// What makes a chunk a piece of a longer stream, whatever else is asked for.
void join(x264_param_t& param) {
  param.i_threads = 1;
  param.i_lookahead_threads = 1;
  param.i_sync_lookahead = 0;
  param.b_deterministic = 1;
  param.b_annexb = 1;
  param.b_repeat_headers = 1;
  param.b_stitchable = 1;
  param.i_keyint_max = X264_KEYINT_MAX_INFINITE;
  param.i_keyint_min = 1'000'000;
}

class Encoder : public X264Encoder {
 public:
  Result<void> open(const X264Settings& s);
  Result<void> push(const AVFrame& picture, bool idr, std::optional<int> quantiser,
                    const Take& take) override;
  Result<void> finish(const Take& take) override;
  Bytes headers() override;
  int profile() const override { return FF_PROFILE_H264_HIGH; }
  int level() const override { return level_; }
  int reorder() const override { return reorder_; }

 private:
  Result<void> encode(x264_picture_t* picture, const Take& take);

  std::string complaint_;  // x264's last word
  std::string stats_out_, stats_in_;
  std::unique_ptr<x264_t, Close> x264_;
  int level_ = 0;
  int reorder_ = 0;
};

Result<void> Encoder::open(const X264Settings& s) {
  x264_param_t param;
  // x264 itself would complain on stderr.
  if (!listed(x264_preset_names, s.preset) || (!s.tune.empty() && !x264_knows_tune(s.tune)) ||
      x264_param_default_preset(&param, s.preset.c_str(),
                                s.tune.empty() ? nullptr : s.tune.c_str()) < 0)
    return fail(Code::kUsage, "x264 has no preset '{}' with tune '{}'", s.preset, s.tune);
  describe(param, s);
  join(param);
  for (const auto& [key, value] : s.parameters) WEIR_TRY(set(param, key, value));
  if (needs_avx2(s.width)) WEIR_TRY(set(param, "asm", "avx2"));
  // SSIM is measured only at a level of chatter; the words themselves go nowhere but into errors.
  param.i_log_level = X264_LOG_INFO;
  param.pf_log = keep_last;
  param.p_log_private = &complaint_;
  stats_out_ = s.stats_out.string();
  stats_in_ = s.stats_in.string();
  param.rc.b_stat_write = !stats_out_.empty();
  param.rc.psz_stat_out = stats_out_.data();
  param.rc.b_stat_read = !stats_in_.empty();
  param.rc.psz_stat_in = stats_in_.data();
  if (x264_param_apply_profile(&param, "high") < 0)
    return fail(Code::kUsage, "x264's settings do not fit the profile high");
  x264_.reset(x264_encoder_open(&param));
  if (!x264_) return fail(Code::kUnsupported, "x264 refuses its settings: {}", complaint_);
  x264_encoder_parameters(x264_.get(), &param);
  level_ = param.i_level_idc;
  reorder_ = param.i_bframe == 0 ? 0 : param.i_bframe_pyramid == X264_B_PYRAMID_NONE ? 1 : 2;
  return {};
}

Result<void> Encoder::push(const AVFrame& picture, bool idr, std::optional<int> quantiser,
                           const Take& take) {
  x264_picture_t in;
  x264_picture_init(&in);
  in.img.i_csp = X264_CSP_I420;
  in.img.i_plane = 3;
  for (int i = 0; i < 3; ++i) {
    in.img.plane[i] = picture.data[i];
    in.img.i_stride[i] = picture.linesize[i];
  }
  in.i_pts = picture.pts;
  in.i_type = idr ? X264_TYPE_IDR : X264_TYPE_AUTO;
  in.i_qpplus1 = quantiser ? *quantiser + 1 : X264_QP_AUTO;
  return encode(&in, take);
}

Result<void> Encoder::finish(const Take& take) {
  while (x264_encoder_delayed_frames(x264_.get()) > 0) WEIR_TRY(encode(nullptr, take));
  x264_.reset();
  return {};
}

Result<void> Encoder::encode(x264_picture_t* picture, const Take& take) {
  x264_nal_t* nals = nullptr;
  int count = 0;
  x264_picture_t out{};
  const int size = x264_encoder_encode(x264_.get(), &nals, &count, picture, &out);
  if (size < 0) return fail(Code::kInternal, "x264 failed: {}", complaint_);
  if (size == 0) return {};
  X264Picture coded;
  coded.pts = out.i_pts;
  coded.idr = out.b_keyframe != 0;
  coded.type = type_of(out.i_type);
  coded.ssim = out.prop.f_ssim;
  coded.bytes.reserve(static_cast<std::size_t>(size));
  append(coded.bytes, nals, count);
  return take(std::move(coded));
}

Bytes Encoder::headers() {
  x264_nal_t* nals = nullptr;
  int count = 0;
  Bytes bytes;
  if (x264_encoder_headers(x264_.get(), &nals, &count) >= 0) append(bytes, nals, count);
  return bytes;
}

}  // namespace

Result<std::unique_ptr<X264Encoder>> X264Encoder::open(const X264Settings& settings) {
  auto encoder = std::make_unique<Encoder>();
  WEIR_TRY(encoder->open(settings));
  return std::unique_ptr<X264Encoder>(std::move(encoder));
}

bool x264_knows_tune(const std::string& tune) {
  int psychovisual = 0;
  for (std::size_t from = 0, to = 0; to != std::string::npos; from = to + 1) {
    to = tune.find_first_of(",./-+", from);
    const std::string name = tune.substr(from, to - from);
    if (!listed(x264_tune_names, name)) return false;
    if (name != "fastdecode" && name != "zerolatency") ++psychovisual;
  }
  return psychovisual <= 1;
}

std::string x264_version() {
  return fmt::format("{} {}", X264_BUILD, X264_POINTVER);
}

}  // namespace weir::codec
