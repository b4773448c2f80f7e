#include "probe/rate_meter.h"

#include <algorithm>
#include <cmath>

namespace weir::probe {
namespace {

constexpr std::int64_t kWindows[] = {1'000'000, 6'000'000};
// Packets nearer to each other than this share an entry of a window.
constexpr std::int64_t kGrain = 1'000;
// From 16 kb/s to 370 Mb/s in steps of a fifth.
constexpr double kLeastRate = 16'000;
constexpr double kStep = 1.2;
constexpr int kRates = 56;

}  // namespace

RateMeter::RateMeter(std::int64_t declared) {
  for (const auto length : kWindows) windows_.push_back({length});
  for (int i = 0; i < kRates; ++i)
    drains_.push_back({std::llround(kLeastRate * std::pow(kStep, i) / 1000) * 1000});
  if (declared > 0) drains_.push_back({declared});
  std::ranges::sort(drains_, {}, &Drain::rate);
}

void RateMeter::Window::add(std::int64_t at_us, std::int64_t bits_more) {
  if (!entries.empty() && at_us - entries.back().first < kGrain)
    entries.back().second += bits_more;
  else
    entries.emplace_back(at_us, bits_more);
  bits += bits_more;
  while (at_us - entries.front().first >= length_us) {
    bits -= entries.front().second;
    entries.pop_front();
  }
  most = std::max(most, bits);
}

void RateMeter::add(std::int64_t at_us, std::int64_t bytes) {
  if (!any_) last_us_ = at_us;
  any_ = true;
  const double passed = static_cast<double>(std::max<std::int64_t>(0, at_us - last_us_)) / 1e6;
  last_us_ = std::max(last_us_, at_us);
  for (auto& window : windows_) window.add(last_us_, bytes * 8);
  const auto bits = static_cast<double>(bytes) * 8;
  for (auto& drain : drains_) {
    drain.fullness =
        std::max(0.0, drain.fullness - static_cast<double>(drain.rate) * passed) + bits;
    drain.most = std::max(drain.most, drain.fullness);
  }
}

std::vector<RatePeak> RateMeter::peaks() const {
  std::vector<RatePeak> out;
  for (const auto& window : windows_)
    out.push_back({window.length_us, window.most * 1'000'000 / window.length_us});
  return out;
}

std::vector<Bucket> RateMeter::buckets(std::int64_t least) const {
  std::vector<Bucket> out;
  for (const auto& drain : drains_) {
    if (!any_ || drain.rate < least) continue;
    const std::int64_t bits = std::llround(drain.most);
    if (!out.empty() && bits == out.back().bits) break;
    out.push_back({drain.rate, bits});
  }
  return out;
}

}  // namespace weir::probe
