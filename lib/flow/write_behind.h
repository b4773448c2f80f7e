// Takes items and hands them on behind the back of who gave them.
#pragma once

#include <cstdint>
#include <functional>
#include <thread>
#include <utility>

#include "base/result.h"
#include "flow/bounded_queue.h"
#include "flow/stage.h"

namespace weir::flow {

/// ReadAhead for the other end of a pipeline.
///
/// Limits     push() waits while items of `most` cost wait to be handed on.
/// Threads    One of its own, from the begin until finish() or the end of its life; it alone pushes
///            to `next` meanwhile.
/// Failure    That of a push to `next`, and its kDone, is told by a later push(), at the latest by
///            finish(); what was pushed after it is dropped.
/// End        finish() waits until everything was handed on, then finishes `next`. Destruction
///            without it drops what waits.
template <typename Item>
class WriteBehind : public Sink<Item> {
 public:
  using Cost = std::function<std::int64_t(const Item&)>;

  /// `next` is borrowed.
  WriteBehind(Sink<Item>& next, std::int64_t most, Cost cost)
      : next_(next), queue_({.bytes = most}, std::move(cost)), thread_([this] { hand_on(); }) {}
  ~WriteBehind() override {
    queue_.cancel();
    if (thread_.joinable()) thread_.join();
  }
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  Result<Flow> push(Item item) override {
    if (queue_.push(std::move(item))) return Flow::kMore;
    if (thread_.joinable()) thread_.join();
    if (!outcome_) return fail(outcome_.error());
    return Flow::kDone;
  }

  Result<void> finish() override {
    queue_.close();
    if (thread_.joinable()) thread_.join();
    Result<void> below = next_.finish();
    return outcome_ ? below : outcome_;
  }

 private:
  void hand_on() {
    while (auto item = queue_.pop()) {
      const Result<Flow> flow = next_.push(std::move(*item));
      if (!flow) outcome_ = fail(flow.error());
      if (flow && *flow == Flow::kMore) continue;
      return queue_.cancel();
    }
  }

  Sink<Item>& next_;
  BoundedQueue<Item> queue_;
  Result<void> outcome_;  // of the thread, until it is joined
  std::thread thread_;
};

}  // namespace weir::flow
