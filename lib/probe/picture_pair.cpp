#include "probe/picture_pair.h"

#include <algorithm>
#include <new>
#include <optional>

extern "C" {
#include <libavutil/imgutils.h>
}

#include "codec/encoder.h"
#include "codec/filter.h"

namespace weir::probe {
namespace {

constexpr int kGap = 8;  // black, between them

struct Last : flow::Sink<media::Packet> {
  Result<flow::Flow> push(media::Packet packet) override {
    value = std::move(packet);
    return flow::Flow::kMore;
  }
  Result<void> finish() override { return {}; }
  std::optional<media::Packet> value;
};

media::Frame black(int width, int height, const AVFrame& like) {
  media::Frame frame;
  AVFrame& raw = *frame.raw();
  raw.width = width;
  raw.height = height;
  raw.format = AV_PIX_FMT_YUV420P;
  raw.colorspace = like.colorspace;
  raw.color_range = like.color_range;
  raw.time_base = {1, 1};
  raw.pts = 0;
  if (av_frame_get_buffer(&raw, 0) < 0) throw std::bad_alloc();
  for (int plane = 0; plane < 3; ++plane) {
    const int rows = plane == 0 ? height : (height + 1) / 2;
    std::fill_n(raw.data[plane], std::ptrdiff_t{raw.linesize[plane]} * rows,
                static_cast<std::uint8_t>(plane == 0 ? 16 : 128));
  }
  return frame;
}

void paste(const AVFrame& from, int x, AVFrame& to) {
  for (int plane = 0; plane < 3; ++plane) {
    const int part = plane == 0 ? 1 : 2;
    av_image_copy_plane(to.data[plane] + x / part, to.linesize[plane], from.data[plane],
                        from.linesize[plane], (from.width + part - 1) / part,
                        (from.height + part - 1) / part);
  }
}

}  // namespace

Result<Bytes> picture_pair(const AVFrame& left, const AVFrame& right) {
  const int second = (left.width + kGap + 1) / 2 * 2;
  media::Frame pair = black(second + right.width, left.height, left);
  paste(left, 0, *pair.raw());
  paste(right, second, *pair.raw());
  codec::VideoSettings settings;
  settings.encoder = "png";
  settings.width = pair.raw()->width;
  settings.height = pair.raw()->height;
  settings.format = AV_PIX_FMT_RGB24;
  Last out;
  WEIR_TRY_ASSIGN(const auto encoder, codec::Encoder::open(settings, out));
  codec::Filter filter([](const AVFrame&) { return "format=rgb24"; }, *encoder);
  WEIR_TRY(filter.push(std::move(pair)));
  WEIR_TRY(filter.finish());
  if (!out.value) return fail(Code::kInternal, "no PNG came of a picture");
  return Bytes(out.value->bytes().begin(), out.value->bytes().end());
}

}  // namespace weir::probe
