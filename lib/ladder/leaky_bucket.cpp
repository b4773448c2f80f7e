#include "ladder/leaky_bucket.h"

#include <algorithm>

namespace weir::ladder {

bool LeakyBucket::take(media::Time dts, std::int64_t bits) {
  if (last_.ticks != media::kNoTime) {
    const double elapsed = std::max(dts.seconds() - last_.seconds(), 0.0);
    fullness_ = std::min(size_, fullness_ + rate_ * elapsed);
  }
  last_ = dts;
  fullness_ -= static_cast<double>(bits);
  const bool arrived = fullness_ >= 0;
  fullness_ = std::max(fullness_, 0.0);
  return arrived;
}

}  // namespace weir::ladder
