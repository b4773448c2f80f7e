#include "codec/encoder.h"

#include <algorithm>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libavutil/samplefmt.h>
}

#include "codec/x264_assembly.h"

namespace weir::codec {
namespace {

Result<media::CodecPtr> allocate(const std::string& name) {
  const AVCodec* codec = avcodec_find_encoder_by_name(name.c_str());
  if (codec == nullptr) return fail(Code::kUnsupported, "this build has no encoder '{}'", name);
  media::CodecPtr context(avcodec_alloc_context3(codec));
  if (!context) return fail(Code::kInternal, "out of memory");
  return context;
}

// The first sample format an encoder names is the one it works in.
AVSampleFormat preferred_format(const AVCodecContext& context) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
  const void* formats = nullptr;
  int count = 0;
  avcodec_get_supported_config(&context, nullptr, AV_CODEC_CONFIG_SAMPLE_FORMAT, 0, &formats,
                               &count);
  return count > 0 ? static_cast<const AVSampleFormat*>(formats)[0] : AV_SAMPLE_FMT_FLTP;
#else
  return context.codec->sample_fmts != nullptr ? context.codec->sample_fmts[0] : AV_SAMPLE_FMT_FLTP;
#endif
}

std::string with_safe_assembly(const VideoSettings& s, std::string params) {
  if (s.encoder != "libx264" || !needs_avx2(s.width)) return params;
  return params + (params.empty() ? "asm=avx2" : ":asm=avx2");
}

}  // namespace

Result<std::unique_ptr<Encoder>> Encoder::finish_open(media::CodecPtr context,
                                                      AVDictionary* options,
                                                      flow::Sink<media::Packet>& next) {
  context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
  const int error = avcodec_open2(context.get(), context->codec, &options);
  const auto* unknown = av_dict_get(options, "", nullptr, AV_DICT_IGNORE_SUFFIX);
  const std::string option = unknown == nullptr ? "" : unknown->key;
  av_dict_free(&options);
  if (error < 0)
    return fail(Code::kUnsupported, "encoder {} refuses its settings: {}", context->codec->name,
                media::av_error_text(error));
  if (!option.empty())
    return fail(Code::kUsage, "encoder {} has no option '{}'", context->codec->name, option);
  return std::unique_ptr<Encoder>(new Encoder(std::move(context), next));
}

Result<std::unique_ptr<Encoder>> Encoder::open(const VideoSettings& s,
                                               flow::Sink<media::Packet>& next) {
  WEIR_TRY_ASSIGN(auto context, allocate(s.encoder));
  context->width = s.width;
  context->height = s.height;
  context->pix_fmt = s.format;
  context->time_base = s.time_base;
  context->framerate = s.frame_rate;
  context->sample_aspect_ratio = s.sample_aspect_ratio;
  context->color_range = s.range;
  context->color_primaries = s.primaries;
  context->color_trc = s.transfer;
  context->colorspace = s.matrix;
  context->bit_rate = s.bitrate;
  context->rc_max_rate = s.max_bitrate;
  context->rc_buffer_size = static_cast<int>(std::min<std::int64_t>(s.buffer, INT32_MAX));
  context->thread_count = s.threads;
  AVDictionary* options = nullptr;
  std::string params;
  for (const auto& [key, value] : s.options) {
    if (key == "x264-params") params = value;
    av_dict_set(&options, key.c_str(), value.c_str(), 0);
  }
  params = with_safe_assembly(s, params);
  if (!params.empty()) av_dict_set(&options, "x264-params", params.c_str(), 0);
  return finish_open(std::move(context), options, next);
}

Result<std::unique_ptr<Encoder>> Encoder::open(const AudioSettings& s,
                                               flow::Sink<media::Packet>& next) {
  WEIR_TRY_ASSIGN(auto context, allocate(s.encoder));
  context->sample_rate = s.sample_rate;
  context->time_base = {1, s.sample_rate};
  context->bit_rate = s.bitrate;
  context->sample_fmt = preferred_format(*context);
  av_channel_layout_default(&context->ch_layout, s.channels);
  return finish_open(std::move(context), nullptr, next);
}

