// Decodes the pieces of one rendition after another.
#pragma once

#include <memory>
#include <optional>

#include "base/stop.h"
#include "probe/segment_reader.h"
#include "probe/viewer_track.h"

namespace weir::probe {

/// A piece as it was fetched.
struct SegmentBytes {
  Bytes media;
  std::shared_ptr<const Bytes> init;  ///< Null without EXT-X-MAP.
  bool anew = false;           ///< Of another rendition or behind another initialization section.
  bool discontinuity = false;  ///< Announced in front of it.
};

/// What it showed; microseconds of its own stamps.
struct SegmentSeen {
  std::optional<TrackSpan> video;
  std::optional<TrackSpan> audio;
  std::optional<Error> failure;
};

/// Threads    One call at a time.
class SegmentDecoder {
 public:
  /// Borrows `stop`. Only one of picture and sound where the other comes from elsewhere.
  explicit SegmentDecoder(const StopSource* stop, bool with_sound = true)
      : fetcher_(stop), reader_(fetcher_), with_sound_(with_sound) {}

  SegmentSeen take(const SegmentBytes& piece);
  /// 33-bit stamps nearest to this time are meant.
  void near(std::int64_t time_us) { reader_.near(time_us); }
  ViewerTrack& video() { return video_; }
  ViewerTrack& audio() { return audio_; }

 private:
  Fetcher fetcher_;
  SegmentReader reader_;
  const bool with_sound_;
  ViewerTrack video_{media::Kind::kVideo};
  ViewerTrack audio_{media::Kind::kAudio};
};

}  // namespace weir::probe
