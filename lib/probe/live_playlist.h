// A media playlist as something to lay beside its next version.
// Source: draft-pantos-hls-rfc8216bis-22 sections 4.4.3 to 4.4.5 and 6.2.5.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "hls/byte_range.h"
#include "hls/playlist_text.h"

namespace weir::probe {

/// EXT-X-PART.
struct LivePart {
  std::string uri;
  std::optional<hls::ByteRange> range;
  std::int64_t duration_us = 0;
  bool independent = false;
  bool gap = false;
  int line = 0;

  bool same_media(const LivePart& other) const {
    return uri == other.uri && range == other.range && duration_us == other.duration_us;
  }
};

struct LiveSegment {
  std::string uri;
  std::optional<hls::ByteRange> range;
  std::int64_t duration_us = 0;
  bool discontinuity = false;
  bool gap = false;
  std::optional<std::string> key;  ///< EXT-X-KEY that applies, as written. Empty: as in front.
  std::optional<hls::MapText> map;
  /// EXT-X-PROGRAM-DATE-TIME of its own, else what follows from the one in front.
  std::optional<std::int64_t> date_us;
  bool dated = false;  ///< Of its own.
  std::vector<LivePart> parts;
  int line = 0;  ///< Of the URI.

  bool encrypted() const;
};

/// The value of an EXT-X-KEY asks for a key.
bool is_encrypting(const std::optional<std::string>& key);

/// A segment, or the part of that index in it; part -1 is the whole segment.
struct LivePosition {
  std::int64_t number = -1;
  std::int64_t part = -1;
};

struct LiveHint {
  std::string type;
  std::string uri;
  int line = 0;
};

struct LiveReport {
  std::string uri;
  LivePosition last;
  int line = 0;
};

struct LivePlaylist {
  std::int64_t target_us = 0;
  std::string type;  ///< "VOD", "EVENT" or "".
  bool ended = false;
  std::int64_t sequence = 0;  ///< Of the first segment that is listed or skipped.
  std::int64_t discontinuity_sequence = 0;
  std::optional<std::int64_t> skipped;  ///< EXT-X-SKIP: so many are not listed.
  int skip_line = 0;
  std::vector<LiveSegment> segments;
  // Of the segment that is not yet listed:
  std::vector<LivePart> open;
  std::optional<std::string> open_key;
  std::optional<hls::MapText> open_map;
  bool open_discontinuity = false;

  std::int64_t part_target_us = 0;  ///< 0: no parts.
  bool can_block = false;
  std::int64_t skip_until_us = 0;  ///< CAN-SKIP-UNTIL; 0: no delta updates.
  std::int64_t hold_back_us = 0;   ///< As the draft has it where the playlist says nothing.
  std::int64_t part_hold_back_us = 0;
  std::vector<LiveHint> hints;
  std::vector<LiveReport> reports;

  /// Of the first segment that is listed.
  std::int64_t first() const { return sequence + skipped.value_or(0); }
  /// Of the one behind the last that is listed.
  std::int64_t next() const { return first() + static_cast<std::int64_t>(segments.size()); }
  const LiveSegment* find(std::int64_t number) const;
  /// What a client that waits asks for: the next part, or the next segment where there are none.
  LivePosition awaited() const;
  /// The last that is there.
  LivePosition last() const;
  /// It is there, or will never be because the segment is whole without it.
  bool has(const LivePosition& position) const;
  /// Where the segment that is not yet listed begins; empty without dates.
  std::optional<std::int64_t> open_date_us() const;
  std::int64_t duration_us() const;  ///< Of what is listed, parts of the open segment too.
};

/// Numbers of segments are below 2^61 and what is longer than a day is cut to it, whatever the
/// bytes say. Fails as hls::read_playlist(), and with kBadInput for a multivariant playlist.
Result<LivePlaylist> read_live_playlist(std::string_view text);

/// The playlist that a delta update stands for: the skipped segments are those of `held`.
/// kBadInput when `held` has not all of them.
Result<LivePlaylist> apply_delta(const LivePlaylist& held, LivePlaylist delta);

}  // namespace weir::probe
