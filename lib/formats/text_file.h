// Texts beside a stream: subtitle files, and the text tracks of media files.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stop.h"
#include "media/cue.h"

namespace weir::formats {

/// The first bytes of a file, or of what a URL names, at most so many. kIo when it cannot be read.
Result<Bytes> read_bytes(const std::string& url, std::size_t most, const StopSource* stop);

/// The cues of a text libavformat can read (SubRip, mov_text, WebVTT in Matroska, ASS and others),
/// by their begin, as WebVTT cue text: bold, italic and underlined words and the place on the
/// screen are kept, other styles are not.
///
/// Track      The first of the file whose language `wanted` takes; else the first.
/// Failure    kIo when it cannot be read, kBadInput when it is damaged, holds no text or is not
///            UTF-8.
Result<std::vector<media::Cue>> read_text_file(
    const std::string& url, const std::function<bool(std::string_view language)>& wanted,
    const StopSource* stop);

}  // namespace weir::formats
