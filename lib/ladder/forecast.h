// How hard each chunk is, next to the others.
#pragma once

#include <cstdint>
#include <vector>

#include "ladder/chunk_file.h"
#include "ladder/profile.h"

namespace weir::ladder {

/// Weighs chunks: bits are dealt out in proportion to weight times seconds. What is seen of a chunk
/// is its first pass; what comes later is told by the profile of the coded source when there is
/// one, else it is taken to be like what came last.
class Forecast {
 public:
  /// `profile` may be empty; `step` is about the length of a chunk, in seconds.
  Forecast(const Profile& profile, double step);

  /// The next chunk, in order.
  void add(const ChunkFacts& facts, media::Time begin, media::Time end);

  double weight(std::int64_t chunk) const {
    return chunks_[static_cast<std::size_t>(chunk)].weight;
  }
  /// Seconds and summed weight of what follows `chunk`, as seen when that chunk was the newest;
  /// without a profile of `horizon` seconds.
  struct Rest {
    double seconds;
    double weight;
  };
  Rest after(std::int64_t chunk, double horizon) const;
  /// How many chunks follow `chunk`, about; a great many when the end is not known.
  double chunks_after(std::int64_t chunk) const;
  bool knows_end() const { return !ahead_.empty(); }

 private:
  struct Seen {
    double weight;
    double seconds;
    double end;            // stream time, seconds
    double summed;         // weight times seconds up to and with this chunk
    double summed_source;  // the same of the profile
  };
  double length_of(std::size_t step) const;
  double source_weight(double from) const;

  std::vector<double> ahead_;  // weight of the profile from step i to its end
  double begin_ = 0;           // of the profile, seconds
  double end_ = 0;
  double step_ = 1;
  std::vector<Seen> chunks_;
};

}  // namespace weir::ladder
