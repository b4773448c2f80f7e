// The test source's picture and sound: all that is needed to check a chain by eye and by figures.
#pragma once

#include <cstdint>

#include "media/packet.h"

namespace weir::ingest {

struct PatternOptions {
  int width = 1920;
  int height = 1080;
  AVRational frame_rate{30, 1};
  int sample_rate = 48'000;
};

/// Picture number `n` (YUV 4:2:0, time base 1/frame_rate): a moving ground that changes its kind
/// and colours every four seconds (a scene cut), a bouncing box, colour bars, the timecode
/// HH:MM:SS:FF, and a white square at the top right for the first tenth of every full second.
media::Frame paint(const PatternOptions& options, std::int64_t n);

/// Stereo 16-bit samples `first` … `first + count`: a 1 kHz tone of -18 dBFS for the first tenth of
/// every full second, silence else. Time base 1/sample_rate.
media::Frame sound(const PatternOptions& options, std::int64_t first, int count);

}  // namespace weir::ingest
