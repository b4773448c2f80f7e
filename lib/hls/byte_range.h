// Stretches of a file that playlists point at.
#pragma once

#include <cstdint>

#include "base/units.h"
#include "media/time.h"

namespace weir::hls {

struct ByteRange {
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

/// A key picture in the bytes of a segment: all a player needs to decode it, behind the
/// initialization section where there is one.
struct KeyRange {
  ByteRange range;
  media::Time at;  ///< When it is shown.
};

/// Key pictures that follow another one sooner than this are not told: nobody winds so slowly.
inline constexpr Micros kLeastKeyDistance{250'000};

}  // namespace weir::hls
