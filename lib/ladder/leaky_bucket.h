// The decoder's buffer of the H.264 reference decoder, for a stream with a declared peak.
#pragma once

#include <cstdint>

#include "media/time.h"

namespace weir::ladder {

/// Bits flow in at the declared rate until the buffer is full; each access unit leaves at once at
/// its decoding time and must have arrived by then.
/// Source: ITU-T H.264 (08/2021) Annex C.1.1 and C.1.2, VBR (cbr_flag 0), type II conformance.
class LeakyBucket {
 public:
  /// `rate` in bits per second, `size` in bits. Decoding begins with nine tenths of the buffer
  /// full.
  LeakyBucket(std::int64_t rate, std::int64_t size)
      : rate_(static_cast<double>(rate)),
        size_(static_cast<double>(size)),
        fullness_(0.9 * static_cast<double>(size)) {}

  /// The next access unit in decoding order. False: it had not arrived whole; it is taken out as
  /// far as it is there.
  bool take(media::Time dts, std::int64_t bits);

  double fullness() const { return fullness_; }  ///< Bits, right after the last access unit left.
  double rate() const { return rate_; }
  double size() const { return size_; }

 private:
  double rate_;
  double size_;
  double fullness_;
  media::Time last_{media::kNoTime, {1, 1}};
};

}  // namespace weir::ladder
