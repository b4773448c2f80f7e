#include "probe/adaptation.h"

#include <algorithm>
#include <cmath>

namespace weir::probe {
namespace {

// BOLA takes the lowest rate at this share of the largest buffer, the highest at all of it.
constexpr double kLowShare = 0.5;

/// The utility of a rendition over its cost, at this level of the buffer. Utilities are logarithms
/// of rates, the lowest is 1; the two parameters follow from where the lowest and the highest rate
/// are to be chosen.
std::size_t by_buffer(const AdaptationState& state) {
  const auto& rates = state.bitrates;
  const double target = static_cast<double>(state.target_us) / 1e6;
  const double low = target * kLowShare;
  const auto utility = [&](std::size_t i) {
    return std::log(static_cast<double>(rates[i]) / static_cast<double>(rates[0])) + 1;
  };
  const double highest = utility(rates.size() - 1);
  if (highest <= 1) return rates.size() - 1;
  const double gp = (highest - 1) / (target / low - 1);
  const double vp = low / gp;
  const double level = static_cast<double>(state.level_us) / 1e6;
  std::size_t best = 0;
  double best_score = -HUGE_VAL;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const double score = (vp * (utility(i) + gp - 1) - level) / static_cast<double>(rates[i]);
    if (score >= best_score) best = i;
    best_score = std::max(best_score, score);
  }
  return best;
}

}  // namespace

void ThroughputEstimate::Average::add(double bps, double seconds) {
  const double keep = std::exp2(-seconds / half_life_s);
  value = value * keep + bps * (1 - keep);
  weight = weight * keep + (1 - keep);
}

void ThroughputEstimate::add(std::int64_t bytes, std::int64_t took_us) {
  if (bytes < kSmallest) return;
  const double seconds = static_cast<double>(std::max(took_us, kShortest)) / 1e6;
  const double bps = static_cast<double>(bytes) * 8 / seconds;
  quick_.add(bps, seconds);
  slow_.add(bps, seconds);
}

std::optional<std::int64_t> ThroughputEstimate::bps() const {
  if (quick_.weight <= 0) return {};
  return static_cast<std::int64_t>(std::min(quick_.mean(), slow_.mean()));
}

std::size_t by_throughput(const AdaptationState& state) {
  if (!state.throughput_bps) return 0;
  const double usable = kThroughputShare * static_cast<double>(*state.throughput_bps);
  std::size_t out = 0;
  for (std::size_t i = 1; i < state.bitrates.size(); ++i)
    if (static_cast<double>(state.bitrates[i]) <= usable) out = i;
  return out;
}

std::size_t adapt(const AdaptationState& state) {
  if (state.bitrates.size() < 2) return 0;
  const std::size_t sustainable = by_throughput(state);
  const bool full = state.target_us > 0 && state.level_us * 2 >= state.target_us;
  if (!full) return sustainable;
  const std::size_t wanted = by_buffer(state);
  // No climbing beyond what can be kept up; staying there is the buffer's matter.
  if (wanted > state.current && wanted > sustainable)
    return std::max(sustainable, std::min(state.current, wanted));
  return wanted;
}

}  // namespace weir::probe
