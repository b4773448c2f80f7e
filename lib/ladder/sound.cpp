#include "ladder/sound.h"

#include "codec/filter_text.h"

namespace weir::ladder {
namespace {

constexpr media::Time kTolerance{20, {1, 1000}};

// 44.1 kHz material stays as it is; everything else meets players at 48 kHz.
int rate_for(const media::Track& source) {
  return source.par->sample_rate == 44'100 ? 44'100 : 48'000;
}

}  // namespace

const media::Track* choose_sound(const media::Tracks& tracks, const AudioRendition& rendition) {
  const media::Track* first = nullptr;
  for (const auto& track : tracks) {
    if (!track.audio()) continue;
    if (!rendition.language.empty() && track.language == rendition.language) return &track;
    if (first == nullptr) first = &track;
  }
  return first;
}

Result<std::unique_ptr<SoundChain>> SoundChain::open(const AudioRendition& rendition,
                                                     const media::Track& source,
                                                     flow::Sink<media::Packet>& next) {
  std::unique_ptr<SoundChain> self(new SoundChain);
  self->source_index_ = source.index;
  self->rendition_ = rendition;
  self->language_ = rendition.language.empty() ? source.language : rendition.language;
  codec::AudioSettings settings;
  settings.sample_rate = rate_for(source);
  settings.channels = rendition.channels;
  settings.bitrate = rendition.bitrate;
  auto encoder = codec::Encoder::open(settings, next);
  if (!encoder) return fail(std::move(encoder.error()).within("sound " + rendition.name));
  self->encoder_ = std::move(*encoder);
  self->timeline_ = std::make_unique<codec::AudioTimeline>(kTolerance, *self->encoder_);
  self->resample_ = std::make_unique<codec::Filter>(
      [settings](const AVFrame&) {
        return codec::sound_filter(settings.sample_rate, AV_SAMPLE_FMT_FLTP, settings.channels);
      },
      *self->timeline_);
  WEIR_TRY_ASSIGN(self->decoder_, codec::Decoder::open(source, 1, *self->resample_));
  return self;
}

media::Track SoundChain::track() const {
  media::Track track = encoder_->track();
  track.rendition = rendition_.name;
  track.language = language_;
  return track;
}

std::int64_t SoundChain::silence_us() const {
  const auto rate = encoder_->track().par->sample_rate;
  return media::Time{timeline_->silence_samples(), {1, rate}}.micros();
}

}  // namespace weir::ladder
