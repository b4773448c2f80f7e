// The sample entry boxes of AC-3 and E-AC-3, from the first frame of the track.
// Source: ETSI TS 102 366 V1.4.1 sections 4.3, 5.3 and E.1 (headers), F.4 and F.6 (boxes).
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace weir::hls {

/// Content of the dac3 box. kBadInput when `frame` is no AC-3 frame.
Result<Bytes> ac3_configuration(ByteView frame);

/// Content of the dec3 box. `access_unit` holds all syncframes of the same time: independent
/// substreams and those that depend on them. kBadInput when it does not.
Result<Bytes> eac3_configuration(ByteView access_unit, std::int64_t bitrate);

}  // namespace weir::hls
