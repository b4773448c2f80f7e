// The UTC of stream time, for EXT-X-PROGRAM-DATE-TIME: anchored once, then moving with the media,
// anchored again only where the stream breaks.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "media/time.h"

namespace weir::publish {

class WallTime {
 public:
  /// Stream time `at` was on air at `utc_us`. The first one counts; a later one only when a break
  /// was announced since, and from that break on.
  void anchor(media::Time at, std::int64_t utc_us);
  void discontinuity(media::Time at);
  /// This anchor and no other, from now on.
  void fix(media::Time at, std::int64_t utc_us);

  bool known() const { return !anchors_.empty(); }
  /// Microseconds since 1970; empty before the first anchor.
  std::optional<std::int64_t> at(media::Time time) const;

 private:
  struct Anchor {
    media::Time from, at;
    std::int64_t utc_us;
  };
  std::deque<Anchor> anchors_;
  std::optional<media::Time> break_;
  bool fixed_ = false;
};

}  // namespace weir::publish
