// One fill for many who want the same at the same time.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"

namespace weir::guard {

/// Ownership   What comes is copied to each who waits: a Value is a shared pointer, or as cheap.
/// End         Every function handed to join() is called once: with what the leader lands, or with
///             kStopped when it gives up, as a leader does whose flight is destroyed.
/// Threads     All calls from any. The functions are called with no lock held, in the thread of the
///             leader, and in the order they came; they may join again.
/// Bound       As many keys as are being fetched, and as many waiters as there are requests:
///             whoever takes requests bounds both.
template <typename Value>
class SingleFlight {
  using Arrived = std::function<void(const Result<Value>&)>;
  using Waiters = std::vector<Arrived>;
  struct Shared {
    std::mutex mutex;
    std::unordered_map<std::string, Waiters> flights;
  };

 public:
  /// The duty to fetch what was asked for.
  class Flight {
   public:
    Flight(Flight&& other) noexcept = default;
    Flight& operator=(Flight&& other) noexcept {
      std::swap(shared_, other.shared_);
      std::swap(key_, other.key_);
      return *this;
    }
    ~Flight() {
      if (shared_) land(fail(Code::kStopped, "nobody fetched '{}'", key_));
    }
    const std::string& key() const { return key_; }
    /// Once; those who join from now on start another one.
    void land(const Result<Value>& result) {
      const auto shared = std::exchange(shared_, nullptr);
      if (!shared) return;
      Waiters waiters;
      {
        const std::lock_guard lock(shared->mutex);
        const auto found = shared->flights.find(key_);
        waiters = std::move(found->second);
        shared->flights.erase(found);
      }
      for (const auto& arrived : waiters) arrived(result);
    }

   private:
    friend class SingleFlight;
    Flight(std::shared_ptr<Shared> shared, std::string key)
        : shared_(std::move(shared)), key_(std::move(key)) {}

    std::shared_ptr<Shared> shared_;
    std::string key_;
  };

  /// `arrived` will be told. The first of a key gets the flight, and is told by landing it.
  [[nodiscard]] std::optional<Flight> join(const std::string& key, Arrived arrived) {
    const std::lock_guard lock(shared_->mutex);
    auto& waiters = shared_->flights[key];
    waiters.push_back(std::move(arrived));
    if (waiters.size() > 1) return {};
    return Flight(shared_, key);
  }

  /// Keys that are being fetched.
  std::size_t flying() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->flights.size();
  }

 private:
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace weir::guard
