// What segments really carry: the peak and the average a multivariant playlist must declare.
// Source: draft-pantos-hls-rfc8216bis section 4.4.6.2: the peak is the largest bit rate of any run
// of segments that lasts 0.5 to 1.5 target durations.
#pragma once

#include <cstdint>
#include <deque>

#include "base/units.h"

namespace weir::hls {

/// Memory     Grows with the stream until the target is fixed; then only the last 1.5 target
///            durations are kept.
class BandwidthMeter {
 public:
  /// The target until another one is fixed.
  explicit BandwidthMeter(Micros target) : target_(target) {}

  /// The next segment. Segments without length are ignored.
  void add(std::int64_t bytes, Micros duration);
  /// EXT-X-TARGETDURATION, once it is known: what came before is measured again by it. The first
  /// call counts.
  void fix_target(Micros target);

  /// Bits per second, rounded up; 0 before the first segment. Until a run is long enough to count
  /// the peak is that of all there is.
  std::int64_t peak() const;
  std::int64_t average() const;
  Micros total() const { return total_; }
  Micros target() const { return target_; }

 private:
  struct Entry {
    std::int64_t bytes;
    Micros duration;
  };
  Micros target_;
  bool fixed_ = false;
  std::deque<Entry> recent_;
  std::int64_t peak_ = 0;
  std::int64_t bytes_ = 0;
  Micros total_{};
};

}  // namespace weir::hls
