// Descriptions of filters that more than one chain needs, in libavfilter's language.
#pragma once

#include <string>

#include "media/track.h"

namespace weir::codec {

/// Turns a picture upright as the track says; "" when it is.
std::string upright_filter(const media::Track& track);

/// Brings sound to the rate, the format and the number of channels, stamped in samples; downmixing
/// by swresample's standard coefficients.
std::string sound_filter(int sample_rate, AVSampleFormat format, int channels);

}  // namespace weir::codec
