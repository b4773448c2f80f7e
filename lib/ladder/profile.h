// How the bits of the coded source picture lie over its time: known of a whole file before anything
// is decoded.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "flow/stage.h"
#include "media/event.h"
#include "media/time.h"

namespace weir::ladder {

/// Threads: note() and finish() by one thread; after finish() the rest from any.
class Profile {
 public:
  /// Packets of one track in any order of their pts.
  void note(const media::Packet& packet);
  /// After the last packet, before bits().
  void finish();

  bool empty() const { return packets_.empty(); }
  /// The first pts, and the last with its duration, as far as that is known; 0 when empty.
  media::Time begin() const { return begin_; }
  media::Time end() const { return end_; }
  /// Of all packets with from <= pts < to; a whole number.
  double bits(media::Time from, media::Time to) const;
  /// CRC-32 over pts, size and CRC-32 of the first 64 bytes of every packet, in the order they
  /// came: tells one source from another.
  std::uint32_t fingerprint() const { return fingerprint_; }

 private:
  struct Entry {
    std::int64_t pts;  // ticks of base_
    std::int64_t bytes;
  };
  std::int64_t bytes_before(media::Time time) const;

  std::vector<Entry> packets_;        // after finish() by pts
  std::vector<std::int64_t> before_;  // bytes of all packets before that of the same index
  AVRational base_{1, 1};
  media::Time begin_;
  media::Time last_;
  media::Time end_;
  std::uint32_t fingerprint_ = 0;
};

/// Reads `source` to its end and notes the packets of `track`. Damage (kBadInput) ends the profile
/// there and is no failure: whoever reads the source for its pictures meets it too and reports it.
/// kStopped and other failures are returned.
Result<Profile> scan(flow::Source<media::Item>& source, int track);

}  // namespace weir::ladder
