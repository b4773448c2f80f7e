// Which quantiser each chunk of one rendition gets, so that target, peak and buffer hold over the
// joined stream.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "ladder/chunk_file.h"
#include "ladder/forecast.h"
#include "ladder/leaky_bucket.h"
#include "ladder/plan.h"

namespace weir::ladder {

/// Plans chunks in order. What earlier chunks came out as is learned a fixed number of chunks
/// later, however early it is known, so that decisions do not depend on who was faster.
class RateControl {
 public:
  /// `pixels`: of the rendition per pixel of the analysis. `quality`: a constant quality on x264's
  /// CRF scale instead of the rendition's average rate; its peak still holds.
  RateControl(const Rendition& rung, double pixels, std::optional<double> quality);

  struct Decision {
    double qp;
    double bits;  ///< Expected.
  };
  /// The next chunk.
  Decision plan(std::int64_t chunk, const ChunkFacts& facts, double seconds,
                const Forecast& forecast);

  /// What the oldest planned chunk not yet learned came out as; `bucket` after it.
  void learn(double qp, double bits, const LeakyBucket& bucket);

  /// How much higher the quantiser must be for bits to shrink to `part` of what they were.
  static double step_for(double part);

 private:
  // The logarithm of a chunk's rate: level + height at the middle quantiser, less per_step for
  // every step above it.
  struct Answer {
    double height;
    double per_step;
  };
  // Where the bits of this rendition lie, learned chunk by chunk.
  class Model {
   public:
    explicit Model(double level);
    double at(double height) const;
    void learn(double height, double seen);

   private:
    double level_;
    double tilt_ = 0;
    std::optional<double> middle_;  // height where the tilt turns nothing
    double level_unsure_;           // variances
    double tilt_unsure_;
    double both_ = 0;
  };
  struct Open {
    double qp;
    double seconds;
    Answer answer;
  };
  double rate_wanted(std::int64_t chunk, double seconds, const Forecast& forecast) const;
  double most_bits(double seconds) const;
  static Answer answer_of(const ChunkFacts& facts);
  double qp_for(const Answer& answer, double rate) const;
  double rate_at(const Answer& answer, double qp) const;

  double bitrate_;
  double max_bitrate_;
  double buffer_;
  std::optional<double> quality_;
  Model model_;
  std::optional<double> last_qp_;
  double seconds_ = 0;  // of all chunks learned
  double spent_ = 0;    // bits of all chunks learned
  double fullness_;     // of the bucket after them
  std::deque<Open> open_;
};

}  // namespace weir::ladder
