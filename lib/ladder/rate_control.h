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
  struct Open {
    double qp;
    double seconds;
    double complexity;
  };
  double rate_wanted(std::int64_t chunk, double seconds, const Forecast& forecast) const;
  double most_bits(double seconds) const;
  double qp_for(double complexity, double rate) const;
  double rate_at(double complexity, double qp) const;

  double bitrate_;
  double max_bitrate_;
  double buffer_;
  std::optional<double> quality_;
  double level_;     // of the model: ln(rate) = level + a ln(complexity) - b qp
  int learned_ = 0;  // chunks
  std::optional<double> last_qp_;
  double seconds_ = 0;  // of all chunks learned
  double spent_ = 0;    // bits of all chunks learned
  double fullness_;     // of the bucket after them
  std::deque<Open> open_;
};

}  // namespace weir::ladder
