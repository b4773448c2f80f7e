#include "ladder/chunk.h"

namespace weir::ladder {

bool Thinner::keeps(const GridFrame& picture) {
  if (rate_.num == 0) return true;
  const media::Time pts = picture.frame.pts();
  const std::int64_t slot = av_rescale_q_rnd(pts.ticks, pts.base, av_inv_q(rate_), AV_ROUND_DOWN);
  const bool keep = picture.mark.key || !slot_ || slot > *slot_;
  if (keep) slot_ = slot;
  return keep;
}

}  // namespace weir::ladder
