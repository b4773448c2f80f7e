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
  bool splice = false;      ///< A splice of the source is why it opens a segment.
};

/// The first picture is the origin. Picture boundaries are the first pictures at or after
/// origin + k * segment, and within a segment at or after its planned begin + j * gop, in exact
/// time, so that nothing drifts at 23.976 pictures a second.
///
/// A picture with a splice is a key frame, and opens a segment from which the grid is counted anew,
/// unless its segment began less than kLeastSegment ago. What the grid wants shortly before a
/// splice that is known by then waits for it: no more than kMostWait, and no longer than a segment
/// may last without being rounded up to another target duration.
class Grid {
 public:
  static constexpr Micros kLeastSegment{500'000};
  static constexpr Micros kMostWait{400'000};

  explicit Grid(const GridOptions& options) : options_(options) {}

  /// Pictures in order of time. `splice`: one falls on this picture; `next`: the next one known.
  Mark place(media::Time pts, bool splice = false, std::optional<media::Time> next = {});
  /// The next picture opens a segment wherever it lies; numbers go on, the grid starts anew there.
  void restart() { origin_.reset(); }

 private:
  Mark open(media::Time pts, bool splice);
  bool waits_for(std::optional<media::Time> splice, media::Time pts) const;

  GridOptions options_;
  std::optional<media::Time> origin_;
  media::Time begin_;         // of the segment
  std::int64_t segment_ = 0;  // planned segments since origin_
  std::int64_t gop_ = 0;      // key frame intervals since the planned begin of the segment
  std::int64_t number_ = 0;
  std::int64_t next_number_ = 0;
};

}  // namespace weir::ladder
