// The options about text that packagers share.
#pragma once

#include <vector>

#include <CLI/CLI.hpp>

#include "publish/hls_captions.h"
#include "publish/hls_text.h"

namespace weir::cli {

/// Adds --subtitles and --captions.
void bind_text(CLI::App& app, std::vector<publish::TextChoice>& subtitles,
               std::vector<publish::CaptionChoice>& captions);

}  // namespace weir::cli
