// The codecs of FLV as those of libavcodec.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E.4.2.1 and E.4.3.1; Enhanced
// RTMP v2 (Veovera 2024), "Enhanced Audio" and "Enhanced Video".
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "flv/body_reader.h"
#include "flv/colour_info.h"
#include "media/av_ptr.h"

namespace weir::formats {

/// What is to be known of a codec to read its tags.
struct FlvCodec {
  AVCodecID id = AV_CODEC_ID_NONE;  ///< NONE: nothing here reads it.
  bool configured = false;          ///< No frame is of use before its configuration.
  std::size_t head = 0;             ///< Bytes in front of each frame that are not its own.
};
/// `part` is of a tag of this type.
FlvCodec flv_codec(flv::TagType type, const flv::BodyPart& part);

/// A configuration as extradata. kBadInput when it cannot be one. AVC and HEVC always come out with
/// lengths of four bytes, see flv_length_size(); VP8 and VP9 have none, their frames tell all but
/// flv_vpx_colours().
Result<Bytes> flv_extradata(AVCodecID codec, ByteView configuration);
/// What stands for the Opus head of a stream that has none: so many channels (1 to 8) in the order
/// of Vorbis, nothing to be left out at the start. Empty for other counts. Source: RFC 7845,
/// sections 5.1 and 5.1.1.
Bytes opus_head(int channels);
/// Of the lengths in front of NAL units of samples under this configuration: 1, 2 or 4.
std::size_t flv_length_size(AVCodecID codec, ByteView configuration);
/// NAL units behind lengths of `size` bytes as such behind four; empty when they do not add up.
Bytes widen_lengths(ByteView sample, std::size_t size);
/// The colours of a VPCodecConfigurationRecord, with or without the head of its MP4 box.
std::optional<flv::ColourInfo> flv_vpx_colours(ByteView configuration);
/// Old OBS sent HEVC under the name of AVC: true when this is no avcC but an hvcC.
bool is_hevc_called_avc(ByteView configuration);

}  // namespace weir::formats
