// A DASH manifest (media presentation description) as plain structs, and its text. No clock, no
// files: the same struct, the same text.
// Source: ISO/IEC 23009-1:2022 sections 5.3 and 5.8.4; DASH-IF Interoperability Points; ISO/IEC
// 23091-2 and 23091-3 (code points of colour and loudspeakers); ISO/IEC 23001-7:2016 section 11.2
// (default_KID).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "hls/aes.h"
#include "hls/stream_facts.h"
#include "media/time.h"

namespace weir::hls {

/// S: segments of the same length, one behind the other. In ticks.
struct MpdRun {
  std::int64_t start = 0;  ///< Of the first, on the time line of the media.
  std::int64_t duration = 0;
  std::int64_t repeat = 0;  ///< How many more follow the first.

  std::int64_t end() const { return start + duration * (repeat + 1); }
  bool operator==(const MpdRun&) const = default;
};
/// Adds one segment, to the last run where it fits.
void append(std::vector<MpdRun>& timeline, std::int64_t start, std::int64_t duration);

/// SegmentTemplate. A player counts on from `start_number` through the time line, holes or not: of
/// what is not there, a number would be asked for under the time of another segment. Segments
/// therefore have to follow each other without a number left out.
struct MpdSegments {
  std::uint32_t timescale = 1;
  std::int64_t offset = 0;  ///< presentationTimeOffset: what is shown when the period begins.
  std::int64_t start_number = 0;
  std::string initialization;  ///< With $RepresentationID$ where it stands in the name.
  std::string media;           ///< The same, and $Number%05d$.
  std::vector<MpdRun> timeline;

  bool operator==(const MpdSegments&) const = default;
};

struct MpdRepresentation {
  std::string id;
  std::int64_t bandwidth = 0;  ///< Bits per second.
  std::string codecs;
  Size resolution;                ///< 0x0: sound.
  AVRational sample_shape{0, 1};  ///< sar; 0: square.
  AVRational frame_rate{0, 1};    ///< 0: not known.
  int sampling_rate = 0;          ///< Of sound, Hz.
  MpdSegments segments;
};

/// What players may change between without a break.
struct MpdAdaptationSet {
  enum class Content { kVideo, kAudio };
  int id = 0;  ///< The same in all periods for what goes on from one to the next.
  Content content = Content::kVideo;
  std::string language;            ///< BCP 47, "" when not known.
  std::string label;               ///< For people; "" for none.
  std::string role;                ///< "main", "alternate"; "" for none.
  bool aligned = true;             ///< Segments of all representations begin at the same times.
  Colour colour;                   ///< Told where it is not the usual one (high dynamic range).
  int channels = 0;                ///< Of sound; 0: not told.
  std::optional<AesBlock> key_id;  ///< The samples are encrypted, scheme 'cbcs'.
  bool clear_key = false;          ///< The key is for whoever can have it, as Clear Key.
  std::vector<MpdRepresentation> representations;
};

struct MpdPeriod {
  std::string id;
  Micros start{};  ///< Since the availability start.
  std::vector<MpdAdaptationSet> sets;
};

struct Mpd {
  bool dynamic = false;            ///< It grows: ask for it again.
  std::optional<Micros> duration;  ///< Known when it is not dynamic.
  Micros min_buffer{};
  std::optional<std::int64_t> availability_start_us;  ///< Microseconds since 1970, UTC.
  std::optional<std::int64_t> publish_us;
  std::optional<Micros> update_period;
  std::optional<Micros> time_shift_depth;  ///< Empty: all there ever was.
  std::optional<Micros> presentation_delay;
  std::string clock_uri;  ///< A file whose HTTP answer carries the server's date; "" for none.
  std::vector<MpdPeriod> periods;
};
std::string to_text(const Mpd& mpd);

/// "PT6.006S".
std::string format_xs_duration(Micros value);

}  // namespace weir::hls
