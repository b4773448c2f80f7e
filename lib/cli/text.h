// The options about text that packagers share.
#pragma once

#include <vector>

#include <CLI/CLI.hpp>

#include "publish/hls_text.h"

namespace weir::cli {

/// Adds --subtitles.
void bind_text(CLI::App& app, std::vector<publish::TextChoice>& chosen);

}  // namespace weir::cli
