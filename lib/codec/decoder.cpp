#include "codec/decoder.h"

namespace weir::codec {

Result<media::CodecPtr> Decoder::open_context(const media::Track& track, int threads) {
  const AVCodec* codec = avcodec_find_decoder(track.codec());
  if (codec == nullptr) return fail(Code::kUnsupported, "no decoder for {}", track.codec_name());
  media::CodecPtr context(avcodec_alloc_context3(codec));
  if (!context || avcodec_parameters_to_context(context.get(), track.par.get()) < 0)
    return fail(Code::kInternal, "out of memory");
  context->pkt_timebase = track.time_base;
  context->thread_count = threads;
  const int error = avcodec_open2(context.get(), codec, nullptr);
  if (error < 0)
    return fail(Code::kBadInput, "cannot decode {}: {}", track.codec_name(),
                media::av_error_text(error));
  return context;
}

Result<std::unique_ptr<Decoder>> Decoder::open(const media::Track& track, int threads,
                                               flow::Sink<media::Frame>& next) {
  WEIR_TRY_ASSIGN(auto context, open_context(track, threads));
  return std::unique_ptr<Decoder>(new Decoder(std::move(context), next));
}

Result<flow::Flow> Decoder::change(const media::Track& track) {
  avcodec_send_packet(context_.get(), nullptr);
  WEIR_TRY_ASSIGN(const auto flow, drain());
  WEIR_TRY_ASSIGN(context_, open_context(track, context_->thread_count));
  return flow;
}

Result<flow::Flow> Decoder::push(media::Packet packet) {
  const int error = avcodec_send_packet(context_.get(), packet.raw());
  if (error == AVERROR(ENOMEM)) return fail(Code::kInternal, "out of memory");
  if (error < 0) ++damaged_;
  return drain();
}

Result<void> Decoder::finish() {
  avcodec_send_packet(context_.get(), nullptr);
  auto flow = drain();
  auto finished = finish_next();
  if (!flow) return fail(std::move(flow).error());
  return finished;
}

// Frames keep the order of the stream, so a missing or backward stamp follows the one before.
void Decoder::stamp(media::Frame& frame) {
  AVFrame& raw = *frame.raw();
  raw.time_base = context_->pkt_timebase;
  raw.pts = raw.best_effort_timestamp;
  if (raw.pts == media::kNoTime) raw.pts = next_pts_ == media::kNoTime ? 0 : next_pts_;
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 2, 100)
  const std::int64_t duration = raw.duration;
#else
  const std::int64_t duration = raw.pkt_duration;
#endif
  const bool sound = context_->codec_type == AVMEDIA_TYPE_AUDIO;
  next_pts_ = raw.pts + (sound ? raw.nb_samples : duration);
}

Result<flow::Flow> Decoder::drain() {
  while (true) {
    media::Frame frame;
    const int error = avcodec_receive_frame(context_.get(), frame.raw());
    if (error == AVERROR(EAGAIN) || error == AVERROR_EOF) return flow::Flow::kMore;
    if (error < 0) {
      ++damaged_;
      continue;
    }
    stamp(frame);
    WEIR_TRY_ASSIGN(const auto flow, emit(std::move(frame)));
    if (flow == flow::Flow::kDone) return flow;
  }
}

}  // namespace weir::codec
