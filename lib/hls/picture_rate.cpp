#include "hls/picture_rate.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace weir::hls {
namespace {

constexpr std::int64_t kEnough = 11;  // steps to judge by
constexpr std::int64_t kHole = 4;     // times the mean step

constexpr std::array<AVRational, 8> kCommon{
    {{24'000, 1001}, {24, 1}, {25, 1}, {30'000, 1001}, {30, 1}, {50, 1}, {60'000, 1001}, {60, 1}}};

}  // namespace

void PictureRate::add(const std::vector<media::Packet>& packets) {
  for (const auto& packet : packets) {
    const media::Time dts = packet.dts();
    const std::int64_t step = last_ ? dts.micros() - last_->micros() : 0;
    last_ = dts;
    const bool hole = steps_ >= kEnough && step * steps_ > kHole * micros_;
    if (step <= 0 || hole) continue;
    ++steps_;
    micros_ += step;
  }
}

AVRational PictureRate::rate(AVRational told) const {
  if (micros_ == 0) return told;
  const double counted = static_cast<double>(steps_) * 1e6 / static_cast<double>(micros_);
  const auto near = [&](AVRational rate, double part) {
    return std::abs(av_q2d(rate) / counted - 1) < part;
  };
  if (told.num > 0 && (near(told, 0.05) || steps_ < kEnough)) return told;
  const auto common = std::find_if(kCommon.begin(), kCommon.end(),
                                   [&](AVRational each) { return near(each, 0.0006); });
  if (common != kCommon.end()) return *common;
  return {static_cast<int>(std::min(counted * 1000, 1e9)), 1000};
}

}  // namespace weir::hls
