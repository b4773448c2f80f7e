#include "ladder/forecast.h"

#include <algorithm>
#include <cmath>

namespace weir::ladder {
namespace {

// Levels the quality between easy and hard chunks further than bits alone would; by measurement.
constexpr double kByDistortion = 0.9;
constexpr double kByComplexity = 0.58;
// Bits of the coded source follow its own encoder's idea of what is hard.
constexpr double kBySource = 0.5;
// Chunks that tell what comes next, where nothing else does.
constexpr std::size_t kMemory = 10;
constexpr double kUnending = 1e6;

}  // namespace

Forecast::Forecast(const Profile& profile, double step) : step_(step) {
  if (profile.empty()) return;
  begin_ = profile.begin().seconds();
  end_ = profile.end().seconds();
  const auto steps = static_cast<std::size_t>(std::ceil(std::max(end_ - begin_, step) / step));
  ahead_.assign(steps + 1, 0);
  const auto time = [&](std::size_t i) {
    return media::Time{std::llround((begin_ + static_cast<double>(i) * step) * 1e6),
                       media::kMicros};
  };
  for (std::size_t i = steps; i-- > 0;) {
    const double length = length_of(i);
    const double rate = std::max(profile.bits(time(i), time(i + 1)), 1.0) / length;
    ahead_[i] = ahead_[i + 1] + std::pow(rate, kBySource) * length;
  }
}

// The last step is as long as the profile goes.
double Forecast::length_of(std::size_t step) const {
  return std::clamp(end_ - begin_ - static_cast<double>(step) * step_, 1e-3, step_);
}

// Of the profile from a moment to its end.
double Forecast::source_weight(double from) const {
  const double place = std::max(from - begin_, 0.0) / step_;
  const auto i = static_cast<std::size_t>(place);
  if (i + 1 >= ahead_.size()) return 0;
  const double part = std::min((place - static_cast<double>(i)) * step_ / length_of(i), 1.0);
  return ahead_[i] * (1 - part) + ahead_[i + 1] * part;
}

void Forecast::add(const ChunkFacts& facts, media::Time begin, media::Time end) {
  Seen seen{};
  seen.weight = std::pow(std::max(facts.distortion, 1e-4), kByDistortion) *
                std::pow(std::max(facts.complexity, 1.0), kByComplexity);
  seen.seconds = end.seconds() - begin.seconds();
  seen.end = end.seconds();
  const Seen last = chunks_.empty() ? Seen{} : chunks_.back();
  seen.summed = last.summed + seen.weight * seen.seconds;
  if (knows_end())
    seen.summed_source =
        last.summed_source + source_weight(begin.seconds()) - source_weight(seen.end);
  chunks_.push_back(seen);
}

Forecast::Rest Forecast::after(std::int64_t chunk, double horizon) const {
  const auto k = static_cast<std::size_t>(chunk);
  const Seen& seen = chunks_[k];
  if (knows_end()) {
    const double scale = seen.summed_source > 0 ? seen.summed / seen.summed_source : 0;
    return {std::max(end_ - seen.end, 0.0), scale * source_weight(seen.end)};
  }
  double weight = 0;
  double seconds = 0;
  for (std::size_t i = k + 1 - std::min(kMemory, k + 1); i <= k; ++i) {
    weight += chunks_[i].weight * chunks_[i].seconds;
    seconds += chunks_[i].seconds;
  }
  return {horizon, seconds > 0 ? weight / seconds * horizon : 0};
}

double Forecast::chunks_after(std::int64_t chunk) const {
  if (!knows_end()) return kUnending;
  return std::max(end_ - chunks_[static_cast<std::size_t>(chunk)].end, 0.0) / step_;
}

}  // namespace weir::ladder
