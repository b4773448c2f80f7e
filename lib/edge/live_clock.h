// One clock for all publishers a stream ever has.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>

#include "flv/tag.h"

namespace weir::edge {

/// Moves the stamps of a publisher by one offset, the same for sound and pictures, so that they go
/// on one frame behind those of the publisher before; the first stamp of all becomes 0.
///
/// Jumps      A step of more than kBack back or kAhead forth within one publisher gets a new offset
///            too, again for all tracks: a player could follow neither. Smaller steps back are
///            levelled, each track for itself.
class LiveClock {
 public:
  static constexpr std::int64_t kBack = 1'000;    ///< Milliseconds, as everything here.
  static constexpr std::int64_t kAhead = 10'000;  ///< Likewise.

  /// Another publisher, or the same one anew.
  void restart() { offset_.reset(); }
  /// The stamp of a frame; never below the one before it of the same type.
  std::int64_t place(flv::TagType type, std::int64_t stamp_ms);
  /// Where a publisher's stamp lies; empty before its first frame.
  std::optional<std::int64_t> place_of(std::int64_t stamp_ms) const {
    return offset_ ? std::optional(stamp_ms + *offset_) : std::nullopt;
  }
  /// For what is no frame and whose own stamp means nothing: that of the frame before.
  std::int64_t last(flv::TagType type) const;
  /// How often a jump was taken out.
  std::uint64_t jumps() const { return jumps_; }

 private:
  std::int64_t next() const { return started_ ? last_ + step_ : 0; }

  std::optional<std::int64_t> offset_;
  std::map<flv::TagType, std::int64_t> tracks_;  // last stamp of each
  std::int64_t last_ = 0;                        // the highest
  std::int64_t step_ = 40;                       // between pictures
  bool started_ = false;
  std::uint64_t jumps_ = 0;
};

}  // namespace weir::edge
