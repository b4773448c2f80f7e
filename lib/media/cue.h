// A cue of a text track, as a packet carries it.
// Source: W3C WebVTT: The Web Video Text Tracks Format, sections 3.1 and 6.3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "media/packet.h"
#include "media/track.h"

namespace weir::media {

/// Of every cue: milliseconds, as WebVTT has them.
inline constexpr AVRational kCueBase{1, 1000};

struct Cue {
  std::int64_t start_ms = 0;  ///< On the clock of the text itself.
  std::int64_t end_ms = 0;    ///< After `start_ms`.
  std::string id;             ///< One line, "" for none.
  std::string settings;       ///< As behind the times, "line:0 align:left"; "" for none.
  std::string text;           ///< WebVTT cue text: with its tags and escapes, no empty line in it.
};

/// The text is the packet's bytes, identifier and settings are side data, as in libavformat.
Packet cue_packet(const Cue& cue);
Cue cue_of(const Packet& packet);

/// A text track without packets yet: WebVTT, with `blocks` (STYLE and REGION) as its extradata.
Parameters text_parameters(std::string_view blocks);

}  // namespace weir::media
