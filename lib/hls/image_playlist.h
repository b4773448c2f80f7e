// The media playlist of thumbnails, and the same as WebVTT for players of the web.
// Source: HLS Image Media Playlist Specification, version 0.4 (EXT-X-IMAGES-ONLY, EXT-X-TILES);
// W3C Media Fragments 4.2.2 (xywh).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "base/store.h"
#include "base/units.h"
#include "hls/playlist.h"

namespace weir::hls {

/// One JPEG file: thumbnails in rows from the left, the last one perhaps not full.
struct ImageTile {
  std::string uri;
  Micros duration{};
  bool discontinuity = false;
  bool gap = false;
  std::optional<std::int64_t> program_date_time_us{};  ///< Microseconds since 1970, UTC.
};

struct ImagePlaylist {
  MediaPlaylist::Type type = MediaPlaylist::Type::kVod;
  Size size;  ///< Of one thumbnail.
  int columns = 1;
  int rows = 1;
  Micros interval{};  ///< From one thumbnail to the next.
  std::int64_t media_sequence = 0;
  std::int64_t discontinuity_sequence = 0;
  bool ended = false;
  std::deque<ImageTile> tiles;

  Micros tile_duration() const { return interval * columns * rows; }
  /// Its EXT-X-TILES, which is the same for every tile.
  std::string tiles_tag() const;
  Micros duration() const;
};

/// EXT-X-TARGETDURATION is that of a full tile. Tiles that are `lost` are gaps.
std::string to_text(const ImagePlaylist& playlist, const IsLost& lost = {});
/// A cue for each thumbnail; none for gaps.
std::string to_webvtt(const ImagePlaylist& playlist);

}  // namespace weir::hls
