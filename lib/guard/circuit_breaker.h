// Keeps calls from an upstream that fails or is slow, and tries it with a few until it is well.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "net/retry.h"

namespace weir::guard {

struct BreakerSettings {
  std::chrono::nanoseconds window{10'000'000'000};  ///< Calls of so long count.
  int slices = 10;                                  ///< The window slides by a slice of itself.
  std::int64_t least_calls = 5;                     ///< With fewer nothing is concluded.
  double error_rate = 0.5;                          ///< Of the calls; reached: it opens.
  double slow_rate = 0.8;
  std::chrono::nanoseconds slow{1'000'000'000};      ///< From so long on a call is slow.
  std::chrono::nanoseconds open_for{1'000'000'000};  ///< Until the first probe.
  double jitter = 0.2;  ///< By so much of it longer at most, so that many do not probe together.
  int probes = 2;       ///< At the same time; and so many in a row have to go well.
};

enum class BreakerState { kClosed, kOpen, kHalfOpen };
std::string_view to_string(BreakerState state);

/// What an operator wants in spite of the figures.
enum class BreakerHold { kNone, kOpen, kClosed };

/// Closed      Every call is admitted and its outcome is counted.
/// Open        None is, until open_for has passed.
/// Half open   `probes` at a time are. One that goes wrong opens it again, as many as that in a row
///             close it.
/// Late        The outcome of a call that was admitted before the last change is not counted.
/// Threads     All calls from any; `changed` is called with no lock held, in the thread of the call
///             that made the change. Borrows the clock.
class CircuitBreaker {
 public:
  using Changed = std::function<void(BreakerState from, BreakerState to)>;
  enum class Outcome { kGood, kFailed };

  /// Leave to make one call. Given up without an outcome, as when a caller goes away, it counts for
  /// nothing. Must not outlive the breaker.
  class Pass {
   public:
    Pass(Pass&& other) noexcept
        : breaker_(std::exchange(other.breaker_, nullptr)),
          era_(other.era_),
          begun_(other.begun_) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass();
    /// How it went; once.
    void done(Outcome outcome);

   private:
    friend class CircuitBreaker;
    Pass(CircuitBreaker& breaker, std::int64_t era, std::chrono::nanoseconds begun)
        : breaker_(&breaker), era_(era), begun_(begun) {}

    CircuitBreaker* breaker_;
    std::int64_t era_;
    std::chrono::nanoseconds begun_;
  };

  CircuitBreaker(const BreakerSettings& settings, const Clock& clock, net::Random dice,
                 Changed changed = {});

  /// Empty: do not call, use what is cached.
  std::optional<Pass> admit();
  /// As things stand now: an open one whose time is over is still open until a call is admitted.
  BreakerState state() const;
  /// When the next call may be admitted; 0 when one may now.
  std::chrono::nanoseconds retry_after() const;
  void hold(BreakerHold hold);

  /// Of the calls inside the window.
  struct Counts {
    std::int64_t calls = 0, failed = 0, slow = 0;
  };
  Counts counts() const;

 private:
  struct Slice {
    std::int64_t number = -1;
    Counts counts;
  };
  using Change = std::optional<std::pair<BreakerState, BreakerState>>;

  Change move_to(BreakerState next);
  Change count(std::int64_t era, bool failed, bool slow);
  void end_call(std::int64_t era, std::chrono::nanoseconds begun, std::optional<Outcome> outcome);
  void tell(const Change& change) const;
  bool is_too_bad() const;
  std::int64_t slice_number() const;
  Counts sum() const;

  const BreakerSettings settings_;
  const Clock& clock_;
  const net::Random dice_;
  const Changed changed_;
  mutable std::mutex mutex_;
  BreakerState state_ = BreakerState::kClosed;
  BreakerHold hold_ = BreakerHold::kNone;
  std::int64_t era_ = 0;  // grows with every change of the state
  std::chrono::nanoseconds probe_at_{};
  int probing_ = 0, good_probes_ = 0;
  std::vector<Slice> slices_;
};

}  // namespace weir::guard