media::Track Encoder::track() const {
  media::Track track;
  track.index = index_;
  const bool video = context_->codec_type == AVMEDIA_TYPE_VIDEO;
  track.kind = video ? media::Kind::kVideo : media::Kind::kAudio;
  AVCodecParameters* par = avcodec_parameters_alloc();
  if (par != nullptr && avcodec_parameters_from_context(par, context_.get()) >= 0)
    track.par = media::copy_parameters(*par);
  avcodec_parameters_free(&par);
  track.time_base = context_->time_base;
  track.frame_rate = context_->framerate;
  track.bitrate = context_->bit_rate;
  track.max_bitrate = context_->rc_max_rate;
  return track;
}

Result<flow::Flow> Encoder::push(media::Frame frame) {
  if (context_->codec_type == AVMEDIA_TYPE_VIDEO || context_->frame_size == 0)
    return send(frame.raw());
  // Sound: gather until a frame of the encoder is full.
  const AVFrame& in = *frame.raw();
  AVFrame& have = *gathered_.raw();
  media::Frame joined;
  AVFrame& out = *joined.raw();
  out.format = in.format;
  out.sample_rate = in.sample_rate;
  out.nb_samples = gathered_samples_ + in.nb_samples;
  if (av_channel_layout_copy(&out.ch_layout, &in.ch_layout) < 0 || av_frame_get_buffer(&out, 0) < 0)
    return fail(Code::kInternal, "out of memory");
  const auto format = static_cast<AVSampleFormat>(in.format);
  const int channels = in.ch_layout.nb_channels;
  if (gathered_samples_ > 0)
    av_samples_copy(out.extended_data, have.extended_data, 0, 0, gathered_samples_, channels,
                    format);
  av_samples_copy(out.extended_data, in.extended_data, gathered_samples_, 0, in.nb_samples,
                  channels, format);
  out.pts = gathered_samples_ > 0 ? have.pts : in.pts;
  out.time_base = in.time_base;
  gathered_samples_ = out.nb_samples;
  gathered_ = std::move(joined);
  return send_whole_frames(false);
}

Result<flow::Flow> Encoder::send_whole_frames(bool last) {
  AVFrame& have = *gathered_.raw();
  const auto format = static_cast<AVSampleFormat>(have.format);
  const int size = context_->frame_size;
  int used = 0;
  while (gathered_samples_ - used >= (last ? 1 : size)) {
    media::Frame whole;
    AVFrame& out = *whole.raw();
    out.format = have.format;
    out.sample_rate = have.sample_rate;
    out.nb_samples = std::min(size, gathered_samples_ - used);
    if (av_channel_layout_copy(&out.ch_layout, &have.ch_layout) < 0 ||
        av_frame_get_buffer(&out, 0) < 0)
      return fail(Code::kInternal, "out of memory");
    av_samples_copy(out.extended_data, have.extended_data, 0, used, out.nb_samples,
                    have.ch_layout.nb_channels, format);
    out.pts = have.pts + used;
    used += out.nb_samples;
    WEIR_TRY_ASSIGN(const auto flow, send(whole.raw()));
    if (flow == flow::Flow::kDone) return flow;
  }
  if (used > 0 && used < gathered_samples_)
    av_samples_copy(have.extended_data, have.extended_data, 0, used, gathered_samples_ - used,
                    have.ch_layout.nb_channels, format);
  have.pts += used;
  gathered_samples_ -= used;
  return flow::Flow::kMore;
}

Result<flow::Flow> Encoder::send(const AVFrame* frame) {
  const int error = avcodec_send_frame(context_.get(), frame);
  if (error < 0 && error != AVERROR_EOF)
    return fail(Code::kInternal, "encoder {} failed: {}", context_->codec->name,
                media::av_error_text(error));
  while (true) {
    media::Packet packet;
    const int got = avcodec_receive_packet(context_.get(), packet.raw());
    if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return flow::Flow::kMore;
    if (got < 0)
      return fail(Code::kInternal, "encoder {} failed: {}", context_->codec->name,
                  media::av_error_text(got));
    packet.raw()->time_base = context_->time_base;
    packet.raw()->stream_index = index_;
    WEIR_TRY_ASSIGN(const auto flow, emit(std::move(packet)));
    if (flow == flow::Flow::kDone) return flow;
  }
}

Result<void> Encoder::finish() {
  Result<flow::Flow> flow = flow::Flow::kMore;
  if (gathered_samples_ > 0) flow = send_whole_frames(true);
  if (flow) flow = send(nullptr);
  auto finished = finish_next();
  if (!flow) return fail(std::move(flow).error());
  return finished;
}

}  // namespace weir::codec
