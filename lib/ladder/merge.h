// Puts the packets of all renditions into one order that does not depend on who was faster.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "flow/stage.h"
#include "media/event.h"

namespace weir::ladder {

/// Lanes in, one stream out, ordered by dts, then lane. A lane that nobody shall wait for (sound,
/// or a picture that is dropped for a while) says how far it has come by advance(), so that silence
/// in it holds nothing back.
///
/// Threads   A lane is pushed by one thread at a time; lanes and next() are independent.
/// Waiting   next() waits for an item; wait_for_room() while more than `limit` bytes wait to be
///           taken. Nothing else blocks, so TBB tasks may push.
/// Time      All stamps are moved by the shift of start(); nothing leaves before start().
/// Events    An event leaves before the first packet of a dense lane that shows at or after the
///           event's time, at the latest when all lanes are over. Events keep the order they come
///           in, but for insert_event().
class Merge : public flow::Source<media::Item> {
 public:
  /// By track index. `dense`: pictures, before which events leave; without advance() such a lane is
  /// waited for whenever it is empty.
  Merge(std::vector<bool> dense, std::int64_t limit);

  void start(media::Time shift);
  /// kDone once cancelled; the packet is dropped.
  flow::Flow push(int lane, media::Packet packet);
  void push_event(media::Event event);
  /// Puts the event behind those of its own time. No packet that shows then may have been pushed.
  void insert_event(media::Event event);
  /// Nothing with an earlier dts than `time` (before the shift) will come in this lane.
  void advance(int lane, media::Time time);
  void finish(int lane);
  /// Ends next() at once; what is held is dropped.
  void cancel();
  /// False once cancelled.
  bool wait_for_room();

  Result<std::optional<media::Item>> next() override;
  /// Of the last packet handed out: its dts, moved.
  media::Time position();

 private:
  struct Lane {
    bool dense = true;
    bool finished = false;
    std::deque<media::Packet> packets;
    std::optional<media::Time> reached;
  };
  void settle();
  void release_event();
  bool over() const;
  Lane* earliest();
  bool holds_back(const Lane& lane, media::Time dts) const;
  void move(media::Packet& packet) const;

  std::mutex mutex_;  // guards everything below
  std::condition_variable wake_;
  std::vector<Lane> lanes_;
  std::deque<media::Event> events_;
  std::deque<media::Item> ready_;
  std::int64_t ready_bytes_ = 0;
  std::int64_t limit_;
  std::optional<media::Time> shift_;
  media::Time position_{0, {1, 1}};
  bool cancelled_ = false;
};

}  // namespace weir::ladder
