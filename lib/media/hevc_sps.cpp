#include <algorithm>
#include <vector>

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

bool read_size(BitReader& in, SequenceInfo& info) {
  info.chroma_format = in.ue_max(3);
  const bool separate_planes = info.chroma_format == 3 && in.flag();
  info.width = in.ue_max(kMaxSide);
  info.height = in.ue_max(kMaxSide);
  const bool halved = info.chroma_format == 1 || info.chroma_format == 2;
  const CropUnits unit{halved && !separate_planes ? 2 : 1, info.chroma_format == 1 ? 2 : 1};
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

void skip_scaling_matrix(BitReader& in) {
  for (int size_id = 0; size_id < 4; ++size_id)
    for (int matrix = 0; matrix < 6 && in.ok(); matrix += size_id == 3 ? 3 : 1)
      skip_scaling_list(in, size_id);
}

// Picture order distances of one short-term set. How many bits the next set takes depends on them.
struct ReferenceSet {
  std::vector<int> before;  // negative, nearest first
  std::vector<int> after;
};

constexpr int kMaxReferences = 16;
constexpr int kMaxDistance = 1 << 15;

void read_distances(BitReader& in, int count, int sign, std::vector<int>& out) {
  int distance = 0;
  for (int i = 0; i < count && in.ok(); ++i) {
    distance += in.ue_max(kMaxDistance - 1) + 1;
    in.skip(1);  // used_by_curr_pic
    out.push_back(sign * distance);
  }
}

// Equations 7-61 and 7-62: one side of a set predicted from another one shifted by `shift`. `kept`
// has a flag for each picture of `from` (before, then after) and a last one for `from`'s own
// picture.
std::vector<int> predicted_side(const ReferenceSet& from, int shift, const std::vector<bool>& kept,
                                int sign) {
  std::vector<int> out;
  const auto take = [&](int distance, std::size_t flag) {
    if (distance * sign > 0 && kept[flag]) out.push_back(distance);
  };
  const auto& far = sign < 0 ? from.after : from.before;
  const auto& near = sign < 0 ? from.before : from.after;
  const std::size_t far_flags = sign < 0 ? from.before.size() : 0;
  const std::size_t near_flags = sign < 0 ? 0 : from.before.size();
  for (std::size_t i = far.size(); i-- > 0;) take(far[i] + shift, far_flags + i);
  take(shift, kept.size() - 1);
  for (std::size_t i = 0; i < near.size(); ++i) take(near[i] + shift, near_flags + i);
  return out;
}

ReferenceSet read_predicted_set(BitReader& in, const ReferenceSet& from) {
  const int sign = in.flag() ? -1 : 1;
  const int shift = sign * (in.ue_max(kMaxDistance - 1) + 1);
  std::vector<bool> kept;
  for (std::size_t i = 0; i <= from.before.size() + from.after.size(); ++i) {
    const bool used = in.flag();
    kept.push_back(used || in.flag());
  }
  return {predicted_side(from, shift, kept, -1), predicted_side(from, shift, kept, 1)};
}

void skip_short_term_sets(BitReader& in) {
  const int count = in.ue_max(64);
  ReferenceSet last;
  for (int i = 0; i < count && in.ok(); ++i) {
    if (i > 0 && in.flag()) {
      last = read_predicted_set(in, last);
    } else {
      last = {};
      const int before = in.ue_max(kMaxReferences);
      const int after = in.ue_max(kMaxReferences);
      read_distances(in, before, -1, last.before);
      read_distances(in, after, 1, last.after);
    }
    if (last.before.size() + last.after.size() > 2 * kMaxReferences) in.skip(in.left() + 1);
  }
}

void skip_long_term_sets(BitReader& in, int order_count_bits) {
  if (!in.flag()) return;
  const int count = in.ue_max(32);
  in.skip(static_cast<std::size_t>(count) * static_cast<std::size_t>(order_count_bits + 1));
}

void skip_pcm(BitReader& in) {
  if (!in.flag()) return;
  in.skip(8);
  in.ue();
  in.ue();
  in.skip(1);
}

// Everything between the bit depths and the VUI.
void skip_coding_tools(BitReader& in, int sub_layers_minus1) {
  const int order_count_bits = 4 + in.ue_max(12);
  const int ordered_layers = in.flag() ? sub_layers_minus1 + 1 : 1;
  for (int i = 0; i < 3 * ordered_layers; ++i) in.ue();
  for (int i = 0; i < 6; ++i) in.ue();  // block sizes and transform depths
  if (in.flag() && in.flag()) skip_scaling_matrix(in);
  in.skip(2);  // amp_enabled_flag, sample_adaptive_offset_enabled_flag
  skip_pcm(in);
  skip_short_term_sets(in);
  skip_long_term_sets(in, order_count_bits);
  in.skip(2);  // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
}

}  // namespace

bool parse_hevc_sps(ByteView nal, SequenceInfo& info) {
  // Sets of enhancement layers have another syntax; streams we carry have one layer.
  if (nal.size() < 2 || (nal[0] >> 1 & 0x3f) != 33 || (nal[0] & 1) != 0 || nal[1] >> 3 != 0)
    return false;
  const Bytes payload = without_emulation_prevention(nal.subspan(2));
  BitReader in(payload);
  in.skip(4);  // sps_video_parameter_set_id
  const int sub_layers_minus1 = in.number(3);
  info.temporal_layers = sub_layers_minus1 + 1;
  info.temporal_nested = in.flag();
  if (sub_layers_minus1 > 6 || !read_profile(in, sub_layers_minus1, info)) return false;
  in.ue_max(15);  // sps_seq_parameter_set_id
  if (!read_size(in, info)) return false;
  info.bit_depth_luma = 8 + in.ue_max(8);
  info.bit_depth_chroma = 8 + in.ue_max(8);
  skip_coding_tools(in, sub_layers_minus1);
  if (in.flag()) read_vui_colour(in, info);
  return in.ok();
}

}  // namespace weir::media
