// Measures one track from its packets: rates, stamps, groups of pictures.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <queue>
#include <vector>

#include "media/packet.h"
#include "media/track.h"
#include "probe/rate_meter.h"

namespace weir::probe {

/// Smallest, largest and mean of what was added.
class Spread {
 public:
  void add(std::int64_t value);
  std::int64_t count() const { return count_; }
  std::int64_t min() const { return count_ > 0 ? min_ : 0; }
  std::int64_t max() const { return count_ > 0 ? max_ : 0; }
  double mean() const;
  std::int64_t sum() const { return sum_; }

 private:
  std::int64_t count_ = 0;
  std::int64_t sum_ = 0;
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
};

/// A place where a packet does not begin where the one before it in display order ended.
struct Break {
  enum class Kind {
    kGap,      ///< Later, by at most a second.
    kOverlap,  ///< Earlier, by at most a second.
    kJump,     ///< Either way, by more than a second.
  };
  Kind kind = Kind::kGap;
  std::int64_t at_us = 0;      ///< Where the next packet should have begun.
  std::int64_t length_us = 0;  ///< How much later (positive) or earlier (negative) it did.
};

struct TrackStats {
  std::int64_t packets = 0;
  std::int64_t bytes = 0;
  std::int64_t keys = 0;
  std::int64_t start_us = 0;  ///< First presentation.
  std::int64_t end_us = 0;    ///< End of the last presentation.

  double frame_rate = 0;  ///< Packets a second over the stretches without breaks; 0: fewer than 2.
  bool constant_rate = false;  ///< Those stretches are evenly spaced, up to the rounding of stamps.

  std::int64_t average_bitrate = 0;   ///< Bits per second over the duration.
  std::int64_t peak_bitrate = 0;      ///< Of the fullest second, counted from the first packet.
  std::vector<std::int64_t> bitrate;  ///< Bits in every second; the first kMaxSeconds of them.

  std::vector<RatePeak> peaks;  ///< Of moving windows; the average where a stream is shorter.
  std::vector<Bucket> buckets;  ///< From the average, or the declared peak, upwards.

  Spread
      gop_frames;  ///< From key packet to key packet; the last, open one only if it is the longest.
  Spread gop_us;
  Spread idr_us;  ///< From IDR (or other independent access point) to the next.
  std::int64_t idrs = 0;
  std::int64_t open_groups = 0;  ///< Pictures behind the key picture are shown before it.
  bool reordered = false;        ///< Pictures are shown in another order than coded: B-frames.

  std::int64_t priming = 0;  ///< Samples in front that are not heard, as its packets say.

  std::int64_t gaps = 0;
  std::int64_t overlaps = 0;
  std::int64_t jumps = 0;
  std::int64_t dts_backwards = 0;  ///< Packets decoded before the one that precedes them.
  std::vector<Break> breaks;       ///< The first kMaxBreaks.

  std::int64_t duration_us() const { return end_us - start_us; }
  std::int64_t break_count() const { return gaps + overlaps + jumps; }
};

inline constexpr std::size_t kMaxSeconds = 86'400;
inline constexpr std::size_t kMaxBreaks = 100;

/// Packets in decoding order go in, the figures come out. Memory is bounded by the two limits
/// above, whatever the stamps say.
class TrackMeter {
 public:
  /// `frame_rate` is the declared one, used where packets carry no duration; 0/1 when not known.
  /// `max_bitrate` is the declared peak; 0 when not known.
  TrackMeter(media::Kind kind, AVRational frame_rate, std::int64_t max_bitrate = 0);

  /// `idr`: the packet is a point where decoding can start clean.
  void add(const media::Packet& packet, bool idr);
  /// Everything so far; the meter is done.
  TrackStats finish();

 private:
  struct Shown {
    std::int64_t pts;
    std::int64_t duration;
    bool operator>(const Shown& other) const { return pts > other.pts; }
  };
  static std::int64_t skipped_in_front(const media::Packet& packet);
  void decoded(std::int64_t dts, std::int64_t bytes);
  void key(std::int64_t pts, bool idr);
  void find_open_group(std::int64_t pts, bool key, bool idr);
  void shown(const Shown& packet);
  void broken(std::int64_t at, std::int64_t length);
  void close_gop(std::int64_t until, bool open);
  void keep_jumps();
  void rates();
  void uneven();

  bool video_;
  std::int64_t nominal_us_;
  TrackStats stats_;
  std::priority_queue<Shown, std::vector<Shown>, std::greater<>> waiting_;  // not yet in order
  std::optional<Shown> last_shown_;
  std::optional<std::int64_t> first_dts_;
  std::int64_t last_dts_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t highest_pts_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t second_ = 0;  // the one being filled
  std::int64_t second_bits_ = 0;
  std::optional<std::int64_t> gop_start_;
  std::int64_t gop_frames_ = 0;
  std::optional<std::int64_t> last_idr_;
  std::optional<std::int64_t> unsure_key_;  // pts of a key picture that may begin an open group
  std::int64_t max_bitrate_;
  RateMeter rate_meter_;
  Spread steady_;  // intervals without a break
  Spread all_;
};

}  // namespace weir::probe
