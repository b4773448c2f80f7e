// What a publisher sends, on its way from the network's thread to the one that takes it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "flv/tag.h"

namespace weir::ingest {

struct Notice {
  enum class Kind { kBegin, kTag, kEnd };
  Kind kind = Kind::kTag;
  std::string text{};  ///< Of kBegin what words call the publisher, of kEnd why it is gone.
  flv::Tag tag{};
};

/// Threads: put() by one, take() by one other, the rest by any.
class NoticeQueue {
 public:
  void put(Notice notice) {
    const std::lock_guard lock(mutex_);
    bytes_ += static_cast<std::int64_t>(notice.tag.body.size());
    notices_.push_back(std::move(notice));
    came_.notify_one();
  }
  /// The oldest, or nothing when none came in time.
  std::optional<Notice> take(std::chrono::nanoseconds patience) {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, patience, [&] { return !notices_.empty(); })) return {};
    Notice notice = std::move(notices_.front());
    notices_.pop_front();
    bytes_ -= static_cast<std::int64_t>(notice.tag.body.size());
    return notice;
  }
  /// Of the bodies that wait.
  std::int64_t bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Notice> notices_;
  std::int64_t bytes_ = 0;
};

}  // namespace weir::ingest
