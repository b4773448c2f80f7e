// What is known of a stream after it was read to its end.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "media/track.h"
#include "probe/edit_list.h"
#include "probe/track_meter.h"

namespace weir::probe {

struct TrackReport {
  media::Track track;              ///< As declared by the input.
  TrackStats stats;                ///< As measured.
  std::vector<EditEntry> edits{};  ///< Of an MP4; empty: the track is shown as it is.
};

/// Sound against the main picture: positive is later. The priming of the sound is not heard and
/// does not count.
struct Offset {
  int track = 0;  ///< The sound track.
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;
  /// Where it changes for a player that goes by durations: the time, and the offset from there on.
  std::vector<std::pair<std::int64_t, std::int64_t>> changes{};
};

/// What was undone before anything was measured.
struct Mended {
  std::int64_t wraps = 0;    ///< A clock of 32 or 33 bits ran over; once for each track.
  std::int64_t resets = 0;   ///< Stamps began anew.
  std::int64_t dropped = 0;  ///< Packets that were damaged or of no track.
};

/// What the event track of a pipe stream said.
struct EventReport {
  bool present = false;   ///< The stream carries events, so its end must be marked.
  bool end_mark = false;  ///< The stream is whole.
  std::map<std::string, std::int64_t> kinds;
  std::optional<std::int64_t> first_cut_us;  ///< Of the cut grid.
  std::optional<std::int64_t> last_cut_us;
  std::int64_t cuts() const;
};

struct Report {
  std::string name;                        ///< As messages call the input.
  std::string container;                   ///< libavformat's name.
  std::optional<std::int64_t> size_bytes;  ///< Of a regular file.
  std::vector<TrackReport> tracks;
  std::vector<Offset> offsets;
  EventReport events;
  Mended mended;
  std::optional<Error>
      damage;  ///< Why the input ended early; everything above is what came before.

  std::int64_t start_us() const;  ///< Earliest of all tracks; 0 without packets.
  std::int64_t end_us() const;    ///< Latest of all tracks.
  std::int64_t duration_us() const { return end_us() - start_us(); }
  std::int64_t bitrate()
      const;  ///< Of the file, or of all packets when there is no file; bits per second.
};

}  // namespace weir::probe
