// Which tracks of a stream go into an FLV.
#pragma once

#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "media/track.h"

namespace weir::publish {

/// The tracks an FLV holds, borrowed; either of the first two may be missing.
struct FlvTracks {
  const media::Track* video = nullptr;
  const media::Track* audio = nullptr;
  std::vector<const media::Track*> more;  ///< Of a multitrack FLV: the others, pictures first.

  /// All of them, in the order flv::Muxer numbers them.
  std::vector<const media::Track*> all() const;
};

/// The picture track of that rendition, or without a name the largest one (which is said in the log
/// when there are several), and the first sound track. kUsage, listing the names there are, for an
/// unknown name; kBadInput when there is neither picture nor sound. Borrows from `tracks`.
Result<FlvTracks> choose_flv_tracks(const media::Tracks& tracks, const std::string& rendition,
                                    Log& log);

/// All pictures and all sound: the rendition of that name, or else the largest, and the first sound
/// are the ordinary tracks; other pictures follow by size, other sound in its own order. Failures
/// as above.
Result<FlvTracks> all_flv_tracks(const media::Tracks& tracks, const std::string& rendition,
                                 Log& log);

}  // namespace weir::publish
