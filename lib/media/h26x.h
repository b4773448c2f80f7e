// H.264 and HEVC bitstreams: NAL units, parameter sets, decoder configuration records.
// Source: ITU-T H.264 (08/2021) sections 7.3, 7.4 and Annex B; ITU-T H.265 (08/2021) the same;
// ISO/IEC 14496-15:2019 sections 5.3.3 (avcC) and 8.3.3 (hvcC).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/av_ptr.h"

namespace weir::media {

/// The NAL units of an Annex B byte stream, without start codes, as views into it. Never fails:
/// bytes without a start code give nothing.
std::vector<ByteView> split_annex_b(ByteView bytes);

/// Those in front of the first slice, with the zeros that follow them; not a byte behind its header
/// is looked at.
std::vector<ByteView> nals_before_slices(AVCodecID codec, ByteView annex_b);

struct ParameterSets {
  std::vector<Bytes> vps;  ///< HEVC only.
  std::vector<Bytes> sps;
  std::vector<Bytes> pps;
};
/// Every distinct parameter set in front of the first slice of an Annex B byte stream, in order.
ParameterSets find_parameter_sets(AVCodecID codec, ByteView annex_b);
/// The same from extradata of either form: Annex B, or avcC/hvcC (first byte 1) as foreign files
/// have it. kBadInput when such a record is cut short.
Result<ParameterSets> extradata_parameter_sets(AVCodecID codec, ByteView extradata);

/// True when an access unit said to be H.264 brings the parameter sets of an HEVC stream in front,
/// or the other way round. For nearly all others it looks at two bytes.
bool is_other_codec(AVCodecID said, ByteView annex_b);

/// What a sequence parameter set says, as far as Weir needs it.
struct SequenceInfo {
  int profile = 0;                     ///< profile_idc / general_profile_idc
  std::uint8_t constraints = 0;        ///< H.264: the constraint_set flags byte
  int level = 0;                       ///< level_idc / general_level_idc, as coded
  bool high_tier = false;              ///< HEVC
  std::uint32_t compatibility = 0;     ///< HEVC: general_profile_compatibility_flags, as coded
  std::uint64_t hevc_constraints = 0;  ///< HEVC: the 48 constraint bits, first bit highest
  int width = 0;                       ///< Cropped, luma samples.
  int height = 0;
  int chroma_format = 1;  ///< chroma_format_idc
  int bit_depth_luma = 8;
  int bit_depth_chroma = 8;
  int primaries = 2;  ///< colour_primaries (ITU-T H.273), 2 = unspecified
  int transfer = 2;   ///< transfer_characteristics, the same
  int matrix = 2;     ///< matrix_coefficients, the same
  bool progressive =
      true;  ///< H.264: frame_mbs_only_flag; HEVC: general_progressive_source_flag or unknown
  int temporal_layers = 1;       ///< HEVC
  bool temporal_nested = false;  ///< HEVC
};
/// Parses one SPS NAL unit (with its header). Hostile bytes give kBadInput, never more.
Result<SequenceInfo> parse_sps(AVCodecID codec, ByteView nal);

/// avcC or hvcC from parameter sets in Annex B form. kBadInput when one is missing or damaged.
Result<Bytes> decoder_configuration(AVCodecID codec, ByteView annex_b);
Result<Bytes> decoder_configuration(AVCodecID codec, const ParameterSets& sets);

/// Puts a start code in the place of every four-byte length of a sample. False, and nothing is
/// changed, when the lengths do not add up to the sample.
bool to_annex_b_in_place(std::span<std::uint8_t> sample);

/// The NAL units of a sample in MP4 and FLV, as views: without access unit delimiters and filler;
/// without parameter sets too unless `keep_parameter_sets`.
std::vector<ByteView> sample_nals(AVCodecID codec, ByteView annex_b,
                                  bool keep_parameter_sets = false);
/// Such a sample as it is stored: each of them behind a four-byte length.
Bytes to_length_prefixed(AVCodecID codec, ByteView annex_b, bool keep_parameter_sets = false);

/// True when the first slice of the access unit is of an IDR picture (H.264) or an IDR/CRA/BLA
/// picture (HEVC `irap`).
bool has_idr(AVCodecID codec, ByteView annex_b);

}  // namespace weir::media
