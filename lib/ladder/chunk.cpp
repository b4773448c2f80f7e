#include "ladder/chunk.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace weir::ladder {

double chunk_seconds(Micros gop) {
  const double group = static_cast<double>(gop.count()) / 1e6;
  return group * std::max(std::ceil(kLeastChunkSeconds / group - 1e-3), 1.0);
}

bool Thinner::keeps(const GridFrame& picture) {
  if (rate_.num == 0) return true;
  const media::Time pts = picture.frame.pts();
  if (!first_) first_ = pts;
  const double steps = (pts.seconds() - first_->seconds()) * av_q2d(rate_);
  const double slack = std::clamp(steps - std::exchange(last_, steps), 0.0, 1.0) / 4;
  const auto step = static_cast<std::int64_t>(std::floor(steps + slack));
  const bool keep = picture.mark.key || step >= next_;
  if (keep) next_ = step + 1;
  return keep;
}

}  // namespace weir::ladder
