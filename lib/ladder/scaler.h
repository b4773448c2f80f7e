// Pictures of a chunk at the size of a rendition.
#pragma once

#include <functional>
#include <vector>

#include "ladder/chunk.h"

namespace weir::ladder {

/// Calls `use` with every picture scaled to width x height, planar 4:2:0, 8 bits, in order; the
/// pts is that of the source. Stops at the first failure.
Result<void> scale_all(
    const std::vector<const GridFrame*>& pictures, int width, int height,
    const std::function<Result<void>(const GridFrame& from, const AVFrame& scaled)>& use);

}  // namespace weir::ladder
