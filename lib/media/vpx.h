// VP8 and VP9 key frames, and the record MP4 and FLV describe them with.
// Source: RFC 6386 section 9.1; VP9 Bitstream & Decoding Process Specification v0.6, sections 6.2
// and 7.2 and annex A (levels); VP Codec ISO Media File Format Binding v1.0,
// VPCodecConfigurationRecord.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"

namespace weir::media {

struct VpxInfo {
  int profile = 0;
  int bit_depth = 8;
  int subsampling_x = 1;
  int subsampling_y = 1;
  bool full_range = false;
  int primaries = 2;  ///< This and the next two: ITU-T H.273, 2 = unspecified.
  int transfer = 2;
  int matrix = 2;
  int width = 0;
  int height = 0;
};

/// What the header of a key frame says. kBadInput when it is none, or damaged.
Result<VpxInfo> parse_vpx_key_frame(AVCodecID codec, ByteView frame);

/// The configuration record of a track that begins with this key frame. Colours the frame does not
/// tell are those of the track; the level follows from size and frame rate.
Bytes vpx_configuration(const VpxInfo& info, const Track& track);

}  // namespace weir::media
