#include <algorithm>

#include "media/sps.h"

namespace weir::media {
namespace {

constexpr int kMaxSide = 65535;

// profile_tier_level(1, sub_layers_minus1); false for a profile space nobody has defined.
bool read_profile(BitReader& in, int sub_layers_minus1, SequenceInfo& info) {
  if (in.number(2) != 0) return false;
  info.high_tier = in.flag();
  info.profile = in.number(5);
  info.compatibility = static_cast<std::uint32_t>(in.bits(32));
  info.hevc_constraints = in.bits(48);
  info.level = in.number(8);
  const bool progressive_source = (info.hevc_constraints >> 47 & 1) != 0;
  const bool interlaced_source = (info.hevc_constraints >> 46 & 1) != 0;
  info.progressive = progressive_source || !interlaced_source;
  if (sub_layers_minus1 == 0) return true;
  std::size_t sub_layer_bits = 0;
  for (int i = 0; i < 8; ++i) {
    const bool profile_present = in.flag();
    const bool level_present = in.flag();
    if (i < sub_layers_minus1)
      sub_layer_bits += (profile_present ? 88 : 0) + (level_present ? 8 : 0);
  }
  in.skip(sub_layer_bits);
  return true;
}

bool read_size(BitReader& in, HevcSequence& out) {
  SequenceInfo& info = out.info;
  info.chroma_format = in.ue_max(3);
  out.separate_planes = info.chroma_format == 3 && in.flag();
  info.width = out.coded_width = in.ue_max(kMaxSide);
  info.height = out.coded_height = in.ue_max(kMaxSide);
  const bool halved = info.chroma_format == 1 || info.chroma_format == 2;
  const CropUnits unit{halved && !out.separate_planes ? 2 : 1, info.chroma_format == 1 ? 2 : 1};
  if (in.flag()) return read_cropping(in, unit, info);
  return info.width > 0 && info.height > 0;
}

void skip_scaling_list(BitReader& in, int size_id) {
  if (!in.flag()) {
    in.ue();  // scaling_list_pred_matrix_id_delta
    return;
  }
  if (size_id > 1) in.se();
  const int coefficients = std::min(64, 1 << (4 + 2 * size_id));
  for (int i = 0; i < coefficients && in.ok(); ++i) in.se();
}

}  // namespace

void skip_hevc_scaling_matrix(BitReader& in) {
  for (int size_id = 0; size_id < 4; ++size_id)
    for (int matrix = 0; matrix < 6 && in.ok(); matrix += size_id == 3 ? 3 : 1)
      skip_scaling_list(in, size_id);
}

namespace {

void read_short_term_sets(BitReader& in, HevcSequence& out) {
  const int count = in.ue_max(64);
  for (int i = 0; i < count && in.ok(); ++i)
    out.short_term.push_back(read_reference_set(in, out.short_term, false));
}

void read_long_term_pictures(BitReader& in, HevcSequence& out) {
  out.long_term_present = in.flag();
  const int count = out.long_term_present ? in.ue_max(32) : 0;
  for (int i = 0; i < count && in.ok(); ++i) {
    in.skip(static_cast<std::size_t>(out.order_count_bits));
    out.long_term_used.push_back(in.flag());
  }
}

void skip_pcm(BitReader& in) {
  if (!in.flag()) return;
  in.skip(8);
  in.ue();
  in.ue();
  in.skip(1);
}

// Everything between the bit depths and the VUI.
void read_coding_tools(BitReader& in, int sub_layers_minus1, HevcSequence& out) {
  out.order_count_bits = 4 + in.ue_max(12);
  const int ordered_layers = in.flag() ? sub_layers_minus1 + 1 : 1;
  for (int i = 0; i < 3 * ordered_layers; ++i) in.ue();
  const int smallest = 3 + in.ue_max(3);
  out.log2_block = smallest + in.ue_max(3);
  for (int i = 0; i < 4; ++i) in.ue();  // transform sizes and depths
  if (in.flag() && in.flag()) skip_hevc_scaling_matrix(in);
  in.skip(1);  // amp_enabled_flag
  out.adaptive_offset = in.flag();
  skip_pcm(in);
  read_short_term_sets(in, out);
  read_long_term_pictures(in, out);
  out.temporal_vectors = in.flag();
  in.skip(1);  // strong_intra_smoothing_enabled_flag
}

}  // namespace

bool read_hevc_sps(ByteView nal, HevcSequence& out) {
  // Sets of enhancement layers have another syntax; streams we carry have one layer.
  if (nal.size() < 2 || (nal[0] >> 1 & 0x3f) != 33 || (nal[0] & 1) != 0 || nal[1] >> 3 != 0)
    return false;
  const Bytes payload = without_emulation_prevention(nal.subspan(2));
  BitReader in(payload);
  SequenceInfo& info = out.info;
  in.skip(4);  // sps_video_parameter_set_id
  const int sub_layers_minus1 = in.number(3);
  info.temporal_layers = sub_layers_minus1 + 1;
  info.temporal_nested = in.flag();
  if (sub_layers_minus1 > 6 || !read_profile(in, sub_layers_minus1, info)) return false;
  out.id = in.ue_max(15);
  if (!read_size(in, out)) return false;
  info.bit_depth_luma = 8 + in.ue_max(8);
  info.bit_depth_chroma = 8 + in.ue_max(8);
  read_coding_tools(in, sub_layers_minus1, out);
  if (in.flag()) read_vui_colour(in, info);
  return in.ok();
}

bool parse_hevc_sps(ByteView nal, SequenceInfo& info) {
  HevcSequence sequence;
  const bool good = read_hevc_sps(nal, sequence);
  info = sequence.info;
  return good;
}

}  // namespace weir::media
