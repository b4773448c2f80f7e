// When to try again, and for how long. No clock and no chance of its own: both are passed in.
// Source: RFC 9110 sections 5.6.7 (dates) and 10.2.3 (Retry-After).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/random.h"
#include "base/units.h"

namespace weir::net {

/// Evenly from 0 (with) to 1 (without).
using Random = std::function<double()>;
/// Made of such bytes, in steps of 1/65535. Borrows them.
Random dice(const weir::Random& bytes);

struct RetryPolicy {
  Micros budget{30'000'000};               ///< No attempt begins later than this after the first.
  Micros first{200'000};                   ///< Longest wait after the first failure.
  Micros longest{5'000'000};               ///< Longest wait after any.
  Micros longest_retry_after{10'000'000};  ///< A server that asks for more is given this.
};

/// How long to wait after the `failures`th failure in a row (from 1): the longest wait doubles from
/// `first` to `longest`, and `random` (0 to 1) chooses between its half and all of it, so that many
/// who failed together do not come back together.
Micros backoff(const RetryPolicy& policy, int failures, double random);

/// Value of a Retry-After header: seconds, or a date less `now_utc_us` (microseconds since 1970).
/// Empty when it is neither; 0 when the date has passed.
std::optional<Micros> parse_retry_after(std::string_view text, std::int64_t now_utc_us);

}  // namespace weir::net
