// The two clocks of the project, passed in so that tests can turn them by hand.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace weir {

/// Threads: all calls are safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Never goes back; only differences mean something.
  virtual std::chrono::nanoseconds monotonic() const = 0;
  /// Microseconds since 1970-01-01T00:00:00Z.
  virtual std::int64_t utc_us() const = 0;
  /// The machine's clocks.
  static const Clock& system();
};

/// "2026-11-22T18:49:00.123Z", as EXT-X-PROGRAM-DATE-TIME and the logs have it.
std::string format_utc(std::int64_t utc_us);

}  // namespace weir
