#include "probe/aac_length.h"

#include <algorithm>
#include <cstring>

namespace weir::probe {
namespace {

// ISO/IEC 14496-3 section 4.5.3.1: 6144 bits for each channel.
constexpr std::int64_t kChannelBytes = 768;

}  // namespace

Result<std::unique_ptr<AacLength>> AacLength::open(const media::Track& track) {
  if (track.codec() != AV_CODEC_ID_AAC)
    return fail(Code::kUnsupported, "frames of {} cannot be told from other bytes",
                track.codec_name());
  std::unique_ptr<AacLength> self(new AacLength);
  const AVCodec* codec = avcodec_find_decoder(track.codec());
  self->context_.reset(avcodec_alloc_context3(codec));
  self->packet_.reset(av_packet_alloc());
  self->frame_.reset(av_frame_alloc());
  if (codec == nullptr ||
      avcodec_parameters_to_context(self->context_.get(), track.par.get()) < 0 ||
      avcodec_open2(self->context_.get(), codec, nullptr) < 0)
    return fail(Code::kUnsupported, "no decoder for {}", track.codec_name());
  self->longest_ = kChannelBytes * std::max(1, track.par->ch_layout.nb_channels);
  return self;
}

bool AacLength::decodes(ByteView bytes) {
  padded_.assign(bytes.begin(), bytes.end());
  padded_.resize(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE);
  packet_->data = padded_.data();
  packet_->size = static_cast<int>(bytes.size());
  const int channels = context_->ch_layout.nb_channels;
  const bool taken = avcodec_send_packet(context_.get(), packet_.get()) >= 0;
  const bool out = taken && avcodec_receive_frame(context_.get(), frame_.get()) >= 0;
  const bool same = out && frame_->ch_layout.nb_channels == channels;
  av_frame_unref(frame_.get());
  packet_->data = nullptr;
  packet_->size = 0;
  avcodec_flush_buffers(context_.get());
  return same;
}

std::optional<std::int64_t> AacLength::of(ByteView bytes) {
  bytes = bytes.first(std::min(bytes.size(), std::size_t(longest_)));
  if (bytes.size() < 2 || !decodes(bytes)) return {};
  std::size_t fails = 0, holds = bytes.size();
  while (holds - fails > 1) {
    const std::size_t middle = fails + (holds - fails) / 2;
    (decodes(bytes.first(middle)) ? holds : fails) = middle;
  }
  return std::int64_t(holds);
}

}  // namespace weir::probe
