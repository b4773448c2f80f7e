// A clock that moves only when told to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace weir::support {

/// Starts at 0 on the monotonic side and at 2026-01-01T00:00:00Z on the wall.
class FakeClock : public Clock {
 public:
  std::chrono::nanoseconds monotonic() const override { return passed_.load(); }
  std::int64_t utc_us() const override { return kStart + passed_.load().count() / 1000; }

  void advance(std::chrono::nanoseconds time) { passed_.store(passed_.load() + time); }

 private:
  static constexpr std::int64_t kStart = 1'767'225'600'000'000;
  std::atomic<std::chrono::nanoseconds> passed_{std::chrono::nanoseconds(0)};
};

}  // namespace weir::support
