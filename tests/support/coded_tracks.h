// Tracks that say enough of themselves for something else to be coded in their place.
#pragma once

#include <functional>

#include "support/feed_script.h"

namespace weir::support {

using Complete = std::function<void(AVCodecParameters&)>;

/// H.264, 64x48, 25 pictures a second, in milliseconds; `complete` may say otherwise.
inline media::Track coded_picture(int index, const Complete& complete = {}) {
  media::Track track = picture(index);
  auto& par = const_cast<AVCodecParameters&>(*track.par);  // ours alone still
  par.codec_type = AVMEDIA_TYPE_VIDEO;
  par.width = 64;
  par.height = 48;
  par.format = AV_PIX_FMT_YUV420P;
  par.profile = FF_PROFILE_H264_MAIN;
  par.level = 30;
  track.frame_rate = {25, 1};
  if (complete) complete(par);
  return track;
}

/// AAC-LC, 48 kHz, stereo, stamped in samples.
inline media::Track coded_sound(int index, const Complete& complete = {}) {
  media::Track track = sound(index);
  auto& par = const_cast<AVCodecParameters&>(*track.par);
  par.codec_type = AVMEDIA_TYPE_AUDIO;
  par.format = AV_SAMPLE_FMT_FLTP;
  media::set_extradata(par, as_bytes("\x11\x90"));
  if (complete) complete(par);
  return track;
}

}  // namespace weir::support
