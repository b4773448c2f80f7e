// Which rendition a player fetches next, from how fast the last ones came and how much it holds.
// Source: K. Spiteri, R. Sitaraman, D. Sparacio, "From Theory to Practice: Improving Bitrate
// Adaptation in the DASH Reference Player" (MMSys 2018): DYNAMIC, which goes by throughput while
// little is buffered and by BOLA beyond, and BOLA-O, which does not climb above what throughput
// carries; K. Spiteri, R. Urgaonkar, R. Sitaraman, "BOLA: Near-Optimal Bitrate Adaptation for
// Online Videos" (INFOCOM 2016). No I/O, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace weir::probe {

/// Throughput as the lower of two moving averages, weighted by how long each download took: the one
/// with a half-life of 3 s reacts, the one with 8 s remembers.
class ThroughputEstimate {
 public:
  /// What took next to no time says nothing and is left out.
  static constexpr std::int64_t kShortest = 2'000;
  static constexpr std::int64_t kSmallest = 4'096;

  void add(std::int64_t bytes, std::int64_t took_us);
  /// Bits per second; empty before the first download.
  std::optional<std::int64_t> bps() const;

 private:
  struct Average {
    double half_life_s;
    double value = 0;
    double weight = 0;
    void add(double bps, double seconds);
    double mean() const { return weight > 0 ? value / weight : 0; }
  };
  Average quick_{3.0};
  Average slow_{8.0};
};

struct AdaptationState {
  std::vector<std::int64_t> bitrates;  ///< Of the renditions, ascending, bits per second.
  std::size_t current = 0;
  std::int64_t level_us = 0;   ///< Buffered.
  std::int64_t target_us = 0;  ///< What can be buffered at most: the distance from the live edge.
  std::optional<std::int64_t> throughput_bps;
};

/// So much of the throughput is used.
inline constexpr double kThroughputShare = 0.9;

/// The highest whose rate fits into the throughput; the lowest while nothing is known.
std::size_t by_throughput(const AdaptationState& state);
/// The index to fetch next.
std::size_t adapt(const AdaptationState& state);

}  // namespace weir::probe
