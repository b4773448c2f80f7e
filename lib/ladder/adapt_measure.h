// What each rendition of a plan takes and gives at two quantisers, by coding samples.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/scratch.h"
#include "flow/task_pool.h"
#include "ladder/adapt.h"
#include "ladder/adapt_sample.h"
#include "ladder/analysis.h"
#include "ladder/plan.h"
#include "media/track.h"

namespace weir::ladder {

/// Codes samples as the chunk engine would: one analysis, then every rendition. All pictures of a
/// sample get one quantiser, which costs a few percent more bits than what the engine makes of it.
class Meter {
 public:
  /// `preset`: of rungs that name none. `jobs` as in EngineOptions.
  static Result<std::unique_ptr<Meter>> open(const std::vector<PlannedRendition>& planned,
                                             const media::Track& source, const std::string& preset,
                                             int jobs);

  /// Returns when the sample is coded.
  Result<void> add(const Sample& sample, const std::vector<GridFrame>& pictures);

  /// In the plan's order; with no samples all zero.
  std::vector<Curve> curves() const;

 private:
  struct Outcome {
    std::vector<double> pictures;  // bits, in coding order
    double loss = 0;               // mean
  };
  struct Measured {
    Sample sample;
    double seconds;
    std::vector<Outcome> fine, coarse;  // in the plan's order
  };
  Meter(const std::vector<PlannedRendition>& planned, const media::Track& source,
        const std::string& preset, int jobs, Scratch scratch);
  Result<void> measure(const AnalysisGroup& group, const std::vector<GridFrame>& pictures,
                       Measured& measured);
  Result<Outcome> code(const PlannedRendition& planned,
                       const std::vector<const GridFrame*>& pictures, const Analysis& analysis,
                       int qp) const;
  Coded sum_up(std::size_t rung, std::vector<Outcome> Measured::*at) const;

  std::vector<PlannedRendition> planned_;
  media::Track source_;
  std::string preset_;
  Scratch scratch_;
  std::vector<AnalysisGroup> groups_;
  std::vector<Measured> measured_;
  flow::TaskPool pool_;
};

}  // namespace weir::ladder
