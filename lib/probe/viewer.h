// What a viewer of a live stream has seen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "probe/live_findings.h"
#include "probe/player_buffer.h"
#include "probe/track_meter.h"

namespace weir::probe {

/// What one kind of track showed.
struct ViewerTrackFigures {
  std::int64_t frames = 0;                         ///< Decoded.
  std::int64_t errors = 0;                         ///< Packets and frames that were damaged.
  std::int64_t gaps = 0, overlaps = 0, jumps = 0;  ///< As TrackStats, without announced ones.
  std::vector<Break> breaks{};                     ///< The first kMaxBreaks of them.
};

/// How far what is shown is behind what happens.
struct Latency {
  enum class By {
    kDate,     ///< Against EXT-X-PROGRAM-DATE-TIME: from the source's clock to the screen.
    kArrival,  ///< Against the stamp that came soonest: what the player adds, not what is before
               ///< it.
  };
  By by = By::kDate;
  std::int64_t first_us = 0;  ///< When playing began.
  std::int64_t last_us = 0;
  std::int64_t min_us = 0;
  std::int64_t max_us = 0;
  std::int64_t sum_us = 0;
  std::int64_t samples = 0;

  void add(std::int64_t us);
  std::int64_t mean_us() const { return samples > 0 ? sum_us / samples : 0; }
};

struct RenditionSwitch {
  std::int64_t at_us = 0;  ///< Of the watch.
  std::string from;
  std::string to;
  std::int64_t level_us = 0;  ///< Buffered then.
  std::int64_t throughput_bps = 0;
};
inline constexpr std::size_t kMostSwitches = 1000;

struct ViewerReport {
  std::string how;         ///< "segments", "parts" or "stream".
  std::string problem;     ///< Why there was nothing to see, or no more; "" when all went well.
  bool encrypted = false;  ///< That is why; then nothing is judged.
  PlayerFigures player;
  bool playing = false;  ///< At the end; false in a stall too.
  std::optional<Latency> latency;
  ViewerTrackFigures video, audio;
  /// Sound counted by its samples against its stamps, which pictures go by: the largest, and the
  /// last. Positive: sound would be heard too early.
  std::int64_t sync_max_us = 0;
  std::int64_t sync_last_us = 0;
  std::vector<RenditionSwitch> switches;  ///< The first kMostSwitches.
  std::int64_t switch_count = 0;
  std::string rendition;  ///< The last.
  std::int64_t bytes = 0;
  std::int64_t pieces = 0;    ///< Segments and parts.
  std::int64_t lost = 0;      ///< Times the player fell out of the window.
  std::int64_t failures = 0;  ///< Segments and parts that could not be had, or read.
  std::int64_t throughput_bps = 0;

  std::int64_t errors() const { return video.errors + audio.errors; }
  std::int64_t break_count() const;
};

/// The rules weir-VIEWER-*.
void check_viewer(const ViewerReport& report, const LiveScene& scene);

std::string viewer_text(const ViewerReport& report);
boost::json::object viewer_json(const ViewerReport& report);

}  // namespace weir::probe
