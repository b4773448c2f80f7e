// Playlists as plain structs, and their text. No clock, no files: the same struct, the same text.
// Source: draft-pantos-hls-rfc8216bis sections 4 and 8; HLS authoring specification, rule 1.32.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/store.h"
#include "base/units.h"
#include "hls/byte_range.h"
#include "hls/date_range.h"
#include "hls/key_tag.h"
#include "hls/low_latency.h"
#include "hls/presentation.h"
#include "media/time.h"

namespace weir::hls {

/// Restates segment lengths in microseconds so that their running sum never differs from the media
/// by more than half a microsecond, however long it runs.
class ExtinfRounder {
 public:
  /// The next segment's EXTINF. Segments come in order, without holes between them.
  Micros next(media::Time start, media::Time end);

 private:
  std::optional<media::Time> first_;
};

/// The lines of a segment that say the same in every text.
struct SegmentLines {
  std::string date;
  std::string file;  ///< From EXTINF to the URI.
};

struct MediaSegment {
  std::string uri;
  std::optional<ByteRange> range;        ///< Of the file; empty: all of it.
  Micros duration{};                     ///< EXTINF, as ExtinfRounder gives it.
  std::string map;                       ///< URI of its initialization section; "" for none.
  std::optional<ByteRange> map_range{};  ///< Of that; empty: all of it.
  std::shared_ptr<const KeyTag> key;     ///< Null: it is clear. Never changed once it is set.
  bool discontinuity = false;
  bool gap = false;
  std::optional<std::int64_t> program_date_time_us;  ///< Microseconds since 1970, UTC.
  std::vector<MediaPart> parts;                      ///< Those still listed.
  std::shared_ptr<const SegmentLines> lines;         ///< As keep_lines() made them.
};

/// A date range at its place in the text: before the segment of this number, or behind the last
/// one while that is not there. So what a player has read stays where it is.
struct ListedDateRange {
  DateRangePtr range;
  std::int64_t before = 0;
};

struct MediaPlaylist {
  enum class Type { kLive, kEvent, kVod };
  Type type = Type::kVod;
  std::int64_t target_duration = 0;  ///< Seconds; the caller keeps it the same from text to text.
  std::int64_t media_sequence = 0;
  std::int64_t discontinuity_sequence = 0;
  bool ended = false;
  bool iframes_only = false;          ///< Every segment is one key picture.
  std::optional<StartPoint> start{};  ///< Where players begin.
  std::deque<MediaSegment> segments;
  std::vector<ListedDateRange> date_ranges;  ///< In the order of `before`.
  std::optional<LowLatency> low_latency;
  std::optional<MediaSegment> open;  ///< Behind them: parts of a segment that is not finished.

  /// Media sequence number of the segment behind the last one.
  std::int64_t next() const { return media_sequence + std::ssize(segments); }
  /// Of all segments.
  Micros duration() const;
};
/// A key that encrypts whole segments never applies to an EXT-X-MAP: those are clear.
/// Variables in the URIs of keys are imported from the multivariant playlist.
/// EXT-X-INDEPENDENT-SEGMENTS is always declared: the cutter cuts nowhere else. Segments and parts
/// whose URI is `lost` are gaps.
std::string to_text(const MediaPlaylist& playlist, const IsLost& lost = {});
/// The first segment was on air at this moment, and each of the others when the one before ended.
/// Before keep_lines().
void date_from(MediaPlaylist& playlist, std::int64_t utc_us);
/// Makes the lines of the segments that were appended since the last call, so that the texts of a
/// long playlist are put together from them. Date, duration, range and URI of a segment then have
/// to stay as they are.
void keep_lines(MediaPlaylist& playlist);

/// EXTINF rounded to whole seconds, which EXT-X-TARGETDURATION may not be below.
std::int64_t whole_seconds(Micros duration);

struct AudioRendition {
  std::string group;
  std::string name;      ///< Unique in its group.
  std::string language;  ///< BCP 47, "und" when not known.
  bool is_default = false;
  int channels = 0;
  std::string uri;
  bool autoselect = true;
  std::vector<std::string> characteristics{};
  std::string stable_id{};  ///< STABLE-RENDITION-ID; "" for none.
};

struct SubtitleRendition {
  std::string group;
  std::string name;      ///< Unique in its group.
  std::string language;  ///< BCP 47.
  bool is_default = false;
  bool autoselect = true;
  bool forced = false;
  bool sdh = false;  ///< Tells what is heard as well.
  std::string uri;
  std::string stable_id{};  ///< STABLE-RENDITION-ID; "" for none.
};

/// Captions inside the pictures of all variants.
struct CaptionRendition {
  std::string group;
  std::string name;      ///< Unique in its group.
  std::string language;  ///< BCP 47, "und" when not known.
  bool autoselect = true;
  std::string instream_id;  ///< "CC1" to "CC4", "SERVICE1" to "SERVICE63".
};

struct Variant {
  std::string uri;
  std::int64_t bandwidth = 0;  ///< Bits per second, with the sound of its group.
  std::int64_t average_bandwidth = 0;
  std::string codecs;           ///< Comma-separated, with those of its group.
  std::string supplemental{};   ///< SUPPLEMENTAL-CODECS; "" for none.
  Size resolution;              ///< 0x0: no picture.
  AVRational frame_rate{0, 1};  ///< 0: not known.
  std::string video_range;      ///< "" when there is no picture.
  std::string audio;            ///< Group; "" for none.
  std::string subtitles{};      ///< Group; "" for none.
  std::optional<double> score{};
  std::string stable_id{};  ///< STABLE-VARIANT-ID; "" for none.
  std::string pathway{};    ///< "" for none.
};

/// A playlist of thumbnails (image_playlist.h).
struct ImageStream {
  std::string uri;
  std::int64_t bandwidth = 0;  ///< Bits per second.
  Size resolution;             ///< Of one thumbnail.
};

struct MultivariantPlaylist {
  int version = 6;  ///< At least.
  PresentationTags tags{};
  std::optional<KeyTag> session_key{};  ///< What a player may fetch beforehand.
  std::vector<AudioRendition> audio;
  std::vector<SubtitleRendition> subtitles{};
  std::vector<CaptionRendition> captions{};  ///< Of one group; none: there are no captions.
  std::vector<Variant> variants;             ///< In any order; the text puts them right.
  std::vector<Variant> iframes;              ///< I-frame playlists: neither frame rate nor sound.
  std::vector<ImageStream> images{};
};
/// For every pathway and audio group: first the variant a player should begin with (nearest to 2000
/// kbit/s on average), then the others from the highest rate down.
std::string to_text(const MultivariantPlaylist& playlist);

}  // namespace weir::hls
