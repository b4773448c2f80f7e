#include "ingest/slate_lane.h"

#include <new>
#include <optional>
#include <utility>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/samplefmt.h>
}

#include "codec/audio_timeline.h"
#include "codec/filter.h"
#include "codec/filter_text.h"
#include "ingest/slate_form.h"

namespace weir::ingest {
namespace {

using flow::Flow;

constexpr media::Time kTolerance{20, {1, 1000}};  // of sound, until it is moved
constexpr int kSilence = 1024;                    // samples

class PictureLane : public SlateLane,
                    private flow::Sink<media::Frame>,
                    private flow::Sink<media::Packet> {
 public:
  PictureLane(const media::Track& track, SlateStart start, const media::Track* clip,
              codec::VideoSettings form)
      : SlateLane(track, start),
        form_(std::move(form)),
        filter_([this, clip](const AVFrame& frame) { return slate_filter(*clip, frame, form_); },
                *this) {}
  Result<void> open() {
    WEIR_TRY_ASSIGN(encoder_, codec::Encoder::open(form_, *this));
    return {};
  }

  Result<void> make() override {
    if (!black_) black_ = black_picture(form_);
    WEIR_TRY(push(black_->share()));
    return {};
  }
  Result<void> take(media::Frame frame, media::Time) override {
    WEIR_TRY(filter_.push(std::move(frame)));
    return {};
  }
  media::Time position() const override { return {stamp(count_), track_.time_base}; }

 private:
  std::int64_t stamp(std::int64_t picture) const {
    return start_.pts + media::Time{picture, form_.time_base}.in(track_.time_base);
  }
  Result<Flow> push(media::Frame frame) override {
    auto& raw = *frame.raw();
    raw.pts = count_++;
    raw.time_base = form_.time_base;
    raw.pict_type = AV_PICTURE_TYPE_NONE;
    return encoder_->push(std::move(frame));
  }
  Result<Flow> push(media::Packet packet) override {
    auto& raw = *packet.raw();
    const std::int64_t picture = raw.pts;
    raw.stream_index = track_.index;
    raw.time_base = track_.time_base;
    raw.pts = stamp(picture);
    raw.dts = raw.pts - start_.delay;
    raw.duration = stamp(picture + 1) - raw.pts;
    ready.push_back(std::move(packet));
    return Flow::kMore;
  }
  Result<void> finish() override { return {}; }

  const codec::VideoSettings form_;
  codec::Filter filter_;
  std::unique_ptr<codec::Encoder> encoder_;
  std::optional<media::Frame> black_;
  std::int64_t count_ = 0;
};

class SoundLane : public SlateLane,
                  private flow::Sink<media::Frame>,
                  private flow::Sink<media::Packet> {
 public:
  SoundLane(const media::Track& track, SlateStart start, codec::AudioSettings form)
      : SlateLane(track, start),
        form_(std::move(form)),
        base_{1, form_.sample_rate},
        filter_(
            [this](const AVFrame&) {
              return codec::sound_filter(form_.sample_rate, format_, form_.channels);
            },
            *this) {}
  Result<void> open() {
    WEIR_TRY_ASSIGN(encoder_, codec::Encoder::open(form_, *this));
    format_ = static_cast<AVSampleFormat>(encoder_->track().par->format);
    timeline_.emplace(kTolerance, *encoder_);
    timeline_->begin(0);
    return {};
  }

  Result<void> make() override {
    media::Frame frame;
    AVFrame& raw = *frame.raw();
    raw.format = format_;
    raw.sample_rate = form_.sample_rate;
    raw.nb_samples = kSilence;
    av_channel_layout_default(&raw.ch_layout, form_.channels);
    if (av_frame_get_buffer(&raw, 0) < 0) throw std::bad_alloc();
    av_samples_set_silence(raw.extended_data, 0, kSilence, form_.channels, format_);
    raw.pts = timeline_->position();
    raw.time_base = base_;
    WEIR_TRY(timeline_->push(std::move(frame)));
    return {};
  }
  Result<void> take(media::Frame frame, media::Time shift) override {
    shift_ = shift.in(base_)-media::Time{start_.pts, track_.time_base}.in(base_);
    WEIR_TRY(filter_.push(std::move(frame)));
    return {};
  }
  media::Time position() const override { return {stamp(timeline_->position()), track_.time_base}; }

 private:
  std::int64_t stamp(std::int64_t sample) const {
    return start_.pts + media::Time{sample, base_}.in(track_.time_base);
  }
  Result<Flow> push(media::Frame frame) override {
    frame.raw()->pts += shift_;
    return timeline_->push(std::move(frame));
  }
  // What the encoder puts in front of its first sample is left out, but for less than a packet.
  Result<Flow> push(media::Packet packet) override {
    auto& raw = *packet.raw();
    if (!lead_ && raw.pts + raw.duration <= 0) return Flow::kMore;
    if (!lead_) lead_ = raw.pts;
    const std::int64_t at = raw.pts - *lead_, end = at + raw.duration;
    raw.stream_index = track_.index;
    raw.time_base = track_.time_base;
    raw.pts = raw.dts = stamp(at);
    raw.duration = stamp(end) - raw.pts;
    ready.push_back(std::move(packet));
    return Flow::kMore;
  }
  Result<void> finish() override { return {}; }

  const codec::AudioSettings form_;
  const AVRational base_;
  AVSampleFormat format_ = AV_SAMPLE_FMT_NONE;
  codec::Filter filter_;
  std::unique_ptr<codec::Encoder> encoder_;
  std::optional<codec::AudioTimeline> timeline_;
  std::int64_t shift_ = 0;  // of the clip's samples
  std::optional<std::int64_t> lead_;
};

}  // namespace

Result<std::unique_ptr<SlateLane>> SlateLane::open(const media::Track& track, SlateStart start,
                                                   const media::Track* clip) {
  if (track.video()) {
    WEIR_TRY_ASSIGN(auto form, slate_pictures(track));
    auto lane = std::make_unique<PictureLane>(track, start, clip, std::move(form));
    WEIR_TRY(lane->open());
    return std::unique_ptr<SlateLane>(std::move(lane));
  }
  WEIR_TRY_ASSIGN(auto form, slate_sound(track));
  auto lane = std::make_unique<SoundLane>(track, start, std::move(form));
  WEIR_TRY(lane->open());
  return std::unique_ptr<SlateLane>(std::move(lane));
}

}  // namespace weir::ingest
