// A viewer of a live stream: a position in what all share.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "edge/live_block.h"
#include "edge/live_counters.h"

namespace weir::edge {

class LiveStream;

/// The viewer's connection.
class ViewerOwner {
 public:
  virtual ~ViewerOwner() = default;
  /// There is more, or the end has come. May call next(), and may destroy its viewer.
  virtual void ready() = 0;
};

/// Gets a legal stream whatever it misses: headers first, then from a key frame on whole tags. Who
/// is too far behind (LiveLimits) goes on at a later key frame, behind its headers when they have
/// changed meanwhile.
/// Memory     Itself, and one block for as long as its owner holds the piece.
/// Threads    All on the stream's loop.
class Viewer {
 public:
  enum class State : std::uint8_t { kPlaying, kEnded, kEvicted };

  /// Both borrowed.
  Viewer(LiveStream& stream, ViewerOwner& owner, Form form, Via via);
  ~Viewer();
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  /// What is to be sent next, all of it; to be asked for when what came before is gone, or almost.
  /// Nothing: state() tells whether ready() will follow.
  std::optional<Piece> next();
  State state() const;
  /// Frames it has lost by being slow.
  std::uint64_t skipped() const { return skipped_; }

 private:
  friend class LiveStream;

  ViewerCounters& counters() const;
  Piece take_intro(BlockPtr entry);
  Piece take_tags(const BlockPtr& block);
  void count_skip(const Block& resumed);
  void wake(std::chrono::nanoseconds now);
  void look(std::chrono::nanoseconds now);

  LiveStream& stream_;
  ViewerOwner& owner_;
  BlockPtr current_;            // whose intro it has got, and whose tags are next
  std::uint64_t position_ = 0;  // the block after that; 0: waits for an entry
  std::uint64_t frames_ = 0;    // of the stream, up to its position
  std::uint64_t bytes_ = 0;     // the same
  std::uint64_t headers_ = 0;   // version it has
  std::uint64_t skipped_ = 0;
  const std::chrono::nanoseconds came_;
  std::chrono::nanoseconds moved_;  // when it last took something, or had nothing to take
  std::chrono::nanoseconds skips_since_{};
  int skips_ = 0;  // since then
  const Form form_;
  const Via via_;
  bool begun_ = false;
  bool idle_ = false;  // it asked, and there was nothing
  bool evicted_ = false;
};

}  // namespace weir::edge
