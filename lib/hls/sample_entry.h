// The sample entry of a track: codec, decoder configuration, colour and shape of the picture.
// Source: ISO/IEC 14496-12:2020 section 12; 14496-14 section 6.7 (esds); 14496-15 section 5.4 and
// 8.4; ETSI TS 102 366 annex F; the Opus, FLAC and AV1 bindings to ISOBMFF.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"

namespace weir::hls {

/// The codecs write_sample_entry() can write.
bool has_sample_entry(AVCodecID codec);

/// Appends the one entry of stsd. `first_sample` is looked at where the configuration is only in
/// the packets (AC-3). kUnsupported names the codec; kBadInput a missing or damaged configuration.
Result<void> write_sample_entry(ByteWriter& out, const media::Track& track, ByteView first_sample);

}  // namespace weir::hls
