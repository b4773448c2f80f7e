#include "media/aac.h"

#include <array>

#include "media/bit_reader.h"

namespace weir::media {
namespace {

constexpr int kSbr = 5;
constexpr int kParametricStereo = 29;

int read_object_type(BitReader& in) {
  const int type = in.number(5);
  return type == 31 ? 32 + in.number(6) : type;
}

int read_sample_rate(BitReader& in) {
  constexpr std::array kRates = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                 22050, 16000, 12000, 11025, 8000,  7350};
  const std::size_t index = in.bits(4);
  if (index == 15) return in.number(24);
  return index < kRates.size() ? kRates[index] : 0;
}

// Backward compatible signalling: a mark somewhere behind the config of the core says there is SBR,
// and a second one behind it that there is parametric stereo.
int read_extension(BitReader in, int core) {
  constexpr std::uint64_t kSbrMark = 0x2b7;
  constexpr std::uint64_t kStereoMark = 0x548;
  for (std::uint64_t window = in.bits(11); in.ok(); window = (window << 1 | in.bits(1)) & 0x7ff) {
    if (window != kSbrMark || in.left() < 6) continue;
    if (read_object_type(in) != kSbr || !in.flag()) return core;
    read_sample_rate(in);
    const bool stereo = in.left() >= 12 && in.bits(11) == kStereoMark && in.flag();
    return stereo ? kParametricStereo : kSbr;
  }
  return core;
}

}  // namespace

Result<AacInfo> parse_audio_specific_config(ByteView config) {
  BitReader in(config);
  AacInfo info;
  info.object_type = read_object_type(in);
  info.sample_rate = read_sample_rate(in);
  info.channel_config = in.number(4);
  if (!in.ok() || info.object_type == 0)
    return fail(Code::kBadInput, "the AudioSpecificConfig is damaged");
  const bool explicit_extension = info.object_type == kSbr || info.object_type == kParametricStereo;
  if (!explicit_extension) info.object_type = read_extension(in, info.object_type);
  return info;
}

}  // namespace weir::media
