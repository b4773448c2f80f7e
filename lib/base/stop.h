// A request to stop that wakes a blocked read as well as a loop that polls a flag.
#pragma once

#include <atomic>

namespace weir {

/// Threads: request() is safe from any thread and from a signal handler; the rest from any thread.
class StopSource {
 public:
  StopSource();
  ~StopSource();
  StopSource(const StopSource&) = delete;
  StopSource& operator=(const StopSource&) = delete;

  void request() noexcept;
  bool requested() const noexcept { return requested_.load(std::memory_order_relaxed); }
  /// Readable once a stop was requested; for poll(). Never read from it.
  int fd() const noexcept { return fd_; }

 private:
  std::atomic<bool> requested_{false};
  int fd_;
};

}  // namespace weir
