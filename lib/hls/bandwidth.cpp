#include "hls/bandwidth.h"

#include <algorithm>
#include <utility>

extern "C" {
#include <libavutil/mathematics.h>
}

namespace weir::hls {
namespace {

std::int64_t rate(std::int64_t bytes, Micros duration) {
  if (duration.count() <= 0) return 0;
  return av_rescale_rnd(bytes * 8, 1'000'000, duration.count(), AV_ROUND_UP);
}

}  // namespace

void BandwidthMeter::add(std::int64_t bytes, Micros duration) {
  if (duration.count() <= 0) return;
  recent_.push_back({bytes, duration});
  bytes_ += bytes;
  total_ += duration;
  Entry run{0, Micros(0)};
  std::size_t used = 0;
  for (auto i = recent_.rbegin(); i != recent_.rend(); ++i, ++used) {
    run.bytes += i->bytes;
    run.duration += i->duration;
    // A single segment that is too long for the rule still has to come over the line.
    if (run.duration * 2 > target_ * 3 && used > 0) break;
    if (run.duration * 2 >= target_) peak_ = std::max(peak_, rate(run.bytes, run.duration));
  }
  while (fixed_ && recent_.size() > used && recent_.size() > 1) recent_.pop_front();
}

void BandwidthMeter::fix_target(Micros target) {
  if (std::exchange(fixed_, true)) return;
  BandwidthMeter again(target);
  for (const Entry& entry : recent_) again.add(entry.bytes, entry.duration);
  again.fixed_ = true;
  *this = std::move(again);
}

std::int64_t BandwidthMeter::average() const {
  return rate(bytes_, total_);
}

std::int64_t BandwidthMeter::peak() const {
  return peak_ > 0 ? peak_ : average();
}

}  // namespace weir::hls
