#include "ladder/fixed_rate.h"

#include <climits>
#include <numeric>
#include <utility>

extern "C" {
#include <libavutil/frame.h>
}

namespace weir::ladder {

AVRational FixedRate::base_for(AVRational rate, AVRational base) {
  const std::int64_t ticks = std::lcm(std::int64_t{base.den}, std::int64_t{rate.num});
  return ticks <= INT_MAX ? AVRational{1, static_cast<int>(ticks)} : av_inv_q(rate);
}

Result<flow::Flow> FixedRate::push(media::Frame frame) {
  const media::Time pts = frame.pts();
  if (!first_) first_ = pts;
  const std::int64_t step =
      media::Time{pts.ticks - first_->in(pts.base), pts.base}.in(av_inv_q(rate_));
  auto flow = flow::Flow::kMore;
  if (held_) {
    const auto hole = static_cast<std::int64_t>(kLongestHole * av_q2d(rate_));
    const bool stays = step - next_ > hole;
    WEIR_TRY_ASSIGN(flow, show_until(stays ? next_ + (times_ == 0 ? 1 : 0) : step));
    if (stays) next_ = step;
    if (times_ == 0) {
      ++counts_.dropped;
      captions_.leave_out(*held_->raw());
    }
  } else {
    next_ = step;
  }
  captions_.keep(*frame.raw());
  held_ = std::move(frame);
  times_ = 0;
  return flow;
}

Result<flow::Flow> FixedRate::show_until(std::int64_t step) {
  auto flow = flow::Flow::kMore;
  for (; next_ < step && flow == flow::Flow::kMore; ++next_) {
    media::Frame shown = held_->share();
    if (times_++ > 0) {
      ++counts_.repeated;
      av_frame_remove_side_data(shown.raw(), AV_FRAME_DATA_A53_CC);
    }
    shown.raw()->pts = first_->in(base_) + media::Time{next_, av_inv_q(rate_)}.in(base_);
    shown.raw()->time_base = base_;
    WEIR_TRY_ASSIGN(flow, emit(std::move(shown)));
  }
  return flow;
}

Result<void> FixedRate::finish() {
  Result<flow::Flow> flow = flow::Flow::kMore;
  if (held_) flow = show_until(next_ + (times_ == 0 ? 1 : 0));
  auto finished = finish_next();
  if (!flow) return fail(std::move(flow).error());
  return finished;
}

}  // namespace weir::ladder
