// Media playlists of an earlier run, read back to go on from them.
#pragma once

#include <string_view>

#include "base/result.h"
#include "hls/playlist.h"
#include "publish/hls_options.h"

namespace weir::publish {

/// What to_text() made the text from, with dates as exact as they were written and without
/// `low_latency`. Parts behind the last segment make `open`.
/// `suffix` is that of the segments. kBadInput unless all files are called as this library calls
/// them and are numbered without a hole (I-frames: in order), or when a number is beyond reason.
/// Any bytes are safe.
Result<hls::MediaPlaylist> read_listed(std::string_view text, std::string_view suffix);

}  // namespace weir::publish
