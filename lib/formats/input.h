// Opens anything libavformat can read, or a Weir pipe stream, and hands out canonical packets.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/stop.h"
#include "base/units.h"
#include "flow/stage.h"
#include "flv/tag.h"
#include "media/event.h"
#include "media/repairs.h"
#include "media/track.h"

namespace weir::formats {

/// How long a track of FLV may come behind the others; a file that can be sought in is given more.
inline constexpr Micros kTrackWait{2'000'000};
inline constexpr Micros kMostTrackWait{30'000'000};

struct InputOptions {
  const StopSource* stop =
      nullptr;         ///< Borrowed. Wakes a blocked read; next() then fails with kStopped.
  Log* log = nullptr;  ///< Borrowed. Words about what was odd in the input.
  std::optional<Micros> start;     ///< Begin at the key frame at or before this time of the input.
  std::optional<Micros> duration;  ///< End after this much stream time from the begin.
  std::optional<Micros> patience{};   ///< Fail with kTimeout when a read waits for longer.
  media::Repairs* repairs = nullptr;  ///< Borrowed. Counts what is mended in a foreign input.
  Micros track_wait = kTrackWait;     ///< Of stream time.
  bool dates = false;                 ///< Anchor events are made of the onUtc tags of FLV.
  /// Of FLV: shown each tag, with where it begins in the file. Called within open() and next().
  std::function<void(const flv::TagView&, std::int64_t position)> flv_tags{};
};

/// One opened input.
///
/// Packets    In canonical form: H.264 and HEVC as Annex B with parameter sets at every IDR, AAC
///            raw with an AudioSpecificConfig as extradata, dts and pts always set, sound stamped
///            in samples, the earliest stamp of the stream at or above 0 by one shift for all
///            tracks. A file and a pipe made from it give the same packets.
/// Events     Of a pipe stream, as they came, except the track events it begins with: they are in
///            tracks(). Of a foreign input `cue`, made of its SCTE-35 sections, and where the
///            codecs of a transport stream change `discontinuity` and `track`
///            (media::change_event).
/// Tracks     Video and sound only (kOther never); numbered 0, 1, … in the order of the input.
/// Failure    open(): kIo when it cannot be read, kBadInput when it is not media. next(): kBadInput
///            when the input breaks in the middle; what was good was handed out before.
class Input : public flow::Source<media::Item> {
 public:
  /// `url`: a file, "-" for standard input, or any URL libavformat opens.
  static Result<std::unique_ptr<Input>> open(const std::string& url, const InputOptions& options);

  virtual const media::Tracks& tracks() const = 0;
  /// What messages call this input: the path, or "standard input".
  virtual const std::string& name() const = 0;
  /// A file that could be read twice; a pipe or a live URL is not.
  virtual bool seekable() const = 0;
  /// By the container's word; empty when it says nothing.
  virtual std::optional<Micros> duration() const = 0;
  /// libavformat's name of the container, "nut" for a pipe stream.
  virtual std::string container() const = 0;
  /// The stream was written by Weir and has an event track, so its end must be marked.
  virtual bool has_events() const = 0;
};

}  // namespace weir::formats
