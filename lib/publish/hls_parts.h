// Low latency: what parts a caller may ask for, and what the playlists say of them.
#pragma once

#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "hls/low_latency.h"
#include "media/track.h"
#include "publish/hls_options.h"

namespace weir::publish {

/// kUsage where parts and another choice exclude each other, or a part would hold no whole packet
/// of a track. Tracks whose packets cannot fill a part to 85 % are warned of; kRefused when strict.
/// Nothing to say without HlsOptions::part.
Result<void> check_parts(const media::Tracks& tracks, const HlsOptions& options, Log& log);

/// The values that never change. Parts have to be asked for.
hls::LowLatency low_latency_of(const HlsOptions& options, std::int64_t target_duration);

}  // namespace weir::publish
