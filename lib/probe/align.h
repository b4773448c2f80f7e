// Lays two streams on each other by what is to be seen and heard.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/result.h"
#include "base/stop.h"

namespace weir::probe {

struct StreamPair {
  const std::string& input;
  const std::string& reference;
  const StopSource& stop;
  Log& log;
};

/// How far apart two streams may be, and how much of each is looked at.
inline constexpr std::int64_t kShiftReach = 30'000'000;
inline constexpr std::int64_t kShiftLooked = 60'000'000;

/// From a picture to the next, by the container's word.
struct PictureSteps {
  std::int64_t input_us = 0;
  std::int64_t reference_us = 0;
  /// A picture has one of its own in the other stream when that is no further away.
  std::int64_t reach() const { return std::min(input_us, reference_us) / 2 + 1'000; }
};

/// What is at t in the input is at t + this in the reference, to 2.5 ms. Decodes both. Fails as
/// FrameReader does.
Result<std::int64_t> picture_shift(const StreamPair& streams, const PictureSteps& steps);

/// The same of the first sound tracks, by their level; empty without sound in both.
Result<std::optional<std::int64_t>> sound_shift(const StreamPair& streams);

}  // namespace weir::probe
