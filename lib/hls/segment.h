// A finished segment of one track: what the cutter hands on and the writers turn into bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "media/packet.h"
#include "media/time.h"

namespace weir::hls {

struct Segment {
  int track = 0;               ///< Index of its track.
  std::int64_t number = 0;     ///< Place in the track's playlist, from 0, without holes.
  media::Time start;           ///< Presentation time of its first sample; in the track's time base.
  media::Time duration;        ///< To the start of the next segment; in the track's time base.
  media::Time decode_end;      ///< Where decoding of the next segment begins; in the same base.
  bool discontinuity = false;  ///< Encoding or timeline breaks between the one before and this one.
  bool gap = false;            ///< Nothing arrived for this time; there are no packets.
  bool partial = false;        ///< The rendition was dropped in it: packets for its begin only.
  std::vector<media::Packet> packets;  ///< In decoding order; video begins with a key packet.

  media::Time end() const { return {start.ticks + duration.ticks, start.base}; }
};

}  // namespace weir::hls
