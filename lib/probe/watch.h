// Watching a stream for a while: the rules over its reloads, and what a viewer would have seen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/result.h"
#include "base/stop.h"
#include "base/units.h"
#include "probe/live_track.h"
#include "probe/rules.h"
#include "probe/viewer.h"

namespace weir::probe {

struct WatchOptions {
  std::string input;
  Micros duration{60'000'000};
  bool viewer = true;  ///< HLS: fetch and play media too.
};

/// A playlist that was reloaded.
struct WatchedTrack {
  std::string name;  ///< As the multivariant playlist writes it.
  LiveTrackStats stats;
  std::int64_t target_us = 0;
  std::int64_t part_target_us = 0;  ///< 0: no parts.
  bool ended = false;
};

struct WatchReport {
  std::string input;
  std::string kind;                  ///< "hls", or libavformat's name of the container.
  std::int64_t watched_us = 0;       ///< How long.
  std::vector<WatchedTrack> tracks;  ///< Of HLS.
  std::optional<ViewerReport> viewer;
  std::vector<Finding> findings;
};

/// HLS: every media playlist is reloaded as a client does it until the time is over, all have
/// ended or a stop comes, and what is there is reported. Fails when the playlist at `input` cannot
/// be read at all.
/// Threads    Blocks, and decodes on the caller's thread; one thread more runs the network.
/// Memory     The last two versions of each playlist, the limits of LiveChecks, and of HlsViewer.
Result<WatchReport> watch_hls(const WatchOptions& options, const StopSource& stop, Log&,
                              Progress& progress, const Clock& clock);

/// Any other stream that libavformat opens, FLV over HTTP and RTMP above all, until the time is
/// over, it has ended and was played, or a stop comes. RTMP is played twice for up to three
/// seconds, to see how the server speaks. Fails when it cannot be opened. Threads    Blocks, and
/// decodes on the caller's thread; one thread more reads the stream, and one
///            looks at RTMP.
/// Memory     256 MB between the reader and the decoder, at most.
Result<WatchReport> watch_stream(const WatchOptions& options, const StopSource& stop, Log& log,
                                 Progress& progress, const Clock& clock);

/// Both end as the other reports do, with their findings.
std::string watch_text(const WatchReport& report);
boost::json::object watch_json(const WatchReport& report);

}  // namespace weir::probe
