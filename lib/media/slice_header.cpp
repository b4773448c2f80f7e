#include "media/slice_header.h"

#include <algorithm>

#include "media/bit_reader.h"

namespace weir::media {
namespace {

constexpr std::size_t kLongest = 2048;  // bytes looked at; the largest header has a few hundred

// Where the byte behind the first `count` of the payload is, counted in the NAL unit itself.
std::size_t with_prevention(ByteView nal, std::size_t count) {
  int zeros = 0;
  std::size_t at = 0;
  for (; at < nal.size() && count > 0; ++at) {
    if (zeros >= 2 && nal[at] == 3) {
      zeros = 0;
      continue;
    }
    zeros = nal[at] == 0 ? zeros + 1 : 0;
    --count;
  }
  return at;
}

}  // namespace

bool is_slice(AVCodecID codec, ByteView nal) {
  if (codec == AV_CODEC_ID_HEVC) return (nal[0] >> 1 & 0x3f) < 32;
  const int type = nal[0] & 0x1f;
  return type >= 1 && type <= 5;
}

SliceHeaders::SliceHeaders(AVCodecID codec)
    : nal_header_(codec == AV_CODEC_ID_HEVC ? 2 : 1),
      reader_(codec == AV_CODEC_ID_HEVC ? make_hevc_slice_reader() : make_h264_slice_reader()) {}
SliceHeaders::~SliceHeaders() = default;
SliceHeaders::SliceHeaders(SliceHeaders&&) noexcept = default;
SliceHeaders& SliceHeaders::operator=(SliceHeaders&&) noexcept = default;

void SliceHeaders::learn(ByteView nal) {
  if (nal.size() > nal_header_) reader_->learn(nal);
}

std::optional<std::size_t> SliceHeaders::size(ByteView nal) const {
  if (nal.size() <= nal_header_) return {};
  const ByteView head = nal.first(std::min(nal.size(), kLongest));
  const Bytes payload = without_emulation_prevention(head.subspan(nal_header_));
  const auto bits = reader_->bits(nal, payload);
  if (!bits) return {};
  return with_prevention(nal, nal_header_ + (*bits + 7) / 8);
}

}  // namespace weir::media
