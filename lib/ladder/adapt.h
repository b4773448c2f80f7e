// --adapt: the ladder fits the content. What each rung needs is measured on samples of the input
// before the run.
#pragma once

#include <string>
#include <vector>

#include "flow/stage.h"
#include "ladder/ladder.h"
#include "ladder/plan.h"
#include "ladder/transcoder.h"
#include "media/event.h"
#include "media/track.h"

namespace weir::ladder {

/// What a rung came out as at one quantiser.
struct Coded {
  double rate = 0;  ///< Bits a second of the whole input, as far as the samples tell.
  double loss = 0;  ///< Mean of 1 - SSIM (luma).
  /// Bits of each picture of each sample, in coding order.
  std::vector<std::vector<double>> pictures{};
};

/// Between the two quantisers, and some way beyond, the logarithms of rate and loss are linear.
struct Curve {
  static constexpr int kFineQp = 18;
  static constexpr int kCoarseQp = 26;
  Coded fine;
  Coded coarse;
  std::vector<double> seconds{};  ///< Of each sample.
};

struct Adapted {
  std::vector<Rendition> rungs;
  std::vector<std::string> reasons;  ///< One line for each rung, in the plan's order.
};

/// Decides; no I/O. `curves` in the plan's order.
///
/// Rates     A rung gets the rate at which its SSIM is at most 0.001 below that of the ladder's
///           rate, and no more than a quarter of the way down to 0.99, where losses begin to be
///           seen. Never more than the ladder's rate, never less than a tenth of it: parts that
///           were not sampled may be harder.
/// Peaks     Maximum and buffer shrink with the rate unless a sample would break them; then the
///           buffer stays larger, up to the ladder's, and the peak may be twice the rate.
/// Left out  A rung to whose rate the next larger one adds less than a quarter: who can take the
///           one can take the other. The largest and the smallest rung stay.
Adapted fit(const std::vector<PlannedRendition>& planned, const std::vector<Curve>& curves);

/// Reads `source`, whose profile is in `options.chunks`, codes up to eight samples of it for every
/// rung with the preset of the run, and fits the ladder. Rungs larger than the source are handed
/// on untouched. An input without pictures leaves the ladder as it is. The result depends on
/// source and options alone; damage (kBadInput) ends the samples there and is no failure.
Result<Adapted> adapt_ladder(const TranscodeOptions& options, const media::Tracks& tracks,
                             flow::Source<media::Item>& source);

}  // namespace weir::ladder
