// What had to be mended in a stream on its way in, counted where it was mended.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>

namespace weir::media {

/// Threads: safe from any thread.
struct Repairs {
  using Count = std::atomic<std::int64_t>;
  Count wraps{0};            ///< A clock of 32 or 33 bits ran over; once for each track of a TS.
  Count resets{0};           ///< Stamps began anew, and were moved to where the stream was.
  Count losses{0};           ///< Stamps left out time in which nothing came.
  Count stalls{0};           ///< Nothing came, by the clock.
  Count reordered{0};        ///< Pictures whose stamp stood out of order.
  Count dropped{0};          ///< Frames or tags left out: damaged, stray, or of no track.
  Count filled{0};           ///< Packets that stand in for what did not come.
  Count late_headers{0};     ///< Configurations that came behind frames they were needed for.
  Count waiting_for_key{0};  ///< Pictures left out since nothing before them can be decoded.
  Count reconnects{0};       ///< The source came again.
  Count takeovers{0};        ///< A publisher took over from one that was there.
  Count switches{0};         ///< To the fallback, and back.
};

/// Nothing happens when nobody counts.
inline void count(Repairs* repairs, Repairs::Count Repairs::*what, std::int64_t by = 1) {
  if (repairs != nullptr) (repairs->*what).fetch_add(by, std::memory_order_relaxed);
}

/// Watches the unwound stamps of a clock of so many bits and counts each time it ran over.
class WrapCount {
 public:
  void see(std::int64_t stamp, int bits, Repairs* repairs) {
    const std::int64_t rounds = stamp >> bits;
    if (rounds_ && rounds > *rounds_) count(repairs, &Repairs::wraps);
    rounds_ = std::max(rounds, rounds_.value_or(rounds));
  }

 private:
  std::optional<std::int64_t> rounds_;  // at the latest stamp
};

}  // namespace weir::media
