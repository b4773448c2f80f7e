// What a multivariant playlist says of a track, read from the track and its first sample.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/units.h"
#include "media/track.h"

namespace weir::hls {

/// The track with the parameter sets of `access_unit` (Annex B) as its extradata; unchanged when
/// there are none or the codec has none.
media::Track with_parameter_sets(const media::Track& track, ByteView access_unit);

/// Code points of ITU-T H.273; 2: not told.
struct Colour {
  int primaries = 2;
  int transfer = 2;
  int matrix = 2;

  bool operator==(const Colour&) const = default;
};

struct StreamFacts {
  std::string codecs;        ///< One CODECS entry.
  std::string supplemental;  ///< One SUPPLEMENTAL-CODECS entry; "" for none.
  Size resolution;           ///< As shown, without cropping rows; 0x0 for sound.
  std::string video_range;   ///< "SDR", "HLG", "PQ"; "" for sound.
  Colour colour;             ///< Of a picture.
  int channels = 0;          ///< 0 for a picture.
};
/// `track` as with_parameter_sets() gives it.
Result<StreamFacts> stream_facts(const media::Track& track);

}  // namespace weir::hls
