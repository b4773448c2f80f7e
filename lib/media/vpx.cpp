#include "media/vpx.h"

#include "media/bit_reader.h"

namespace weir::media {
namespace {

constexpr std::uint64_t kVp9Sync = 0x498342;
constexpr std::uint64_t kVp8Sync = 0x9d012a;
constexpr int kRgb = 7;

tl::unexpected<Error> damaged(const char* codec) {
  return fail(Code::kBadInput, "a {} key frame has a damaged header", codec);
}

struct Level {
  int name;
  double samples_a_second;
  std::int64_t picture_size;
};
constexpr Level kLevels[] = {{10, 829'440, 36'864},           {11, 2'764'800, 73'728},
                             {20, 4'608'000, 122'880},        {21, 9'216'000, 245'760},
                             {30, 20'736'000, 552'960},       {31, 36'864'000, 983'040},
                             {40, 83'558'400, 2'228'224},     {41, 160'432'128, 2'228'224},
                             {50, 311'951'360, 8'912'896},    {51, 588'251'136, 8'912'896},
                             {52, 1'176'502'272, 8'912'896},  {60, 1'176'502'272, 35'651'584},
                             {61, 2'353'004'544, 35'651'584}, {62, 4'706'009'088, 35'651'584}};

int vp9_level(const VpxInfo& info, AVRational rate) {
  const std::int64_t size = std::int64_t{info.width} * info.height;
  const double samples = static_cast<double>(size) * (rate.num > 0 ? av_q2d(rate) : 0);
  for (const auto& level : kLevels)
    if (size <= level.picture_size && samples <= level.samples_a_second) return level.name;
  return 0;  // undefined
}

// What VP9 numbers its colour spaces with, in H.273.
void read_colours(int space, VpxInfo& info) {
  struct Colours {
    int primaries, transfer, matrix;
  };
  constexpr Colours kSpaces[] = {{2, 2, 2}, {6, 6, 6}, {1, 1, 1}, {6, 6, 6},
                                 {7, 7, 7}, {9, 2, 9}, {2, 2, 2}, {1, 13, 0}};
  info.primaries = kSpaces[space].primaries;
  info.transfer = kSpaces[space].transfer;
  info.matrix = kSpaces[space].matrix;
}

void read_vp9_format(BitReader& in, VpxInfo& info) {
  if (info.profile >= 2) info.bit_depth = in.flag() ? 12 : 10;
  const int space = in.number(3);
  read_colours(space, info);
  const bool odd = info.profile == 1 || info.profile == 3;
  info.full_range = space == kRgb || in.flag();
  if (space == kRgb) info.subsampling_x = info.subsampling_y = 0;
  if (space != kRgb && odd) {
    info.subsampling_x = in.number(1);
    info.subsampling_y = in.number(1);
  }
  if (odd) in.skip(1);
}

Result<VpxInfo> parse_vp9(ByteView frame) {
  BitReader in(frame);
  VpxInfo info;
  const bool marked = in.bits(2) == 2;
  info.profile = in.number(1);
  info.profile |= in.number(1) << 1;
  if (info.profile == 3) in.skip(1);
  const bool shown_again = in.flag();
  const bool inter = in.flag();
  in.skip(2);
  if (!marked || shown_again || inter || in.bits(24) != kVp9Sync) return damaged("vp9");
  read_vp9_format(in, info);
  info.width = in.number(16) + 1;
  info.height = in.number(16) + 1;
  if (!in.ok()) return damaged("vp9");
  return info;
}

Result<VpxInfo> parse_vp8(ByteView frame) {
  constexpr std::size_t kHead = 10;
  if (frame.size() < kHead || (frame[0] & 1) != 0) return damaged("vp8");
  VpxInfo info;
  info.profile = frame[0] >> 1 & 7;
  BitReader in(frame.subspan(3));
  if (in.bits(24) != kVp8Sync) return damaged("vp8");
  info.width = (frame[6] | frame[7] << 8) & 0x3fff;
  info.height = (frame[8] | frame[9] << 8) & 0x3fff;
  return info;
}

unsigned chroma(const VpxInfo& info) {
  if (info.subsampling_x == 0) return 3;
  return info.subsampling_y == 0 ? 2 : 1;  // 4:2:0: chroma samples beside luma ones
}

}  // namespace

Result<VpxInfo> parse_vpx_key_frame(AVCodecID codec, ByteView frame) {
  return codec == AV_CODEC_ID_VP9 ? parse_vp9(frame) : parse_vp8(frame);
}

Bytes vpx_configuration(const VpxInfo& info, const Track& track) {
  const auto& par = *track.par;
  const auto told = [](int frame, int of_track) {
    return static_cast<std::uint64_t>(frame != 2 ? frame : of_track);
  };
  Bytes record;
  ByteWriter out(record);
  const bool vp9 = track.codec() == AV_CODEC_ID_VP9;
  out.u8(static_cast<std::uint64_t>(info.profile));
  out.u8(vp9 ? static_cast<std::uint64_t>(vp9_level(info, track.frame_rate)) : 0);
  out.u8(static_cast<unsigned>(info.bit_depth) << 4 | chroma(info) << 1 |
         (info.full_range ? 1u : 0u));
  out.u8(told(info.primaries, par.color_primaries));
  out.u8(told(info.transfer, par.color_trc));
  out.u8(told(info.matrix, par.color_space));
  out.u16(0);  // no codec initialization data
  return record;
}

}  // namespace weir::media
