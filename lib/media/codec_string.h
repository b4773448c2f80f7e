// The CODECS entry of a track (RFC 6381 and the codecs' own registrations), from its bitstream.
#pragma once

#include <string>

#include "base/result.h"
#include "media/track.h"

namespace weir::media {

/// "avc1.640028", "hvc1.1.6.L120.90", "mp4a.40.2", "opus", "ac-3", "ec-3", "fLaC", "av01.0.08M.08".
/// kUnsupported, naming the codec, for one that has no entry; kBadInput when its parameters are
/// damaged. Never an empty string.
Result<std::string> codec_string(const Track& track);

}  // namespace weir::media
