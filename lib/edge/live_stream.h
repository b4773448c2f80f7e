// One live stream between its publisher and its viewers: bytes only, no sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/units.h"
#include "edge/live_block.h"
#include "edge/live_clock.h"
#include "edge/live_counters.h"
#include "edge/live_tag.h"
#include "flv/tag.h"

namespace weir::edge {

class Viewer;

struct LiveLimits {
  Micros batch{300'000};  ///< How long a frame may wait for others to travel with; 0: not at all.
  /// What is kept for new viewers: everything since the last key frame, unless that is more. Then
  /// they wait for the next one.
  std::size_t cache_bytes = 32 << 20;
  std::uint64_t cache_frames = 5'000;
  Micros cache_time{30'000'000};
  /// How far a viewer may be behind before it goes on at a key frame and loses what is between.
  std::size_t slow_bytes = 8 << 20;
  Micros slow_time{10'000'000};
  /// Lasting slowness, after which it is sent away: so long without taking anything, or so many
  /// losses within `skip_window`.
  Micros stall{15'000'000};
  int most_skips = 4;
  Micros skip_window{60'000'000};
};

/// The UTC of a stamp.
struct StampTime {
  std::int64_t stamp_ms = 0;
  std::int64_t utc_us = 0;
  bool on_air = false;  ///< When the frame was on air, as the publisher says; else when it came.
};

/// Packs each tag once, into a block all viewers share; a viewer is a position among the blocks.
///
/// Batches    A block is closed, and goes out, when its first tag has waited for `batch`, in front
///            of a key frame, and at 1 MiB.
/// Entries    At key frames; in a stream that has shown no picture in its first second, at sound,
///            once a second.
/// Publishers One after the other, see LiveClock. Pictures in front of the first key frame of each
///            are left out; its headers go to all viewers.
/// Memory     The larger of what the cache and a slow viewer may need, plus the blocks that viewers
///            hold who are stuck within one.
/// Threads    All on one loop. Outlives its viewers.
class LiveStream {
 public:
  /// `clock` is borrowed.
  LiveStream(const LiveLimits& limits, const Clock& clock) : limits_(limits), clock_(clock) {}
  LiveStream(const LiveStream&) = delete;
  LiveStream& operator=(const LiveStream&) = delete;

  /// Another publisher: what follows is its own.
  void begin();
  void take(const flv::Tag& tag);
  /// Nothing follows: viewers end once they have taken all there is.
  void end();
  bool ended() const { return ended_; }
  /// When tick() has something to do.
  std::optional<std::chrono::nanoseconds> due() const;
  /// Closes a block whose time has come, and looks for viewers that are stuck.
  void tick();

  const LiveCounters& counters() const { return counters_; }
  std::uint64_t jumps() const { return live_clock_.jumps(); }
  /// As the publisher says (flv::utc_body), else of a frame that came lately; empty before the
  /// first.
  std::optional<StampTime> time() const;
  std::size_t viewers() const;
  ViewerQueues queues(Via via) const;
  /// Bytes in all blocks it keeps.
  std::size_t kept() const { return kept_; }

 private:
  friend class Viewer;

  bool begins_here(const TagRole& role, const flv::Tag& tag, std::int64_t at_ms) const;
  bool passes(const TagRole& role, const flv::Tag& tag);
  void keep_header(const TagRole& role, flv::Tag tag);
  void keep_time(const flv::Tag& tag);
  void open_block(bool entry, std::int64_t at_ms);
  void close_block();
  void trim();
  bool needless(const Block& block) const;
  bool cache_holds(const Block& entry) const;
  Bytes intro(std::int64_t at_ms) const;
  template <typename Task>
  void for_viewers(Task task);
  void wake_viewers();
  void look_for_stuck();

  // For viewers.
  void add(Viewer& viewer);
  void remove(Viewer& viewer);
  BlockPtr block(std::uint64_t number) const;
  std::uint64_t oldest() const { return last_ + 1 - blocks_.size(); }

  const LiveLimits limits_;
  const Clock& clock_;
  LiveClock live_clock_;
  std::optional<StampTime> on_air_;  // said by this publisher
  std::uint64_t on_air_jumps_ = 0;   // jumps() then: it holds up to the next
  LiveCounters counters_;
  std::map<HeaderId, flv::Tag> headers_;
  std::uint64_t headers_version_ = 0;
  bool key_seen_ = false;  // of this publisher
  bool video_ = false;     // the same, for any sign of pictures
  bool audio_ = false;
  std::optional<std::int64_t> first_ms_;    // of this publisher
  std::optional<std::int64_t> sound_from_;  // the last entry at sound
  std::shared_ptr<Block> open_;
  std::deque<BlockPtr> blocks_;
  std::uint64_t last_ = 0;  // number of the newest block
  BlockPtr entry_;          // the newest; none while the cache does not hold it
  std::size_t kept_ = 0;
  std::size_t since_entry_ = 0;  // bytes
  bool ended_ = false;
  std::vector<Viewer*> viewers_;  // nullptr: gone during a walk
  int walks_ = 0;                 // through them, under way
  std::chrono::nanoseconds looked_{};
};

}  // namespace weir::edge
