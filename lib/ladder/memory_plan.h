// How the memory allowed is divided among pictures and encoders.
#pragma once

#include <cstdint>

#include "base/units.h"
#include "media/track.h"

namespace weir::ladder {

struct MemoryPlan {
  bool fits = false;        ///< Two chunks and one encoder do.
  std::int64_t chunks = 0;  ///< Whose pictures are held, the one being filled among them.
  int jobs = 1;             ///< Encoders at a time for which there is room.
};

/// For chunks of chunk_seconds(gop). `chunks` does not depend on `jobs`, which is the number of
/// encoders wished for. Estimates, on the high side.
MemoryPlan divide_memory(const media::Track& source, Micros gop, std::int64_t memory, int jobs);

}  // namespace weir::ladder
