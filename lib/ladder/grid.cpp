#include "ladder/grid.h"

namespace weir::ladder {
namespace {

// How many whole steps lie in `ticks`, exactly; `offset` is taken off first.
std::int64_t steps(media::Time time, Micros offset, Micros step) {
  std::int64_t count = av_rescale_rnd(time.ticks, std::int64_t{1'000'000} * time.base.num,
                                      step.count() * std::int64_t{time.base.den}, AV_ROUND_DOWN) -
                       offset / step;
  const auto reached = [&](std::int64_t n) {
    return av_compare_ts(time.ticks, time.base, (offset + n * step).count(), media::kMicros) >= 0;
  };
  while (!reached(count)) --count;
  while (reached(count + 1)) ++count;
  return count;
}

}  // namespace

Mark Grid::place(media::Time pts) {
  if (!origin_) {
    origin_ = pts;
    segment_ = gop_ = 0;
    number_ = next_number_++;
    return {true, true, number_};
  }
  const media::Time since{pts.ticks - origin_->ticks, pts.base};  // one track, one base
  const std::int64_t segment = steps(since, Micros(0), options_.segment);
  const std::int64_t gop = steps(since, segment * options_.segment, options_.gop);
  const bool opens = segment > segment_;
  const bool key = opens || gop > gop_;
  if (opens) number_ = next_number_++;
  segment_ = segment;
  gop_ = gop;
  return {key, opens, number_};
}

}  // namespace weir::ladder
