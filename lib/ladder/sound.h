// One sound rendition: decode, resample, keep in time, encode.
#pragma once

#include <memory>
#include <optional>

#include "codec/audio_timeline.h"
#include "codec/decoder.h"
#include "codec/encoder.h"
#include "codec/filter.h"
#include "ladder/ladder.h"

namespace weir::ladder {

/// Takes the packets of one source track. Holes over 20 ms become silence and overlaps are cut, so
/// that sound stays with the picture. Works on the caller's thread.
class SoundChain : public flow::Sink<media::Packet> {
 public:
  static Result<std::unique_ptr<SoundChain>> open(const AudioRendition& rendition,
                                                  const media::Track& source,
                                                  flow::Sink<media::Packet>& next);

  Result<flow::Flow> push(media::Packet packet) override {
    return decoder_->push(std::move(packet));
  }
  Result<void> finish() override { return decoder_->finish(); }
  /// What follows of the source track is of another codec.
  Result<void> change(const media::Track& source) {
    WEIR_TRY(decoder_->change(source));
    return {};
  }

  media::Track track() const;
  int source_index() const { return source_index_; }
  /// Remembers where the source track begins.
  void note(const media::Packet& packet) {
    if (!first_pts_ && packet.track() == source_index_) first_pts_ = packet.pts();
  }
  const std::optional<media::Time>& first_pts() const { return first_pts_; }
  std::int64_t silence_us() const;

 private:
  SoundChain() = default;
  int source_index_ = 0;
  std::optional<media::Time> first_pts_;
  AudioRendition rendition_;
  std::string language_;
  std::unique_ptr<codec::Encoder> encoder_;
  std::unique_ptr<codec::AudioTimeline> timeline_;  // each flows into the one above
  std::unique_ptr<codec::Filter> resample_;
  std::unique_ptr<codec::Decoder> decoder_;
};

/// The source track a sound rendition is made of: the one in its language, else the first; nullptr
/// when the source has no sound.
const media::Track* choose_sound(const media::Tracks& tracks, const AudioRendition& rendition);

}  // namespace weir::ladder
