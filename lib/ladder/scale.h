// Descriptions of the filters around the encoders, in libavfilter's language.
#pragma once

#include <string>

#include "media/packet.h"
#include "media/track.h"

namespace weir::ladder {

/// Brings a picture to width x height, 4:2:0, 8 bits, limited range, square pixels; "" when it is
/// all that already. Bicubic, by zscale where it knows the format (about twice as fast as
/// swscale's, and as good), else by swscale.
std::string scale_filter(const AVFrame& frame, int width, int height);

}  // namespace weir::ladder
