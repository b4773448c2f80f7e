// Coded packets to raw frames.
#pragma once

#include <memory>

#include "base/log.h"
#include "flow/stage.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::codec {

/// One track's decoder.
///
/// Frames     Stamped in the track's time base, in presentation order, with a duration in it when
///            known. Sound comes without its priming samples.
/// Damage     A packet that cannot be decoded is counted and left out; the stream goes on.
class Decoder : public flow::Stage<media::Packet, media::Frame> {
 public:
  /// `threads`: decoding threads of this one decoder; 1 for none of its own.
  /// kUnsupported when this build has no decoder for the codec.
  static Result<std::unique_ptr<Decoder>> open(const media::Track& track, int threads,
                                               flow::Sink<media::Frame>& next);

  Result<flow::Flow> push(media::Packet packet) override;
  Result<void> finish() override;
  /// What follows is of another codec; what is still in here is handed on before. Fails as open().
  Result<flow::Flow> change(const media::Track& track);

  std::int64_t damaged() const { return damaged_; }

 private:
  static Result<media::CodecPtr> open_context(const media::Track& track, int threads);
  Decoder(media::CodecPtr context, flow::Sink<media::Frame>& next)
      : Stage(next), context_(std::move(context)) {}
  Result<flow::Flow> drain();
  void stamp(media::Frame& frame);

  media::CodecPtr context_;
  std::int64_t damaged_ = 0;
  std::int64_t next_pts_ = media::kNoTime;
};

}  // namespace weir::codec
