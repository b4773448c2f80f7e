// Turns packets of one picture track and one sound track into FLV tags.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E.4.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "flv/body.h"
#include "flv/tag.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::flv {

/// Stream time in milliseconds, to the nearest. Each stamp is rounded by itself, so nothing drifts.
inline std::int64_t to_ms(const media::Time& time) {
  return time.in({1, 1000});
}

/// Packets in canonical form in, tags out.
///
/// Order      Tags come in the order of the packets; headers() is called first.
/// Time       Stamps count from `origin_ms`, one for both tracks; earlier ones become 0. A picture
/// is
///            shown round(pts) - round(dts) after its stamp.
/// Change     Parameter sets in a picture that differ from those in force give a new configuration
///            in front of it.
class Muxer {
 public:
  /// Either track may be null; they are borrowed. kUnsupported for a codec FLV cannot carry.
  static Result<Muxer> open(const media::Track* video, const media::Track* audio);

  void set_origin(std::int64_t origin_ms) { origin_ms_ = origin_ms; }
  /// Configurations known before the first packet, sound first.
  Result<std::vector<Tag>> headers();
  /// One packet of either track; packets of others give nothing, and so do pictures before the
  /// first parameter sets. kBadInput when parameter sets in it are damaged.
  Result<std::vector<Tag>> push(const media::Packet& packet);
  /// What stands behind the last picture; nothing when there was none.
  std::optional<Tag> finish() const;

 private:
  struct Side {
    const media::Track* track = nullptr;
    std::uint32_t codec = 0;
  };
  Muxer() = default;
  Result<std::vector<Tag>> push_picture(const media::Packet& packet);
  Result<std::optional<Bytes>> new_configuration(ByteView bytes) const;
  Tag configuration_tag(std::int64_t at_ms) const;
  std::int64_t stamp(const media::Time& time) const;

  Side video_;
  Side audio_;
  std::int64_t origin_ms_ = 0;
  std::int64_t last_picture_ms_ = 0;
  Bytes configuration_;  // of the pictures, in force; empty: none yet
};

}  // namespace weir::flv
