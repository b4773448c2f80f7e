// Refuses what cannot work together before anything is written, and says what to use instead.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "media/track.h"
#include "publish/hls_options.h"

namespace weir::publish {

/// kUsage for choices that contradict each other, kUnsupported for a codec that the method has no
/// form for. `names` are those of the tracks.
Result<void> check_encryption(const HlsOptions& options, const media::Tracks& tracks,
                              const std::vector<std::string>& names);

}  // namespace weir::publish
