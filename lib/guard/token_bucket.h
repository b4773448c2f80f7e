// Token buckets by the generic cell rate algorithm: an even flow, with bursts up to a bound, from
// one number of state.
// Source: ITU-T I.371 annex A (GCRA, virtual scheduling); RFC 6585 section 4 (429, Retry-After).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace weir::guard {

/// So many tokens in so much time, and how many may go at once after a rest.
struct Quota {
  std::int64_t tokens = 1;
  std::chrono::nanoseconds per{1'000'000'000};
  std::int64_t burst = 1;

  /// Time in which one token comes back, at least a nanosecond.
  std::chrono::nanoseconds interval() const;
};

struct Verdict {
  bool allowed = false;
  std::int64_t remaining = 0;              ///< Tokens that could be taken now.
  std::chrono::nanoseconds retry_after{};  ///< Refused: when as many will be there. 0: allowed.
  std::chrono::nanoseconds full_after{};   ///< When the bucket is full again.
};

/// The state of a bucket: the time of the monotonic clock, in nanoseconds, at which it is full. Any
/// time that has passed means a full bucket.
using BucketState = std::atomic<std::int64_t>;

/// Takes `cost` tokens (at least 1) or none. What costs more than a burst is never allowed, and its
/// retry_after is the longest there is.
/// Threads    Any number may take from one state; no lock is held, and no token is given twice.
Verdict take(BucketState& state, const Quota& quota, std::chrono::nanoseconds now,
             std::int64_t cost = 1);

}  // namespace weir::guard
