// What is shown while nothing comes: black or a clip, in the form of the stream.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/stop.h"
#include "flow/stage.h"
#include "ingest/slate_clip.h"
#include "ingest/slate_lane.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::ingest {

/// Packets for every picture and sound track of a stream, without an end, in the order in
/// which they are shown. Each track goes on where its start says, so tracks that had come to
/// different lengths come together; a clip begins with the first picture of the largest track.
///
/// Sound      Every track has the clip's; silence where that is missing, and with black.
/// Cost       A packet is coded when next() is called for it; nothing is held beyond what the
///            decoder of the clip gives at once.
/// Threads    None.
class Slate : public flow::Source<media::Packet> {
 public:
  /// Where tracks go on, by index; each picture and sound track has its own.
  using Starts = std::map<int, SlateStart>;

  /// `file`: "" for black. `stop` and `log` are borrowed. kUnsupported when a track is of a codec
  /// no slate can be made of; otherwise as SlateClip::open().
  static Result<std::unique_ptr<Slate>> open(const media::Tracks& tracks, const Starts& starts,
                                             const std::string& file, const StopSource& stop,
                                             Log& log);
  /// Never empty.
  Result<std::optional<media::Packet>> next() override;

 private:
  explicit Slate(const media::Tracks& tracks) : tracks_(tracks) {}
  Result<void> fill(SlateLane& lane);
  bool clip_is_behind(const SlateLane& lane) const;
  Result<void> play();
  Result<void> begin(const SlateClip::Next& first);
  Result<void> hand_on(const SlateClip::Next& next);

  const media::Tracks tracks_;
  std::unique_ptr<SlateClip> clip_;
  std::vector<std::unique_ptr<SlateLane>> lanes_;
  SlateLane* leader_ = nullptr;  // whose beginning is the clip's
  std::optional<media::Time> shift_;
  std::deque<SlateClip::Next> early_;  // sound in front of the first picture
};

}  // namespace weir::ingest
