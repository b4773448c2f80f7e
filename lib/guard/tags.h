// Tags of cached entries: one step makes all that carry a tag invalid, however many they are.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weir::guard {

/// A tag as it was when an entry was made; it holds until the tag is invalidated.
class Mark {
 public:
  bool holds() const { return counter_->load(std::memory_order_acquire) == count_; }

 private:
  friend class Tags;
  using Counter = std::shared_ptr<std::atomic<std::int64_t>>;
  explicit Mark(Counter counter) : counter_(std::move(counter)), count_(counter_->load()) {}

  Counter counter_;
  std::int64_t count_;
};

inline bool hold(const std::vector<Mark>& marks) {
  for (const auto& mark : marks)
    if (!mark.holds()) return false;
  return true;
}

/// Knows the tags that any mark was made of; those without one are forgotten as new ones come.
/// Threads: any.
class Tags {
 public:
  Mark mark(std::string_view tag) {
    const std::lock_guard lock(mutex_);
    if (counters_.size() >= forget_at_) forget_unused();
    auto& counter = counters_[std::string(tag)];
    if (counter == nullptr) counter = std::make_shared<std::atomic<std::int64_t>>(0);
    return Mark(counter);
  }
  void invalidate(std::string_view tag) {
    const std::lock_guard lock(mutex_);
    const auto found = counters_.find(std::string(tag));
    if (found != counters_.end()) found->second->fetch_add(1, std::memory_order_release);
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return counters_.size();
  }

 private:
  void forget_unused() {
    std::erase_if(counters_, [](const auto& each) { return each.second.use_count() == 1; });
    forget_at_ = 2 * counters_.size() + 64;
  }

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Mark::Counter> counters_;
  std::size_t forget_at_ = 64;
};

}  // namespace weir::guard
