// When to connect to one target of a push, and what became of it: no thread, no clock, no socket.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"
#include "net/retry.h"

namespace weir::publish {

struct PushRetry {
  Micros first{500'000};  ///< See net::RetryPolicy, as the next.
  Micros longest{30'000'000};
  std::optional<Micros> give_up;  ///< Without success for so long; otherwise never.
  Micros steady{10'000'000};      ///< A connection that lasts so long makes up for failures before.
};

enum class PushState { kWaiting, kConnecting, kPublishing, kGivenUp, kEnded };
/// "waiting", "connecting", "publishing", "given up", "ended".
std::string_view state_text(PushState state);

/// Begins in kWaiting, with the first attempt due at once. Times are of one monotonic clock.
/// A failure that is no use to repeat (kUsage, kUnsupported) gives up at once.
class PushTarget {
 public:
  using Time = std::chrono::nanoseconds;

  /// `random` chooses within the waits.
  PushTarget(PushRetry retry, net::Random random, Time now);

  PushState state() const { return state_; }
  /// When the next attempt is to begin; empty unless waiting.
  std::optional<Time> next_attempt() const;
  void connecting();
  void publishing(Time now);
  /// The attempt or the connection failed.
  void lost(Error why, Time now);
  /// The server asked us to come again: not a failure.
  void moved(Time now);
  void end();

  /// Successful connections after the first.
  std::uint64_t reconnects() const { return successes_ > 1 ? successes_ - 1 : 0; }
  bool ever() const { return successes_ > 0; }
  /// Of the last failure; empty when there was none since the last success.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  bool hopeless(const Error& why, Time now) const;

  const PushRetry retry_;
  const net::Random random_;
  PushState state_ = PushState::kWaiting;
  Time next_;
  Time good_;  // when all was well last
  Time began_{};
  int failures_ = 0;
  std::uint64_t successes_ = 0;
  std::optional<Error> failure_;
};

}  // namespace weir::publish
