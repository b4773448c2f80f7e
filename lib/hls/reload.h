// What a server must know of a media playlist to answer requests for more than it has.
// Source: draft-pantos-hls-rfc8216bis sections 6.2.5, 6.2.5.2 and 6.2.6.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace weir::hls {

/// How far a playlist has come, and what it promises.
struct PlaylistReach {
  bool is_media = false;  ///< Not a multivariant playlist.
  bool ended = false;
  bool can_block = false;  ///< CAN-BLOCK-RELOAD=YES
  bool can_skip = false;   ///< CAN-SKIP-UNTIL
  Micros target{};
  Micros part_target{};         ///< 0: it has no parts.
  std::int64_t next = 0;        ///< Media sequence number of what follows the last whole segment.
  std::int64_t open_parts = 0;  ///< Of that: the parts that are listed.
  std::int64_t last_parts = 0;  ///< Parts listed of the last whole segment.
  std::vector<std::string> hints;  ///< URIs of EXT-X-PRELOAD-HINT, as written; 4 at most.
};

/// Passes once over the text and keeps nothing of it but the hints. Any bytes are safe.
PlaylistReach reach_of(std::string_view playlist);

/// The query of a request, as far as it is for the server.
struct Directives {
  enum class Skip { kNone, kSegments, kDateRanges };
  std::optional<std::int64_t> msn;   ///< _HLS_msn
  std::optional<std::int64_t> part;  ///< _HLS_part
  Skip skip = Skip::kNone;           ///< _HLS_skip=YES, _HLS_skip=v2
  bool is_wrong = false;             ///< A number that is none, or one that is there twice.
};
Directives read_directives(std::string_view query);

enum class ReloadState {
  kThere,    ///< The playlist has it, or never will: it is given as it is.
  kToCome,   ///< It may be held until then.
  kRefused,  ///< 400: wrong, or so far ahead that no player asks in earnest.
};

/// A playlist that has ended, and one that does not offer to block, is there whatever is asked.
ReloadState state_of(const PlaylistReach& reach, const Directives& wish);

}  // namespace weir::hls
