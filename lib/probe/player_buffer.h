// A player's buffer: what has come, what is shown, and when it runs dry. No I/O, no clock: times
// are microseconds since the begin of the watch, media times microseconds of one axis.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace weir::probe {

enum class PlayerLane { kVideo, kAudio };

struct PlayerRules {
  std::int64_t start_us = 1'000'000;   ///< Playing begins with so much in every lane.
  std::int64_t resume_us = 1'000'000;  ///< And goes on after a stall.
};

struct Stall {
  std::int64_t at_us = 0;      ///< When it ran dry.
  std::int64_t length_us = 0;  ///< Until it went on, or until now.
  std::int64_t media_us = 0;   ///< Where.
};

struct PlayerFigures {
  std::optional<std::int64_t> startup_us;  ///< Until playing began.
  std::int64_t played_us = 0;              ///< Of media.
  std::int64_t stall_count = 0;
  std::int64_t stalled_us = 0;
  std::vector<Stall> stalls;    ///< The first kMostStalls.
  std::int64_t skip_count = 0;  ///< Holes in the media that were jumped over.
  std::int64_t skipped_us = 0;
};
inline constexpr std::size_t kMostStalls = 1000;

/// Plays at normal speed from the first moment that every lane has, as soon as there is enough;
/// does not catch up. Where one lane has a hole and every lane goes on behind it, the hole is
/// jumped over; where nothing follows, playing stalls. Memory     Stretches that were played are
/// forgotten; at most kMostStretches lie ahead of a lane,
///            further ones are dropped.
class PlayerBuffer {
 public:
  /// Holes up to so long are none: sound and picture of a segment end at different times.
  static constexpr std::int64_t kHole = 100'000;
  static constexpr std::size_t kMostStretches = 1000;

  /// At least one of the two.
  PlayerBuffer(bool video, bool audio, const PlayerRules& rules);

  /// Media of [start, end) has come and is decoded.
  void add(PlayerLane lane, std::int64_t start_us, std::int64_t end_us, std::int64_t now_us);
  /// Nothing follows: what is there is played out, and that is no stall.
  void end(std::int64_t now_us);
  /// Plays until then. Time does not go back.
  void advance(std::int64_t now_us);

  bool playing() const { return state_ == State::kPlaying; }
  bool stalled() const { return state_ == State::kStalled; }
  bool ended() const { return state_ == State::kEnded; }
  /// What is shown; empty before the start.
  std::optional<std::int64_t> position_us() const;
  /// How much is there without a hole from here on, in the lane that has least.
  std::int64_t level_us() const;
  /// Up to the last advance().
  PlayerFigures figures() const;

 private:
  enum class State { kStarting, kPlaying, kStalled, kEnded };
  struct Stretch {
    std::int64_t start;
    std::int64_t end;
  };
  struct LaneBuffer {
    bool used = false;
    std::deque<Stretch> stretches;  // in order, apart by more than kHole
  };

  static void insert(LaneBuffer& lane, Stretch stretch);
  std::optional<std::int64_t> first_common() const;
  std::int64_t edge(std::int64_t from) const;
  std::optional<std::int64_t> behind_hole() const;
  void begin_if_enough();
  void run_dry(std::int64_t at_us);
  void forget();

  const PlayerRules rules_;
  std::array<LaneBuffer, 2> lanes_;
  State state_ = State::kStarting;
  std::int64_t now_us_ = 0;
  std::int64_t position_ = 0;
  bool whole_ = false;  // nothing follows
  Stall stall_;         // while stalled
  PlayerFigures figures_;
};

}  // namespace weir::probe
