#include "media/adts.h"

#include <algorithm>

#include "media/aac.h"

namespace weir::media {
namespace {

constexpr std::array kRates = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                               22050, 16000, 12000, 11025, 8000,  7350};
constexpr std::size_t kLongest = (1 << 13) - 1;  // header included
constexpr int kSbr = 5, kParametricStereo = 29;

// HE-AAC is announced as its core, which is AAC-LC.
int core_of(int object_type) {
  return object_type == kSbr || object_type == kParametricStereo ? 2 : object_type;
}

}  // namespace

Result<Adts> Adts::open(ByteView config) {
  WEIR_TRY_ASSIGN(const AacInfo info, parse_audio_specific_config(config));
  const int type = core_of(info.object_type);
  const auto rate = std::find(kRates.begin(), kRates.end(), info.sample_rate);
  if (type > 4 || rate == kRates.end() || info.channel_config < 1 || info.channel_config > 7)
    return fail(Code::kUnsupported,
                "ADTS cannot carry aac of object type {}, {} Hz, channel configuration {}", type,
                info.sample_rate, info.channel_config);
  Adts adts;
  adts.profile_ = type - 1;
  adts.rate_index_ = static_cast<int>(rate - kRates.begin());
  adts.channels_ = info.channel_config;
  return adts;
}

Result<AdtsHeader> Adts::header(std::size_t frame_bytes) const {
  const std::size_t size = frame_bytes + std::tuple_size_v<AdtsHeader>;
  if (size > kLongest)
    return fail(Code::kBadInput, "an aac frame of {} bytes is too long for ADTS", frame_bytes);
  std::uint64_t bits = 0xfff1;  // sync word, MPEG-4, no checksum
  bits = bits << 2 | static_cast<unsigned>(profile_);
  bits = bits << 4 | static_cast<unsigned>(rate_index_);
  bits = bits << 4 | static_cast<unsigned>(channels_);  // behind the private bit
  bits = bits << 4;                                     // original, home, copyright: nothing said
  bits = bits << 13 | size;
  bits = bits << 11 | 0x7ff;  // buffer fullness: variable rate
  bits = bits << 2;           // one block of samples
  AdtsHeader out;
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>(bits >> 8 * (out.size() - 1 - i));
  return out;
}

}  // namespace weir::media
