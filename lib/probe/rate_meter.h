// How uneven a stream is: the fullest moving window, and the buffer it takes at a steady rate.
// Source: ITU-T H.264 (08/2021) sections C.1.1 (arrival of bits), E.2.2 (bit_rate, cpb_size).
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace weir::probe {

struct RatePeak {
  std::int64_t window_us = 0;
  std::int64_t bitrate = 0;  ///< Bits per second of the fullest window, wherever it begins.
};

/// Drained at `rate`, a bucket that gets each packet at once at its decoding time never holds more
/// than `bits`: the buffer a receiver needs on a line of that rate.
struct Bucket {
  std::int64_t rate = 0;  ///< Bits per second.
  std::int64_t bits = 0;
};

/// One track, packets in decoding order. Memory is bounded whatever comes.
class RateMeter {
 public:
  /// `declared`: a rate to be looked at besides the fixed ones; 0 for none.
  explicit RateMeter(std::int64_t declared = 0);
  /// A time before the last one counts as the last one.
  void add(std::int64_t at_us, std::int64_t bytes);
  /// Over 1 s and 6 s, the target duration HLS asks for.
  std::vector<RatePeak> peaks() const;
  /// At rising rates from `least` on, until a faster line would not make the buffer smaller.
  std::vector<Bucket> buckets(std::int64_t least) const;

 private:
  struct Window {
    std::int64_t length_us;
    std::deque<std::pair<std::int64_t, std::int64_t>> entries{};  // time, bits
    std::int64_t bits = 0;
    std::int64_t most = 0;
    void add(std::int64_t at_us, std::int64_t bits_more);
  };
  struct Drain {
    std::int64_t rate;
    double fullness = 0;
    double most = 0;
  };
  std::vector<Window> windows_;
  std::vector<Drain> drains_;  // by rate
  std::int64_t last_us_ = 0;
  bool any_ = false;
};

}  // namespace weir::probe
