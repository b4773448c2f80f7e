#include "codec/audio_timeline.h"

#include <algorithm>
#include <cstdlib>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/samplefmt.h>
}

namespace weir::codec {
namespace {

constexpr std::int64_t kSilenceChunk = 4096;  // samples made at a time, however long the hole

Result<media::Frame> blank(const AVFrame& like, int samples) {
  media::Frame frame;
  AVFrame& raw = *frame.raw();
  raw.format = like.format;
  raw.sample_rate = like.sample_rate;
  raw.time_base = like.time_base;
  raw.nb_samples = samples;
  if (av_channel_layout_copy(&raw.ch_layout, &like.ch_layout) < 0 ||
      av_frame_get_buffer(&raw, 0) < 0)
    return fail(Code::kInternal, "out of memory");
  return frame;
}

}  // namespace

Result<flow::Flow> AudioTimeline::pass(media::Frame frame) {
  next_ = frame.raw()->pts + frame.raw()->nb_samples;
  return emit(std::move(frame));
}

Result<flow::Flow> AudioTimeline::fill(const AVFrame& like, std::int64_t samples) {
  silence_ += samples;
  while (samples > 0) {
    const int count = static_cast<int>(std::min(samples, kSilenceChunk));
    WEIR_TRY_ASSIGN(auto frame, blank(like, count));
    av_samples_set_silence(frame.raw()->extended_data, 0, count, like.ch_layout.nb_channels,
                           static_cast<AVSampleFormat>(like.format));
    frame.raw()->pts = next_;
    samples -= count;
    WEIR_TRY_ASSIGN(const auto flow, pass(std::move(frame)));
    if (flow == flow::Flow::kDone) return flow;
  }
  return flow::Flow::kMore;
}

Result<flow::Flow> AudioTimeline::push(media::Frame frame) {
  AVFrame& raw = *frame.raw();
  if (next_ == media::kNoTime) next_ = raw.pts;
  const std::int64_t off = raw.pts - next_;
  const std::int64_t tolerance = tolerance_.in(raw.time_base);
  if (off > tolerance) {
    WEIR_TRY_ASSIGN(const auto flow, fill(raw, off));
    if (flow == flow::Flow::kDone) return flow;
  }
  if (off < -tolerance) {
    const auto cut = static_cast<int>(std::min<std::int64_t>(-off, raw.nb_samples));
    dropped_ += cut;
    if (cut == raw.nb_samples) return flow::Flow::kMore;
    WEIR_TRY_ASSIGN(auto rest, blank(raw, raw.nb_samples - cut));
    av_samples_copy(rest.raw()->extended_data, raw.extended_data, 0, cut, raw.nb_samples - cut,
                    raw.ch_layout.nb_channels, static_cast<AVSampleFormat>(raw.format));
    frame = std::move(rest);
  }
  frame.raw()->pts = next_;
  return pass(std::move(frame));
}

}  // namespace weir::codec
