// Several workers on the same items at the same time: where renditions run in parallel under TBB.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include "flow/job_count.h"

namespace weir::flow {

/// Every worker gets every item, in order, one at a time; workers run beside each other as TBB
/// tasks and do not wait for one another, so a slow one may lag by the whole window.
///
/// Ownership  push() takes the item; it is shared among the workers and freed after the last.
/// Threads    add(), push() and wait() from one thread. A worker is called by one thread at a time;
///            it must not block, nor call back into this object.
/// Waiting    push() blocks while `window` items are with some worker. That is the back-pressure;
///            no task ever blocks.
/// End        wait() returns when all workers are through with all items; so does the destructor.
template <typename Item>
class FanOut {
 public:
  using Worker = std::function<void(const Item&)>;

  /// `jobs`: tasks at a time; 0: as many as there are cores.
  FanOut(int jobs, std::int64_t window)
      : jobs_(job_count(jobs)),
        parallelism_(tbb::global_control::max_allowed_parallelism,
                     static_cast<std::size_t>(jobs_) + 1),
        arena_(jobs_, 0),
        window_(window) {
    arena_.execute([this] { graph_ = std::make_unique<tbb::flow::graph>(); });
  }
  ~FanOut() { wait(); }
  FanOut(const FanOut&) = delete;
  FanOut& operator=(const FanOut&) = delete;

  /// Before the first push().
  void add(Worker worker) {
    nodes_.push_back(std::make_unique<Node>(
        *graph_, tbb::flow::serial,
        [worker = std::move(worker)](const Shared& item) { worker(*item); }));
  }

  /// From now on; items already taken stay.
  void set_window(std::int64_t items) {
    const std::lock_guard lock(mutex_);
    window_ = items;
  }

  void push(Item item) {
    take_place();
    // The last handle to go gives the place back.
    Shared shared(new Item(std::move(item)), [this](const Item* old) {
      delete old;
      give_place_back();
    });
    for (auto& node : nodes_) node->try_put(shared);
  }

  void wait() { graph_->wait_for_all(); }

  /// Runs these beside each other on the same threads and waits for all.
  void run(const std::vector<std::function<void()>>& tasks) {
    arena_.execute([&] {
      tbb::task_group group;
      for (const auto& task : tasks) group.run(task);
      group.wait();
    });
  }

 private:
  using Shared = std::shared_ptr<const Item>;
  using Node = tbb::flow::function_node<Shared, tbb::flow::continue_msg>;

  void take_place() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return taken_ < window_; });
    ++taken_;
  }
  void give_place_back() {
    const std::lock_guard lock(mutex_);
    --taken_;
    room_.notify_one();
  }

  int jobs_;
  tbb::global_control parallelism_;  // TBB counts the thread that waits for it as one of its own
  tbb::task_arena arena_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::int64_t window_;     // guarded by mutex_
  std::int64_t taken_ = 0;  // guarded by mutex_
  std::unique_ptr<tbb::flow::graph> graph_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace weir::flow
