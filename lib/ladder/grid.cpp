#include "ladder/grid.h"

#include <algorithm>

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

// The target duration is the length of a segment in whole seconds, and sound may be cut a little
// later than the picture.
bool Grid::waits_for(std::optional<media::Time> splice, media::Time pts) const {
  constexpr Micros kSecond{1'000'000}, kHalf{500'000}, kSound{50'000};
  const Micros rounded = (options_.segment + kHalf) / kSecond * kSecond;
  const Micros room = std::min(kMostWait, rounded + kHalf - options_.segment - kSound);
  return splice && Micros(splice->micros() - pts.micros()) < room;
}

Mark Grid::open(media::Time pts, bool splice) {
  begin_ = pts;
  number_ = next_number_++;
  return {true, true, number_, splice};
}

Mark Grid::place(media::Time pts, bool splice, std::optional<media::Time> next) {
  const bool long_enough = origin_ && pts.micros() - begin_.micros() >= kLeastSegment.count();
  if (!origin_ || (splice && long_enough)) {
    const bool first = !origin_;
    origin_ = pts;
    segment_ = gop_ = 0;
    return open(pts, !first);
  }
  const media::Time since{pts.ticks - origin_->ticks, pts.base};  // one track, one base
  const std::int64_t segment = steps(since, Micros(0), options_.segment);
  const std::int64_t gop = steps(since, segment * options_.segment, options_.gop);
  const bool opens = segment > segment_;
  const bool key = opens || gop > gop_;
  if (!splice && key && waits_for(next, pts)) return {false, false, number_};
  segment_ = segment;
  gop_ = gop;
  if (opens) return open(pts, false);
  return {key || splice, false, number_};
}

}  // namespace weir::ladder
