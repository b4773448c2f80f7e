// The folder of each rendition: from its name, safe to use as a path and as a URI.
#pragma once

#include <string>
#include <vector>

#include "media/track.h"

namespace weir::publish {

/// One name for each track, in their order, all different. The rendition's name, with every
/// character but letters, digits, '.', '_' and '-' replaced; without one the height of the picture
/// ("720p") or "audio". Names come from outside: none leads out of the folder, none is hidden.
std::vector<std::string> rendition_folders(const media::Tracks& tracks);

}  // namespace weir::publish
