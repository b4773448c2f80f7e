// The DASH manifest of an earlier run, read back to go on from it.
#pragma once

#include <string_view>

#include "base/result.h"
#include "hls/mpd.h"

namespace weir::publish {

/// What to_text() made the text from: the availability start, and the periods with all that
/// describes their representations, but for aligned, roles, languages and labels. kBadInput unless
/// it is such a text, with numbers that can be counted with; any bytes are safe.
Result<hls::Mpd> read_mpd(std::string_view text);

}  // namespace weir::publish
