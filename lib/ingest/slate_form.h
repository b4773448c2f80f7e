// How a slate is coded, so that it can go on in the place of a track.
#pragma once

#include <string>

#include "base/result.h"
#include "codec/encoder.h"
#include "media/track.h"

namespace weir::ingest {

/// Pictures in the size, shape, pixel format, colours, profile and rate of the track, without
/// reordering, a key picture every two seconds, on one thread; not above the rate the track
/// declares. Frames count in the time base, one tick each.
/// H.264 and HEVC; kUnsupported for other codecs, and where this build lacks the encoder.
Result<codec::VideoSettings> slate_pictures(const media::Track& track);

/// Sound that a decoder of the track takes without being told anew: AAC-LC, MP3, Opus, AC-3,
/// E-AC-3. kUnsupported otherwise.
Result<codec::AudioSettings> slate_sound(const media::Track& track);

/// The libavfilter graph that brings a decoded picture of `clip` into the form `to`: upright, in
/// its shape with black bars around it, at the rate. No change between SDR and HDR.
std::string slate_filter(const media::Track& clip, const AVFrame& frame,
                         const codec::VideoSettings& to);

/// A black picture in that form.
media::Frame black_picture(const codec::VideoSettings& form);

}  // namespace weir::ingest
