// A finished segment of one track, or a part of the open one: what the cutter hands on and the
// writers turn into bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "media/packet.h"
#include "media/time.h"
#include "media/track.h"

namespace weir::hls {

/// What packets are, where the track has changed its codec; null: as the track began.
using FormPtr = std::shared_ptr<const media::Track>;

struct Segment {
  int track = 0;               ///< Index of its track.
  std::int64_t number = 0;     ///< Place in the track's playlist, from 0, without holes.
  media::Time start;           ///< Presentation time of its first sample; in the track's time base.
  media::Time duration;        ///< To the start of the next segment; in the track's time base.
  media::Time decode_end;      ///< Where decoding of the next segment begins; in the same base.
  bool discontinuity = false;  ///< Encoding or timeline breaks between the one before and this one.
  bool gap = false;            ///< Nothing arrived for this time; there are no packets.
  bool partial = false;        ///< The rendition was dropped in it: packets for its begin only.
  int parts = 0;               ///< Its packets were handed on before it, in so many parts.
  FormPtr form{};              ///< Of all its packets.
  media::Time origin{};        ///< Of text: the stream time its cues count from.
  std::vector<media::Packet> packets;  ///< In decoding order; video begins with a key packet, but
                                       ///< see Cutter::keep_within. Of text: all cues that are
                                       ///< shown in it, by their begin.

  media::Time end() const { return {start.ticks + duration.ticks, start.base}; }
};

/// A piece of a segment that is not finished yet. The parts of a segment follow each other without
/// holes from its start to its end; times are in the track's time base.
struct Part {
  int track = 0;
  std::int64_t segment = 0;    ///< Number of its segment.
  int index = 0;               ///< Place in it, from 0.
  media::Time start;           ///< On the axis of presentation; of the first the segment's start.
  media::Time duration;        ///< To the start of the next part.
  media::Time decode_end;      ///< Where decoding of what follows begins.
  bool discontinuity = false;  ///< As its segment.
  bool independent = false;    ///< A packet in it can be decoded without those before.
  bool gap = false;            ///< There are no packets.
  bool last = false;           ///< Its segment follows at once.
  FormPtr form{};              ///< As its segment.
  std::vector<media::Packet> packets{};  ///< In decoding order.

  media::Time end() const { return {start.ticks + duration.ticks, start.base}; }
};

}  // namespace weir::hls
