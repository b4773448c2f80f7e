// A FIFO between two threads: the place where a fast source waits for a slow sink.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

#include "base/result.h"

namespace weir::flow {

struct QueueLimits {
  std::size_t items = std::numeric_limits<std::size_t>::max();
  std::int64_t bytes = std::numeric_limits<std::int64_t>::max();
  std::int64_t duration_us = std::numeric_limits<std::int64_t>::max();
};

/// Limits     Full when any limit is reached: items, bytes (`cost`), or stream time between the
///            oldest and the newest item (`time_us`). Bytes and duration may be overshot by one
///            item, so that one large key frame can always pass.
/// Ownership  push() moves the item in, pop() moves it out. Items left at destruction are dropped.
/// End        close() means no more input: pop() hands out the rest, then nullopt.
/// Abort      cancel() drops the content and wakes both sides; push() then answers false, pop()
/// nullopt. Threads    One producer, one consumer. close() and cancel() from anywhere, any number
/// of times.
template <typename Item>
class BoundedQueue {
 public:
  using Measure = std::function<std::int64_t(const Item&)>;

  explicit BoundedQueue(QueueLimits limits, Measure cost = {}, Measure time_us = {})
      : limits_(limits), cost_(std::move(cost)), time_us_(std::move(time_us)) {}

  /// Waits while the queue is full. False: cancelled or closed, the item was dropped.
  bool push(Item item) {
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [&] { return cancelled_ || closed_ || !full(); });
    if (cancelled_ || closed_) return false;
    Entry entry{std::move(item), 0, 0};
    entry.cost = cost_ ? cost_(entry.item) : 0;
    entry.time_us = time_us_ ? time_us_(entry.item) : 0;
    bytes_ += entry.cost;
    entries_.push_back(std::move(entry));
    not_empty_.notify_one();
    return true;
  }

  /// Waits while the queue is empty. nullopt: closed and drained, or cancelled.
  std::optional<Item> pop() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [&] { return cancelled_ || closed_ || !entries_.empty(); });
    if (entries_.empty()) return std::nullopt;
    Entry entry = std::move(entries_.front());
    entries_.pop_front();
    bytes_ -= entry.cost;
    not_full_.notify_one();
    return std::move(entry.item);
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
  }

  void cancel() {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    entries_.clear();
    bytes_ = 0;
    not_empty_.notify_all();
    not_full_.notify_all();
  }

  std::int64_t bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }

 private:
  struct Entry {
    Item item;
    std::int64_t cost;
    std::int64_t time_us;
  };

  bool full() const {
    if (entries_.empty()) return false;
    return entries_.size() >= limits_.items || bytes_ >= limits_.bytes ||
           entries_.back().time_us - entries_.front().time_us >= limits_.duration_us;
  }

  const QueueLimits limits_;
  const Measure cost_;
  const Measure time_us_;
  mutable std::mutex mutex_;
  std::condition_variable not_full_;
  std::condition_variable not_empty_;
  std::deque<Entry> entries_;  // the rest is guarded by mutex_
  std::int64_t bytes_ = 0;
  bool closed_ = false;
  bool cancelled_ = false;
};

}  // namespace weir::flow
