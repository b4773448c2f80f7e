// What a playlist says, read from its text; nothing is fetched and nothing is judged here.
// Source: draft-pantos-hls-rfc8216bis-22 section 4.4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "hls/byte_range.h"
#include "hls/tag_reader.h"

namespace weir::hls {

/// EXT-X-MAP. The URI is as written, like every URI here; resolve_uri() makes it absolute.
struct MapText {
  std::string uri;
  std::optional<ByteRange> range;
  int line = 0;
};

struct SegmentText {
  std::string uri;
  std::optional<ByteRange> range;
  std::int64_t duration_us = 0;  ///< EXTINF in millionths of a second.
  std::string duration_text;     ///< EXTINF as written: "6.00000".
  bool has_duration = false;     ///< An EXTINF stood before the URI and was a number.
  bool discontinuity = false;
  bool gap = false;
  bool encrypted = false;         ///< An EXT-X-KEY other than NONE applies.
  std::string program_date_time;  ///< As written; "" when absent.
  int map = -1;                   ///< Index into MediaPlaylistText::maps; -1 when none applies.
  int line = 0;                   ///< Of the URI.
};

struct MediaPlaylistText {
  std::optional<std::int64_t> target_duration;  ///< Seconds.
  int version = 1;
  std::int64_t media_sequence = 0;
  std::int64_t discontinuity_sequence = 0;
  std::string type;  ///< "VOD", "EVENT" or "".
  bool endlist = false;
  bool independent = false;   ///< EXT-X-INDEPENDENT-SEGMENTS
  bool iframes_only = false;  ///< EXT-X-I-FRAMES-ONLY
  std::vector<MapText> maps;
  std::vector<SegmentText> segments;

  std::int64_t duration_us() const;  ///< Sum of all EXTINF, at most 2^62.
};

struct VariantText {
  std::string uri;
  std::optional<std::int64_t> bandwidth;          ///< Bits per second.
  std::optional<std::int64_t> average_bandwidth;  ///< Bits per second.
  std::string codecs;                             ///< As written, "" when absent.
  std::optional<Size> resolution;
  std::optional<std::int64_t> frame_rate_micro;  ///< Pictures per second, in millionths.
  std::string video_range;
  std::string audio;      ///< Group, "" when none.
  std::string subtitles;  ///< Group, "" when none.
  std::string captions;   ///< Of CLOSED-CAPTIONS: group, "NONE", "" when absent.
  int line = 0;           ///< Of the tag.
};

struct MediaText {
  std::string type;  ///< "AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS" or what was written.
  std::string group;
  std::string name;
  std::string language;
  std::string uri;  ///< "" when the rendition is carried inside the variants.
  std::string channels;
  bool is_default = false;
  bool autoselect = false;
  int line = 0;
};

struct MultivariantText {
  bool independent = false;
  int version = 1;
  std::vector<VariantText> variants;
  std::vector<MediaText> media;
  std::vector<VariantText> iframe_variants;  ///< EXT-X-I-FRAME-STREAM-INF
};

struct PlaylistText {
  std::variant<MediaPlaylistText, MultivariantText> content;
  std::vector<Problem> problems;  ///< Of the lines and of the tags, at most kMaxProblems.

  const MediaPlaylistText* media() const { return std::get_if<MediaPlaylistText>(&content); }
  const MultivariantText* multivariant() const { return std::get_if<MultivariantText>(&content); }
};

/// Reads either kind of playlist. kBadInput, naming the line, when it is no playlist at all;
/// everything less is a problem and the reader goes on.
Result<PlaylistText> read_playlist(std::string_view text);

}  // namespace weir::hls
