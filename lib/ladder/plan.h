// Which renditions a source gets, and how large each is.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ladder/ladder.h"
#include "media/track.h"

namespace weir::ladder {

struct PlannedRendition {
  Rendition rung;  ///< With its maximum rate and buffer filled in.
  int width = 0;   ///< Of the coded picture, even, square pixels.
  int height = 0;
};

struct Plan {
  std::vector<PlannedRendition> renditions;
  std::vector<std::string> notes;  ///< What a person should be told, one line each.
};

/// Fits every rung to the shape of the source (turned for display, pixels made square). Rungs that
/// would enlarge the picture are left out; the smallest one is kept at the source's size when
/// none would remain. Two rungs that come out alike in size and rate are kept: the rates differ.
Plan make_plan(const std::vector<Rendition>& rungs, const media::Track& source);

}  // namespace weir::ladder
