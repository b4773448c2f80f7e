// The moments at which SCTE-35 wants pictures to be cut, in order.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/units.h"
#include "media/event.h"
#include "media/scte35.h"
#include "media/time.h"

namespace weir::media {

/// Splices are what splice_insert and time_signal speak of. One that is said again is the same one;
/// one that is cancelled is none; one that was due more than kForgotten before it was first heard
/// of is over, as when a stream is joined inside a break. Memory  Bounded: the kMost next ones.
class SplicePlan {
 public:
  static constexpr Micros kForgotten{10'000'000};
  static constexpr std::size_t kMost = 256;

  /// A `cue` event; others, and sections that are damaged, are ignored.
  void take(const Event& event);
  /// True when a splice is due at or before this picture and after the one of the call before.
  /// Stamps may differ by a millisecond.
  bool reach(Time pts);
  /// The next one that reach() has not passed.
  std::optional<Time> next() const;

 private:
  struct Splice {
    Time at;
    std::vector<std::uint32_t> events;
  };
  struct Said {  // a section without a time
    std::uint32_t checksum;
    Time at;
  };
  bool known(Time at) const;
  bool said_before(ByteView section, Time at);
  void cancel(std::uint32_t event);
  void add(Splice splice);

  std::deque<Splice> ahead_;  // in order of time
  std::deque<Time> passed_;   // the latest kMost
  std::deque<Said> said_;
};

}  // namespace weir::media
