#include "hls/cbcs.h"

#include <algorithm>

#include "hls/sample_entry.h"
#include "media/h26x.h"

namespace weir::hls {
namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kPattern = 10 * kBlock;  // one block encrypted, nine left clear
constexpr std::size_t kLength = 4;             // before each NAL unit
constexpr std::size_t kMostClear = 0xffff;

std::size_t length_at(ByteView sample, std::size_t at) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLength; ++i) length = length << 8 | sample[at + i];
  return std::min(length, sample.size() - at - kLength);
}

/// Collects subsamples; neighbours that stay clear are one.
class Stretches {
 public:
  void clear(std::size_t bytes) { clear_ += bytes; }
  void encrypted(std::size_t bytes) {
    flush_clear();
    out_.push_back(
        {static_cast<std::uint16_t>(std::exchange(clear_, 0)), static_cast<std::uint32_t>(bytes)});
  }
  Subsamples finish() {
    flush_clear();
    if (clear_ > 0 || out_.empty()) encrypted(0);
    return std::move(out_);
  }

 private:
  void flush_clear() {
    for (; clear_ > kMostClear; clear_ -= kMostClear) out_.push_back({kMostClear, 0});
  }
  std::size_t clear_ = 0;
  Subsamples out_;
};

}  // namespace

bool cbcs_carries(AVCodecID codec) {
  if (codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC) return true;
  return has_sample_entry(codec) && avcodec_get_type(codec) == AVMEDIA_TYPE_AUDIO;
}

Cbcs::Cbcs(const media::Track& track, const ContentKey& key)
    : codec_(track.codec()), key_(key), cipher_(key.key) {
  if (track.video()) headers_.emplace(codec_);
}

void Cbcs::learn(ByteView annex_b) {
  if (!headers_) return;
  for (const ByteView nal : media::split_annex_b(annex_b)) headers_->learn(nal);
}

Subsamples Cbcs::encrypt(std::span<std::uint8_t> sample) {
  if (headers_) return encrypt_pictures(sample);
  cipher_.start(key_.iv);
  cipher_.encrypt(sample);
  return {};
}

std::size_t Cbcs::clear_part(ByteView nal) const {
  if (nal.empty() || !media::is_slice(codec_, nal)) return nal.size();
  const std::size_t header = codec_ == AV_CODEC_ID_HEVC ? 2 : 1;
  return std::min(headers_->size(nal).value_or(header), nal.size());
}

Subsamples Cbcs::encrypt_pictures(std::span<std::uint8_t> sample) {
  Stretches stretches;
  std::size_t at = 0;
  while (at + kLength <= sample.size()) {
    const auto nal = sample.subspan(at + kLength, length_at(sample, at));
    const std::size_t clear = clear_part(nal);
    const auto data = nal.subspan(clear);
    stretches.clear(kLength + clear);
    if (data.size() >= kBlock) {
      encrypt_slice(data);
      stretches.encrypted(data.size());
    } else {
      stretches.clear(data.size());
    }
    at += kLength + nal.size();
  }
  stretches.clear(sample.size() - at);
  return stretches.finish();
}

void Cbcs::encrypt_slice(std::span<std::uint8_t> data) {
  cipher_.start(key_.iv);
  while (data.size() >= kBlock) {
    cipher_.encrypt(data.first(kBlock));
    data = data.subspan(std::min(kPattern, data.size()));
  }
}

}  // namespace weir::hls
