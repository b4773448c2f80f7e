// The cut grid: where segments and key frames lie, decided once on the source's time for all
// renditions.
#pragma once

#include <cstdint>
#include <optional>

#include "base/units.h"
#include "media/time.h"

namespace weir::ladder {

struct GridOptions {
  Micros gop{2'000'000};      ///< A key frame at least this often.
  Micros segment{6'000'000};  ///< A segment boundary, which is a key frame too.
};

/// What a picture is on the grid.
struct Mark {
  bool key = false;         ///< Every rendition codes it as an IDR.
  bool segment = false;     ///< It opens a segment.
  std::int64_t number = 0;  ///< Of the segment it lies in, from 0.
};

/// The first picture is the origin. Picture boundaries are the first pictures at or after
/// origin + k * segment, and within a segment at or after its planned begin + j * gop, in exact
/// time, so that nothing drifts at 23.976 pictures a second.
class Grid {
 public:
  explicit Grid(const GridOptions& options) : options_(options) {}

  /// Pictures in order of time.
  Mark place(media::Time pts);
  /// The next picture opens a segment wherever it lies; numbers go on, the grid starts anew there.
  void restart() { origin_.reset(); }

 private:
  GridOptions options_;
  std::optional<media::Time> origin_;
  std::int64_t segment_ = 0;  // planned segments since origin_
  std::int64_t gop_ = 0;      // key frame intervals since the planned begin of the segment
  std::int64_t number_ = 0;
  std::int64_t next_number_ = 0;
};

}  // namespace weir::ladder
