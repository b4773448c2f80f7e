// One track of a slate: frames become packets that stand in the track's place.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>

#include "base/result.h"
#include "flow/stage.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::ingest {

/// Where a track goes on, in ticks of its own.
struct SlateStart {
  std::int64_t pts = 0;    ///< Of the first picture, or the first sound.
  std::int64_t delay = 0;  ///< By how much a picture is decoded before it is shown.
};

/// Pictures follow each other at the rate of the track, the first one a key picture with its
/// parameter sets; sound follows by its samples. Nothing is made that was not asked for.
class SlateLane {
 public:
  /// `track` is borrowed. `clip`: the track whose frames take() gets, borrowed; null for none.
  /// Fails as slate_pictures() and slate_sound() do, or as the encoder does.
  static Result<std::unique_ptr<SlateLane>> open(const media::Track& track, SlateStart start,
                                                 const media::Track* clip);
  virtual ~SlateLane() = default;

  /// One more black picture; or so much silence.
  virtual Result<void> make() = 0;
  /// A frame of the clip, whose time is moved by `shift` to be stream time.
  virtual Result<void> take(media::Frame frame, media::Time shift) = 0;
  /// Up to where all was taken or made.
  virtual media::Time position() const = 0;

  const media::Track& track() const { return track_; }
  std::deque<media::Packet> ready;  ///< In order, stamped with stream time.

 protected:
  SlateLane(const media::Track& track, SlateStart start) : track_(track), start_(start) {}

  const media::Track& track_;
  const SlateStart start_;
};

}  // namespace weir::ingest
