#include "codec/thumbnail_picture.h"

#include <algorithm>
#include <cmath>
#include <new>

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavutil/imgutils.h>
}

#include "codec/decoder.h"
#include "codec/encoder.h"
#include "codec/filter.h"
#include "codec/filter_text.h"

namespace weir::codec {
namespace {

// What JPEG is: full range, ITU-R BT.601.
constexpr AVPixelFormat kFormat = AV_PIX_FMT_YUVJ420P;
constexpr const char* kQuality = "590";  // 5 * FF_QP2LAMBDA: 10 to 20 kB for a picture of 320x180

/// Keeps the last thing it was given.
template <typename Item>
struct Last : flow::Sink<Item> {
  Result<flow::Flow> push(Item item) override {
    value = std::move(item);
    return flow::Flow::kMore;
  }
  Result<void> finish() override { return {}; }
  std::optional<Item> value;
};

int even(double side) {
  return std::max(2, static_cast<int>(std::lround(side / 2)) * 2);
}

bool is_hdr(const media::Track& track, const AVFrame& frame) {
  const auto any = [&](AVColorTransferCharacteristic which) {
    return frame.color_trc == which || track.par->color_trc == which;
  };
  return any(AVCOL_TRC_SMPTE2084) || any(AVCOL_TRC_ARIB_STD_B67);
}

// Small first: what follows is done for few pixels.
std::string to_sdr(const media::Track& track, const AVFrame& frame) {
  if (!is_hdr(track, frame) || avfilter_get_by_name("zscale") == nullptr ||
      avfilter_get_by_name("tonemap") == nullptr)
    return {};
  const bool hlg =
      frame.color_trc == AVCOL_TRC_ARIB_STD_B67 || track.par->color_trc == AVCOL_TRC_ARIB_STD_B67;
  return fmt::format(
      "zscale=tin={}:pin=bt2020:min=2020_ncl:rin=limited:t=linear:npl=203,format=gbrpf32le,"
      "zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=170m:r=full,",
      hlg ? "arib-std-b67" : "smpte2084");
}

std::string describe(const media::Track& track, const AVFrame& frame, Size size) {
  const std::string sdr = to_sdr(track, frame);
  std::string upright = upright_filter(track);
  if (!upright.empty()) upright += ',';
  const Size before = track.rotation % 180 != 0 ? Size{size.height, size.width} : size;
  std::string text = fmt::format("scale={}:{}:flags=area", before.width, before.height);
  if (sdr.empty()) text += ":out_color_matrix=bt601:out_range=full";
  return text + ",setsar=1," + sdr + upright + "format=yuvj420p";
}

}  // namespace

Size thumbnail_size(const media::Track& track, int longer) {
  const auto& par = *track.par;
  const AVRational sar = par.sample_aspect_ratio;
  double width = par.width, height = par.height;
  if (sar.num > 0 && sar.den > 0) width *= av_q2d(sar);
  if (track.rotation % 180 != 0) std::swap(width, height);
  const double scale = longer / std::max({width, height, 1.0});
  return {even(width * scale), even(height * scale)};
}

// A decoder of its own for each: they are seconds apart, and nothing is left to wait for.
std::optional<media::Frame> thumbnail_of(const media::Track& track, const media::Packet& key,
                                         Size size) {
  Last<media::Frame> out;
  Filter filter([&](const AVFrame& frame) { return describe(track, frame, size); }, out);
  auto decoder = Decoder::open(track, 1, filter);
  if (!decoder) return {};
  media::Packet packet = key.share();
  packet.raw()->flags &= ~AV_PKT_FLAG_DISCARD;  // an edit list that begins behind it
  if (!(*decoder)->push(std::move(packet)) || !(*decoder)->finish() || !out.value) return {};
  const AVFrame& made = *out.value->raw();
  if (made.width != size.width || made.height != size.height || made.format != kFormat) return {};
  return std::move(out.value);
}

media::Frame blank_tile(Size size) {
  media::Frame tile;
  AVFrame& raw = *tile.raw();
  raw.width = size.width;
  raw.height = size.height;
  raw.format = kFormat;
  raw.color_range = AVCOL_RANGE_JPEG;
  raw.time_base = {1, 1};
  raw.pts = 0;
  if (av_frame_get_buffer(&raw, 0) < 0) throw std::bad_alloc();
  for (int plane = 0; plane < 3; ++plane) {
    const int rows = plane == 0 ? size.height : size.height / 2;
    std::fill_n(raw.data[plane], std::ptrdiff_t{raw.linesize[plane]} * rows,
                static_cast<std::uint8_t>(plane == 0 ? 0 : 128));
  }
  return tile;
}

void paste(const media::Frame& thumbnail, int x, int y, media::Frame& tile) {
  const AVFrame& from = *thumbnail.raw();
  AVFrame& to = *tile.raw();
  for (int plane = 0; plane < 3; ++plane) {
    const int part = plane == 0 ? 1 : 2;
    av_image_copy_plane(to.data[plane] + std::ptrdiff_t{y / part} * to.linesize[plane] + x / part,
                        to.linesize[plane], from.data[plane], from.linesize[plane],
                        from.width / part, from.height / part);
  }
}

Result<media::Packet> encode_jpeg(const media::Frame& tile) {
  VideoSettings settings;
  settings.encoder = "mjpeg";
  settings.width = tile.raw()->width;
  settings.height = tile.raw()->height;
  settings.format = kFormat;
  settings.range = AVCOL_RANGE_JPEG;
  settings.time_base = {1, 1};
  settings.options = {{"flags", "+qscale"}, {"global_quality", kQuality}};
  Last<media::Packet> out;
  WEIR_TRY_ASSIGN(const auto encoder, Encoder::open(settings, out));
  media::Frame frame = tile.share();
  frame.raw()->quality = std::atoi(kQuality);
  WEIR_TRY(encoder->push(std::move(frame)));
  WEIR_TRY(encoder->finish());
  if (!out.value) return fail(Code::kInternal, "no JPEG picture came of a tile");
  return std::move(*out.value);
}

}  // namespace weir::codec
