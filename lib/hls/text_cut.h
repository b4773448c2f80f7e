// Cuts texts where the pictures are cut: every cue goes into each segment it is shown in.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "hls/segment.h"
#include "media/track.h"

namespace weir::hls {

/// The cues of one text, handed out segment by segment.
class TextLane {
 public:
  /// `cues` are ordered by their begin.
  TextLane(int track, std::vector<media::Packet> cues) : track_(track), cues_(std::move(cues)) {}

  /// The segment of this text for the same time as `like`, without its packets. Segments come in
  /// order.
  Segment segment(const Segment& like, media::Time origin);

 private:
  const int track_;
  std::vector<media::Packet> cues_;
  std::size_t next_ = 0;           // of those that have not begun
  std::vector<media::Packet> on_;  // begun, not over
};

/// Segments    Number, time and break of a segment are those the pictures have; where no picture
///             has it, it is a gap. Without a picture they are those of the first sound.
/// Begin       Cues count from the begin of the first segment.
/// Latency     Of the first picture that has the segment; a gap waits for the last of them, or for
///             three segments more.
class TextCutter {
 public:
  /// `tracks` are those the Cutter has.
  TextCutter(const media::Tracks& tracks, std::vector<TextLane> texts);

  /// What a segment of one of those tracks, as the Cutter made it, lets out: the segments of all
  /// texts for one number after the other.
  std::vector<Segment> take(const Segment& segment);
  /// What still waits, when no more segments come.
  std::vector<Segment> finish();

 private:
  struct Waiting {
    std::optional<Segment> segment;  // without packets
    std::size_t seen = 0;
  };
  void note(const Segment& segment);
  void let_out(std::vector<Segment>& out);

  std::vector<int> leads_;
  std::vector<TextLane> texts_;
  std::deque<Waiting> waiting_;  // from number next_ on
  std::optional<std::int64_t> next_;
  std::optional<media::Time> origin_;
};

}  // namespace weir::hls
