// Reads a source ahead of who takes its items.
#pragma once

#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include "base/result.h"
#include "base/stop.h"
#include "flow/bounded_queue.h"
#include "flow/stage.h"

namespace weir::flow {

/// Threads    One of its own, from the begin to the end of its life; it is the only one that uses
///            the source meanwhile.
/// End        A failure of the source comes after the items before it, as it would without this.
///            Destruction requests `stop`, which the source has to watch, so that a read that waits
///            comes back.
template <typename Item>
class ReadAhead : public PatientSource<Item> {
 public:
  /// Both borrowed.
  ReadAhead(Source<Item>& source, StopSource& stop, QueueLimits limits,
            typename BoundedQueue<Item>::Measure cost)
      : stop_(stop), queue_(limits, std::move(cost)), thread_([this, &source] { read(source); }) {}
  ~ReadAhead() override {
    queue_.cancel();
    if (!ended_) stop_.request();
    thread_.join();
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  Result<std::optional<Item>> next() override { return given(queue_.pop()); }

  Result<Awaited<Item>> next_within(std::chrono::nanoseconds patience) override {
    using State = typename Awaited<Item>::State;
    std::optional<Item> popped;
    if (!queue_.pop_within(patience, popped)) return Awaited<Item>{};
    auto item = given(std::move(popped));
    if (!item) return fail(std::move(item).error());
    return Awaited<Item>{*item ? State::kItem : State::kEnd, std::move(*item)};
  }

 private:
  void read(Source<Item>& source) {
    while (true) {
      Result<std::optional<Item>> item = source.next();
      if (!item) outcome_ = fail(std::move(item).error());
      if (!item || !*item || !queue_.push(std::move(**item))) break;
    }
    queue_.close();
  }
  // Whoever sees the queue closed sees the outcome too.
  Result<std::optional<Item>> given(std::optional<Item> item) {
    if (item) return item;
    ended_ = true;
    if (!outcome_) return fail(std::move(outcome_).error());
    return std::nullopt;
  }

  StopSource& stop_;
  BoundedQueue<Item> queue_;
  Result<void> outcome_;  // written before the queue is closed, read after
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace weir::flow
