// What is still to be sent to one target of a push: no thread, no clock, no socket.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "base/units.h"
#include "flv/tag.h"
#include "publish/key_gate.h"

namespace weir::publish {

/// Shared: several targets of one rendition hold the same bytes.
using TagPtr = std::shared_ptr<const flv::Tag>;

struct PushLimits {
  std::int64_t bytes = 32 << 20;
  Micros duration{10'000'000};
};

/// What a target never gets.
struct PushDrops {
  std::uint64_t times = 0;  ///< How often the queue was full.
  std::uint64_t tags = 0;   ///< In all, also those before the first key frame of a connection.
  std::int64_t bytes = 0;   ///< Of their bodies.
};

/// Tags in, tags out, in their order and with their stamps.
///
/// Limits     Bytes of bodies, and stream time from the oldest to the newest. Either may be
///            overshot by one tag; then the oldest go, pictures and sound alike, up to the next key
///            frame, or all of them, and with them what comes before the next key frame.
/// Beginning  First of all and after restart() the metadata and the configurations in force come
/// first, with the
///            stamp of what follows them: a key frame, see KeyGate.
/// Threads    None; calls are ordered by the caller.
class PushQueue {
 public:
  PushQueue(PushLimits limits, bool pictures);

  void push(TagPtr tag);
  /// The next one to send; nullptr when there is none.
  TagPtr take();
  /// A new connection: what was taken before is not taken again.
  void restart();
  /// Forgets all that waits, and the headers.
  void clear();

  bool empty() const { return entries_.empty() && due_.empty(); }
  std::int64_t bytes() const { return bytes_; }
  Micros duration() const;
  const PushDrops& drops() const { return drops_; }

 private:
  struct Queued {
    PushEntry entry;
    TagPtr tag;
    std::int64_t header = 0;  // which one, of those that replace each other
  };
  static Queued classify(TagPtr tag);
  bool full() const;
  void make_room();
  void drop_front();
  void drop(const Queued& queued);
  Queued pop();
  void remember(const Queued& queued);
  void begin_with(const Queued& queued);

  const PushLimits limits_;
  const bool pictures_;
  KeyGate entrance_;  // closed while nothing of a group of pictures cut off is to come in
  KeyGate exit_;      // closed until the connection has begun
  std::deque<Queued> entries_;
  std::deque<TagPtr> due_;                                // to be sent before entries_
  std::vector<std::pair<std::int64_t, TagPtr>> headers_;  // in force at the front of entries_
  bool headers_due_ = true;
  bool touched_ = false;  // something was taken or dropped: the stream's own beginning is gone
  std::int64_t bytes_ = 0;
  PushDrops drops_;
};

}  // namespace weir::publish
