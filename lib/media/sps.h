// The two sequence parameter set syntaxes behind media::parse_sps().
// Source: ITU-T H.264 (08/2021) sections 7.3.2.1 and E.1.1; ITU-T H.265 (08/2021) sections 7.3.2.2,
// 7.3.3, 7.3.4, 7.3.7 and E.2.1.
#pragma once

#include "base/bytes.h"
#include "media/bit_reader.h"
#include "media/h26x.h"

namespace weir::media {

/// One SPS NAL unit with its header. False when it is damaged; `info` is then worth nothing.
bool parse_h264_sps(ByteView nal, SequenceInfo& info);
bool parse_hevc_sps(ByteView nal, SequenceInfo& info);

/// The head of vui_parameters(), the same in both standards, as far as the colour description.
void read_vui_colour(BitReader& in, SequenceInfo& info);

/// Luma samples left after cropping by these counts of units; false when nothing is left.
struct CropUnits {
  int x = 1;
  int y = 1;
};
bool read_cropping(BitReader& in, CropUnits unit, SequenceInfo& info);

}  // namespace weir::media
