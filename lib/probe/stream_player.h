// A viewer of one stream that is pushed to him (FLV over HTTP, RTMP): frames as they are decoded go
// into a player's buffer. No I/O, no clock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "probe/player_buffer.h"
#include "probe/viewer.h"

namespace weir::probe {

/// Stamps of both tracks are on one axis. Where those of a track go back by more than kReset they
/// have begun anew: the axis goes on, for both tracks by the same step. Where they go forward there
/// is a hole.
/// Latency    Where the stream tells when its frames were on air, the time since then. Else the
///            distance of what is shown from the stamp that came soonest, measured from its
///            arrival: what buffer and stalls add. What is in front of the server is not known
///            then.
class StreamPlayer {
 public:
  static constexpr std::int64_t kReset = 1'000'000;
  /// A frame lasts until the next one, but not longer.
  static constexpr std::int64_t kLongestFrame = 1'000'000;
  static constexpr PlayerRules kRules{500'000, 500'000};

  /// `begun_utc_us` is the time of day at 0 of the times below.
  StreamPlayer(bool video, bool audio, std::int64_t begun_utc_us = 0)
      : begun_utc_us_(begun_utc_us), buffer_(video, audio, kRules) {}

  /// A packet came; stamps in microseconds.
  void arrived(PlayerLane lane, std::int64_t dts_us, std::int64_t at_us);
  /// The frame with this stamp, of the packets that come next, was on air then.
  void dated(std::int64_t stamp_us, std::int64_t utc_us) { date_ = {stamp_us, utc_us}; }
  /// A frame was decoded, in order of presentation.
  void shown(PlayerLane lane, std::int64_t pts_us, std::int64_t at_us);
  void tick(std::int64_t now_us);
  void end(std::int64_t now_us) { buffer_.end(now_us); }

  const PlayerBuffer& buffer() const { return buffer_; }
  /// Empty before playing begins.
  std::optional<Latency> latency() const;

 private:
  /// One track's way from stamps to the axis.
  struct Way {
    std::int64_t offset = 0;
    int resets = 0;
    std::optional<std::int64_t> last;  // on the axis
  };
  Latency against(std::int64_t more_us, Latency::By by) const;
  /// On the axis.
  std::int64_t map(Way& way, std::int64_t stamp_us);

  const std::int64_t begun_utc_us_;
  PlayerBuffer buffer_;
  std::array<Way, 2> packets_, frames_;
  std::int64_t offset_ = 0;  // the newest
  int resets_ = 0;
  std::optional<std::int64_t> soonest_;  // arrival less place on the axis
  std::optional<Latency> behind_;        // against the axis, not yet against arrivals
  std::optional<std::pair<std::int64_t, std::int64_t>> date_;  // not yet on the axis
  std::optional<std::int64_t> on_air_;                         // time of day less place on the axis
  std::optional<Latency> behind_air_;
};

}  // namespace weir::probe
