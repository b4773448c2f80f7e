// WebVTT: reading a file of cues, and the text of a segment.
// Source: W3C WebVTT sections 4 (syntax) and 6 (parsing); draft-pantos-hls-rfc8216bis section 3.1.4
// (segments, X-TIMESTAMP-MAP).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "hls/segment.h"
#include "hls/tag_reader.h"
#include "media/cue.h"

namespace weir::hls {

struct Webvtt {
  std::string blocks;             ///< STYLE and REGION, each with an empty line behind it.
  std::vector<media::Cue> cues;   ///< By their begin; those of one begin in the file's order.
  std::vector<Problem> problems;  ///< What was left out, at most kMaxProblems.
};

/// True for bytes that begin as a WebVTT file does.
bool is_webvtt(ByteView bytes);

inline constexpr std::size_t kLongestWebvttHeader = 4096;
/// What stands above the first empty line of a segment.
struct WebvttHeader {
  bool timestamp_map = false;  ///< X-TIMESTAMP-MAP is there.
};
/// Looks at no more than kLongestWebvttHeader. Empty when it is no WebVTT. Any bytes are safe.
std::optional<WebvttHeader> webvtt_header(ByteView segment);

/// Comments are left out, and cues and blocks that break the syntax: each is a problem. kBadInput
/// when it is no WebVTT at all, or not UTF-8. Any bytes are safe.
Result<Webvtt> read_webvtt(ByteView bytes);

/// The file of a text segment: `blocks` and the cues, with their own times. X-TIMESTAMP-MAP puts
/// them on the clock of the media segments (kTransportClock, modulo 2^33): it names the cue time 0,
/// and once the clock has wrapped, the first whole millisecond of the segment. A segment without
/// cues is the header alone. An empty line ends it, so that segments one after the other are read
/// as what they are.
std::string webvtt_segment(const Segment& segment, std::string_view blocks);

}  // namespace weir::hls
