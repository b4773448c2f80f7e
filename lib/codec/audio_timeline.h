// Sound without holes: what the clock of the stream asks for and the source lacks becomes silence.
#pragma once

#include "flow/stage.h"
#include "media/packet.h"

namespace weir::codec {

/// Frames go on counting samples while their stamps stay within `tolerance` of the count. Beyond
/// it a hole is filled with silence and an overlap is cut off, so sound stays with the picture and
/// the frames that leave follow each other exactly. Expects and gives stamps in 1/sample_rate.
class AudioTimeline : public flow::Stage<media::Frame, media::Frame> {
 public:
  AudioTimeline(media::Time tolerance, flow::Sink<media::Frame>& next)
      : Stage(next), tolerance_(tolerance) {}

  Result<flow::Flow> push(media::Frame frame) override;
  Result<void> finish() override { return finish_next(); }

  /// Sound begins there, whatever the stamp of the first frame; before that frame.
  void begin(std::int64_t at) { next_ = at; }
  /// Where the next sample belongs; kNoTime before the begin.
  std::int64_t position() const { return next_; }

  std::int64_t silence_samples() const { return silence_; }
  std::int64_t dropped_samples() const { return dropped_; }

 private:
  Result<flow::Flow> fill(const AVFrame& like, std::int64_t samples);
  Result<flow::Flow> pass(media::Frame frame);

  media::Time tolerance_;
  std::int64_t next_ = media::kNoTime;
  std::int64_t silence_ = 0;
  std::int64_t dropped_ = 0;
};

}  // namespace weir::codec
