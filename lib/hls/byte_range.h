// Stretches of a file that playlists point at.
#pragma once

#include <cstdint>

#include "base/units.h"
#include "media/time.h"

namespace weir::hls {

struct ByteRange {
  std::int64_t offset = 0;
  std::int64_t length = 0;

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// A key picture in the bytes of a segment: all a player needs to decode it, behind the
/// initialization section where there is one.
struct KeyRange {
  ByteRange range;
  media::Time at;  ///< When it is shown.
};

/// Key pictures that follow another one sooner than this are not told: nobody winds so slowly.
inline constexpr Micros kLeastKeyDistance{250'000};
/// Whether a key picture shown at `at` is told when the one told before is shown at `last`.
inline bool is_told_after(media::Time last, media::Time at) {
  return at.micros() - last.micros() >= kLeastKeyDistance.count();
}

}  // namespace weir::hls
