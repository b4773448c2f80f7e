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

/// Turns a picture upright as the track says; "" when it is.
std::string upright_filter(const media::Track& track);

/// Brings sound to the rate and the number of channels, planar float; downmixing by swresample's
/// standard coefficients.
std::string sound_filter(int sample_rate, int channels);

}  // namespace weir::ladder
