#include <algorithm>
#include <array>

#include "media/sps.h"

namespace weir::media {
namespace {

constexpr int kMaxMacroblocks = 4096;  // in one direction: 65536 samples, beyond every level

bool has_chroma_info(int profile) {
  constexpr std::array kProfiles = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
  return std::find(kProfiles.begin(), kProfiles.end(), profile) != kProfiles.end();
}

void skip_scaling_list(BitReader& in, int size) {
  std::int64_t last = 8;
  std::int64_t next = 8;
  for (int i = 0; i < size && in.ok(); ++i) {
    if (next != 0) next = (last + in.se() % 256 + 256) % 256;
    if (next != 0) last = next;
  }
}

void skip_scaling_matrix(BitReader& in, int chroma_format) {
  const int lists = chroma_format == 3 ? 12 : 8;
  for (int i = 0; i < lists && in.ok(); ++i)
    if (in.flag()) skip_scaling_list(in, i < 6 ? 16 : 64);
}

void read_chroma_info(BitReader& in, H264Sequence& out) {
  SequenceInfo& info = out.info;
  info.chroma_format = in.ue_max(3);
  out.separate_planes = info.chroma_format == 3 && in.flag();
  info.bit_depth_luma = 8 + in.ue_max(6);
  info.bit_depth_chroma = 8 + in.ue_max(6);
  in.skip(1);  // qpprime_y_zero_transform_bypass_flag
  if (in.flag()) skip_scaling_matrix(in, info.chroma_format);
}

void read_order_count(BitReader& in, H264Sequence& out) {
  out.order_count_type = in.ue_max(2);
  if (out.order_count_type == 0) out.order_count_bits = 4 + in.ue_max(12);
  if (out.order_count_type != 1) return;
  out.delta_order_always_zero = in.flag();
  in.se();
  in.se();
  const int cycle = in.ue_max(255);
  for (int i = 0; i < cycle && in.ok(); ++i) in.se();
}

CropUnits crop_units(int chroma_array_type, bool progressive) {
  const int fields = progressive ? 1 : 2;
  switch (chroma_array_type) {
    case 1:
      return {2, 2 * fields};
    case 2:
      return {2, fields};
    default:
      return {1, fields};
  }
}

bool read_size(BitReader& in, int chroma_array_type, SequenceInfo& info) {
  const int columns = in.ue_max(kMaxMacroblocks - 1) + 1;
  const int rows = in.ue_max(kMaxMacroblocks - 1) + 1;
  info.progressive = in.flag();
  if (!info.progressive) in.skip(1);  // mb_adaptive_frame_field_flag
  in.skip(1);                         // direct_8x8_inference_flag
  info.width = columns * 16;
  info.height = rows * 16 * (info.progressive ? 1 : 2);
  return !in.flag() || read_cropping(in, crop_units(chroma_array_type, info.progressive), info);
}

}  // namespace

bool read_cropping(BitReader& in, CropUnits unit, SequenceInfo& info) {
  constexpr int kMax = 65535;
  const int left = in.ue_max(kMax);
  const int right = in.ue_max(kMax);
  const int top = in.ue_max(kMax);
  const int bottom = in.ue_max(kMax);
  info.width -= (left + right) * unit.x;
  info.height -= (top + bottom) * unit.y;
  return in.ok() && info.width > 0 && info.height > 0;
}

void read_vui_colour(BitReader& in, SequenceInfo& info) {
  constexpr int kExtendedRatio = 255;
  if (in.flag() && in.number(8) == kExtendedRatio) in.skip(32);
  if (in.flag()) in.skip(1);  // overscan_appropriate_flag
  if (!in.flag()) return;     // video_signal_type_present_flag
  in.skip(4);                 // video_format, video_full_range_flag
  if (!in.flag()) return;
  info.primaries = in.number(8);
  info.transfer = in.number(8);
  info.matrix = in.number(8);
}

bool read_h264_sps(ByteView nal, H264Sequence& out) {
  if (nal.empty() || (nal[0] & 0x1f) != 7) return false;
  const Bytes payload = without_emulation_prevention(nal.subspan(1));
  BitReader in(payload);
  SequenceInfo& info = out.info;
  info.profile = in.number(8);
  info.constraints = static_cast<std::uint8_t>(in.bits(8));
  info.level = in.number(8);
  out.id = in.ue_max(31);
  if (has_chroma_info(info.profile)) read_chroma_info(in, out);
  out.frame_number_bits = 4 + in.ue_max(12);
  read_order_count(in, out);
  in.ue();     // max_num_ref_frames
  in.skip(1);  // gaps_in_frame_num_value_allowed_flag
  if (!read_size(in, out.chroma_array_type(), info)) return false;
  if (in.flag()) read_vui_colour(in, info);
  return in.ok();
}

bool parse_h264_sps(ByteView nal, SequenceInfo& info) {
  H264Sequence sequence;
  const bool good = read_h264_sps(nal, sequence);
  info = sequence.info;
  return good;
}

}  // namespace weir::media
