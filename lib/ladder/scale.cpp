#include "ladder/scale.h"

#include <fmt/format.h>

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace weir::ladder {
namespace {

bool zscale_knows(const AVFrame& frame) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const bool known = format == AV_PIX_FMT_YUV420P || format == AV_PIX_FMT_YUV422P ||
                     format == AV_PIX_FMT_YUV444P || format == AV_PIX_FMT_YUV420P10LE ||
                     format == AV_PIX_FMT_YUV422P10LE || format == AV_PIX_FMT_YUV444P10LE;
  return known && frame.color_range != AVCOL_RANGE_JPEG && frame.colorspace != AVCOL_SPC_RGB &&
         frame.width % 2 == 0 && frame.height % 2 == 0;
}

}  // namespace

std::string scale_filter(const AVFrame& frame, int width, int height) {
  const bool limited = frame.color_range != AVCOL_RANGE_JPEG;
  if (frame.width == width && frame.height == height && frame.format == AV_PIX_FMT_YUV420P &&
      limited)
    return {};
  if (zscale_knows(frame))
    return fmt::format("zscale=w={}:h={}:filter=bicubic,format=yuv420p,setsar=1", width, height);
  return fmt::format("scale=w={}:h={}:flags=bicubic:out_range=tv,format=yuv420p,setsar=1", width,
                     height);
}

}  // namespace weir::ladder
