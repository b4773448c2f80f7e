// The folder of each rendition, from its name, safe to use as a path and as a URI; and how the
// names of the files in it end.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "media/track.h"
#include "publish/hls_options.h"

namespace weir::publish {

/// One name for each track, in their order, all different. The rendition's name, with every
/// character but letters, digits, '.', '_' and '-' replaced; without one the height of the picture
/// ("720p") or "audio". Names come from outside: none leads out of the folder, none is hidden.
std::vector<std::string> rendition_folders(const media::Tracks& tracks);

/// How the names of a track's segments end: "m4s", "ts", or for packed audio its codec's ("aac").
std::string_view segment_suffix(HlsOptions::Container container, const media::Track& track);

}  // namespace weir::publish
