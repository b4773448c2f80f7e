// What a player fetches next of a media playlist. No I/O, no clock.
// Source: draft-pantos-hls-rfc8216bis-22 sections 6.3.3 and 6.3.4, 4.4.3.8 for the distance from
// the end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "probe/live_playlist.h"

namespace weir::probe {

/// A segment or a part of one.
struct ViewerPiece {
  LivePosition at;  ///< Part -1: the whole segment.
  std::string uri;
  std::optional<hls::ByteRange> range;
  std::optional<hls::MapText> map;
  std::int64_t duration_us = 0;
  std::optional<std::int64_t> date_us;  ///< Of its begin.
  std::int64_t discontinuities = 0;     ///< In front of it, counted from the begin of the stream.
  bool gap = false;
  bool encrypted = false;

  bool begins_segment() const { return at.part <= 0; }
};

struct NextPiece {
  enum class What {
    kFetch,
    kWait,  ///< It is not there yet.
    kGone,  ///< It was removed: the player is too late.
    kEnd,   ///< Nothing follows.
  };
  What what = What::kWait;
  ViewerPiece piece{};
};

class SegmentCursor {
 public:
  /// Where a player begins: as far from the end as the playlist asks for, at what can be decoded by
  /// itself; at the front when the playlist has ended. Parts are taken of a playlist of fMP4 that
  /// has them.
  static SegmentCursor begin(const LivePlaylist& list);
  /// In another rendition, where this one goes on: at the segment of that date, or that number
  /// where there are no dates. Only between two segments.
  static SegmentCursor at(const LivePlaylist& list, std::int64_t number,
                          std::optional<std::int64_t> date_us);

  NextPiece next(const LivePlaylist& list) const;
  /// The piece was fetched, or given up.
  void pass(const ViewerPiece& piece);
  /// The number of the next segment while nothing of it was fetched: another rendition may go on.
  std::optional<std::int64_t> boundary(const LivePlaylist& list) const;

 private:
  explicit SegmentCursor(std::int64_t number, std::int64_t part = 0)
      : number_(number), part_(part) {}
  std::int64_t number_;
  std::int64_t part_;  // so many of its parts were fetched
};

/// Parts are worth fetching: they can be read with the initialization section alone.
bool has_parts(const LivePlaylist& list);
/// How far from the end players stay.
std::int64_t hold_back_us(const LivePlaylist& list);

}  // namespace weir::probe
