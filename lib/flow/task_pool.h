// Tasks on a fixed number of threads: the TBB runner for work whose order its owner decides.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "flow/job_count.h"

namespace weir::flow {

/// Threads    run() from anywhere, also from a task. Tasks start about in the order they came.
/// Waiting    A task must not block. wait() returns when no task is left, also none that tasks
///            started; so does the destructor.
class TaskPool {
 public:
  /// `jobs`: tasks at a time; 0: as many as there are cores.
  explicit TaskPool(int jobs)
      : jobs_(job_count(jobs)),
        parallelism_(tbb::global_control::max_allowed_parallelism,
                     static_cast<std::size_t>(jobs_) + 1),
        arena_(jobs_, 0) {}
  ~TaskPool() { wait(); }
  TaskPool(const TaskPool&) = delete;
  TaskPool& operator=(const TaskPool&) = delete;

  int jobs() const { return jobs_; }

  void run(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      ++open_;
    }
    arena_.enqueue([this, task = std::move(task)] {
      task();
      const std::lock_guard lock(mutex_);
      if (--open_ == 0) idle_.notify_all();
    });
  }

  void wait() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return open_ == 0; });
  }

 private:
  int jobs_;
  tbb::global_control parallelism_;  // TBB counts the thread that made it as one of its own
  std::mutex mutex_;
  std::condition_variable idle_;
  int open_ = 0;  // guarded by mutex_
  tbb::task_arena arena_;
};

}  // namespace weir::flow
