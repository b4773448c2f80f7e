// AV1 sequence headers and the record MP4 and FLV carry them in.
// Source: AV1 Bitstream & Decoding Process Specification sections 5.3, 5.5; AV1 Codec ISO Media
// File Format Binding section 2.3 (av1C).
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace weir::media {

struct Av1Info {
  int profile = 0;         ///< seq_profile
  int level = 0;           ///< seq_level_idx of operating point 0
  bool high_tier = false;  ///< seq_tier of operating point 0
  int bit_depth = 8;
  bool monochrome = false;
  int subsampling_x = 1;
  int subsampling_y = 1;
  int chroma_position = 0;
};

/// From extradata of either form: av1C, or open bitstream units with a sequence header among them.
/// kBadInput when there is none or it is damaged.
Result<Av1Info> parse_av1_extradata(ByteView extradata);

/// The av1C of extradata in either form.
Result<Bytes> av1_configuration(ByteView extradata);

/// A sample as MP4 and FLV store it: the temporal unit without temporal delimiters. Bytes that are
/// no whole units are passed on as they are.
Bytes without_temporal_delimiters(ByteView unit);

}  // namespace weir::media
