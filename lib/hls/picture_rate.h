// How many pictures come in a second, as FRAME-RATE tells it.
#pragma once

#include <optional>
#include <vector>

#include "media/packet.h"
#include "media/time.h"

namespace weir::hls {

/// Counts the steps from one picture to the next in decoding order. A step that is several times
/// as long as those before it is a hole and does not count, nor does one back in time.
class PictureRate {
 public:
  /// The next packets of one track.
  void add(const std::vector<media::Packet>& packets);

  /// The rate that was `told`, unless it is more than 5 % beside what was counted: rates of
  /// containers that stamp in milliseconds are guesses. A count is given the name of the common
  /// rate it is nearest to, and is told to the thousandth otherwise, which is all that
  /// draft-pantos-hls-rfc8216bis section 4.4.6.2 knows. 0/1: neither told nor counted.
  AVRational rate(AVRational told) const;

 private:
  std::optional<media::Time> last_;
  std::int64_t steps_ = 0;
  std::int64_t micros_ = 0;  // that they last
};

}  // namespace weir::hls
