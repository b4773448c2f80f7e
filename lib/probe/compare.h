// How much of a reference is left in what was made of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/log.h"
#include "base/progress.h"
#include "base/result.h"
#include "base/stop.h"
#include "probe/similarity.h"

namespace weir::probe {

/// One picture against its own in the reference.
struct PictureScore {
  std::int64_t at_us = 0;            ///< In the input.
  std::int64_t reference_at_us = 0;  ///< In the reference.
  double psnr = 0;                   ///< Luma, dB; kSame for equal pictures.
  double ssim = 0;                   ///< Luma.
};

struct Comparison {
  std::string input;
  std::string reference;
  int width = 0;  ///< Of the reference; the input is scaled to it (bicubic).
  int height = 0;
  std::int64_t shift_us = 0;  ///< A picture of the input at t is the one of the reference at
                              ///< t + this.
  std::vector<PictureScore> pictures;  ///< In order of time.
  std::int64_t unmatched = 0;          ///< Pictures of the input without one in the reference.
  Summary psnr;
  Summary ssim;
  /// How much later the sound comes against the picture than it does in the reference; by content,
  /// to 5 ms. Empty without sound in both.
  std::optional<std::int64_t> sound_late_us;
  std::int64_t longer_us = 0;  ///< Pictures of the input against those of the reference.
};

/// Decodes both twice: to find by content, within 10 s either way over the first 60 s, where they
/// lie on each other, then picture by picture. kUsage for standard input, kBadInput when one has no
/// pictures or none fit together, kStopped.
Result<Comparison> compare(const std::string& input, const std::string& reference,
                           const StopSource& stop, Log& log, Progress& progress);

/// For people; ends with a newline.
std::string comparison_text(const Comparison& comparison);
boost::json::object comparison_json(const Comparison& comparison);

}  // namespace weir::probe
