// Reads a source ahead of who takes its items.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/result.h"
#include "base/stop.h"
#include "flow/stage.h"

namespace weir::flow {

/// Items change threads in heaps: who takes them takes all there are, and waits only when there is
/// none.
///
/// Limits     Reading pauses while items of `most` cost wait; one heap more is being taken.
/// Threads    One of its own, from the begin to the end of its life; it is the only one that uses
///            the source meanwhile.
/// End        A failure of the source comes after the items before it, as it would without this.
///            Destruction requests `stop`, which the source has to watch, so that a read that waits
///            comes back.
template <typename Item>
class ReadAhead : public PatientSource<Item> {
 public:
  using Cost = std::function<std::int64_t(const Item&)>;

  /// All borrowed but `cost`.
  ReadAhead(Source<Item>& source, StopSource& stop, std::int64_t most, Cost cost)
      : stop_(stop),
        most_(most),
        cost_(std::move(cost)),
        thread_([this, &source] { read(source); }) {}
  ~ReadAhead() override {
    {
      const std::lock_guard lock(mutex_);
      abandoned_ = true;
      if (!ended_) stop_.request();
      taken_.notify_all();
    }
    thread_.join();
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  Result<Awaited<Item>> next_within(std::chrono::nanoseconds patience) override {
    using State = typename Awaited<Item>::State;
    if (heap_.empty() && !take_heap(patience)) return Awaited<Item>{};
    if (heap_.empty() && !outcome_) return fail(std::exchange(outcome_, {}).error());
    if (heap_.empty()) return Awaited<Item>{State::kEnd};
    Awaited<Item> out{State::kItem, std::move(heap_.front())};
    heap_.pop_front();
    return out;
  }

 private:
  /// False: nothing came in time. An empty heap then is the end.
  bool take_heap(std::chrono::nanoseconds patience) {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, patience, [&] { return ended_ || !waiting_.empty(); })) return false;
    std::swap(heap_, waiting_);
    held_ = 0;
    taken_.notify_one();
    return true;
  }

  void read(Source<Item>& source) {
    while (true) {
      Result<std::optional<Item>> item = source.next();
      const bool more = item && *item;
      const std::int64_t cost = more ? cost_(**item) : 0;
      std::unique_lock lock(mutex_);
      if (!item) outcome_ = fail(std::move(item).error());
      ended_ = !more;
      if (more) waiting_.push_back(std::move(**item));
      held_ += cost;
      came_.notify_one();
      taken_.wait(lock, [&] { return abandoned_ || held_ < most_; });
      if (ended_ || abandoned_) return;
    }
  }

  StopSource& stop_;
  const std::int64_t most_;
  const Cost cost_;
  std::deque<Item> heap_;  // of who takes

  std::mutex mutex_;  // guards the rest
  std::condition_variable came_, taken_;
  std::deque<Item> waiting_;
  std::int64_t held_ = 0;
  Result<void> outcome_;  // nobody writes it once it has ended
  bool ended_ = false;
  bool abandoned_ = false;
  std::thread thread_;
};

}  // namespace weir::flow
