// A track that becomes another in mid-stream.
#pragma once

#include "media/track.h"

namespace weir::media {

/// What follows of `before` when it goes on as `now`: all of that, but for what belongs to its
/// place in the stream (index, time base, language, rendition, shift).
inline Track in_place_of(const Track& before, Track now) {
  now.index = before.index;
  now.time_base = before.time_base;
  now.language = before.language;
  now.rendition = before.rendition;
  now.shift = before.shift;
  return now;
}

}  // namespace weir::media
