// Where the parts of an open segment end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/units.h"
#include "hls/cut_lane.h"

namespace weir::hls {

/// The next part of a lane's open segment: so many of its packets, and the time it ends, in ticks
/// of the lane's base. Without packets it is a gap.
struct Piece {
  std::size_t count = 0;
  std::int64_t end = 0;
};

/// A part is as many whole packets as fit into `target`, so never longer, and shorter than
/// kFullPart only
///   where its segment ends,
///   before a gap, which stands for a hole of half a part or more,
///   where whole packets come no nearer to the target, because they last so long.
/// A packet before a hole is shown till its part is full. A part ends before a key frame where it
/// is full already, so that the next begins with that.
/// Decoding order decides what is in it: its length is counted from decoding stamps, put right at
/// each key frame.
///
/// `certain` of the lane's packets belong to the open segment; with `end`, they are all of it that
/// is to come and it ends there. Nothing is returned when the next part may still grow; a part is
/// never the last of its segment unless there is an `end`.
std::optional<Piece> next_piece(const CutLane& lane, Micros target, std::size_t certain,
                                std::optional<media::Time> end);

/// What a part has to last, in percent of the target; draft section 4.4.4.9.
inline constexpr int kFullPart = 85;

}  // namespace weir::hls
