// The two sequence parameter set syntaxes behind media::parse_sps() and SliceHeaders.
// Source: ITU-T H.264 (08/2021) sections 7.3.2.1 and E.1.1; ITU-T H.265 (08/2021) sections 7.3.2.2,
// 7.3.3, 7.3.4, 7.3.7 and E.2.1.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "media/bit_reader.h"
#include "media/h26x.h"
#include "media/hevc_reference_set.h"

namespace weir::media {

/// With what slice headers depend on.
struct H264Sequence {
  SequenceInfo info;
  int id = 0;
  bool separate_planes = false;
  int frame_number_bits = 4;
  int order_count_type = 0;
  int order_count_bits = 4;
  bool delta_order_always_zero = false;

  int chroma_array_type() const { return separate_planes ? 0 : info.chroma_format; }
};
struct HevcSequence {
  SequenceInfo info;
  int id = 0;
  bool separate_planes = false;
  int coded_width = 0;  ///< Luma samples, before cropping.
  int coded_height = 0;
  int order_count_bits = 4;
  int log2_block = 4;            ///< Of a coding tree block's side.
  bool adaptive_offset = false;  ///< sample_adaptive_offset_enabled_flag
  std::vector<ReferenceSet> short_term;
  bool long_term_present = false;
  std::vector<bool> long_term_used;  ///< used_by_curr_pic_lt_sps_flag of each
  bool temporal_vectors = false;     ///< sps_temporal_mvp_enabled_flag

  int chroma_array_type() const { return separate_planes ? 0 : info.chroma_format; }
};

/// One SPS NAL unit with its header. False when it is damaged; the result is then worth nothing.
bool read_h264_sps(ByteView nal, H264Sequence& out);
bool read_hevc_sps(ByteView nal, HevcSequence& out);
bool parse_h264_sps(ByteView nal, SequenceInfo& info);
bool parse_hevc_sps(ByteView nal, SequenceInfo& info);

/// scaling_list_data(), which picture parameter sets may have too.
void skip_hevc_scaling_matrix(BitReader& in);

/// The head of vui_parameters(), the same in both standards, as far as the colour description.
void read_vui_colour(BitReader& in, SequenceInfo& info);

/// Luma samples left after cropping by these counts of units; false when nothing is left.
struct CropUnits {
  int x = 1;
  int y = 1;
};
bool read_cropping(BitReader& in, CropUnits unit, SequenceInfo& info);

}  // namespace weir::media
