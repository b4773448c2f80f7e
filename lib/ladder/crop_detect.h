// Where a picture is framed in black.
#pragma once

#include <optional>

#include "flow/stage.h"
#include "ladder/picture.h"
#include "media/event.h"

namespace weir::ladder {

/// Reads `source` and looks at key pictures of `track`, one a second and kMostLookedAt at most: the
/// smallest even box, turned upright, outside of which all of them are black. Empty when there is
/// no black frame, or nothing else. Damage ends it and is no failure.
Result<std::optional<Crop>> find_crop(flow::Source<media::Item>& source, const media::Track& track);

inline constexpr int kMostLookedAt = 300;

}  // namespace weir::ladder
