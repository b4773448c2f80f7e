// Text as FFmpeg's decoders give it, made into WebVTT.
// Source: the Advanced SubStation Alpha event format of libavcodec; W3C WebVTT section 4.2.2.
#pragma once

#include <string_view>

#include "media/cue.h"

namespace weir::formats {

/// An ASS event. Bold, italic and underlined words and the place on the screen are kept, what else
/// stands in braces is not. The times are left to the caller. Any bytes are safe.
media::Cue cue_from_ass(std::string_view event);

}  // namespace weir::formats
