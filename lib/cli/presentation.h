// The options about a presentation as a whole that packagers share.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "publish/hls_presentation.h"

namespace weir::cli {

struct Presentation {
  std::string file;
  std::string start_offset;
};

/// Adds --presentation and --start-offset.
void bind_presentation(CLI::App& app, Presentation& chosen);
/// Reads the file; --start-offset wins over it.
Result<publish::HlsPresentation> read_presentation(const Presentation& chosen);

}  // namespace weir::cli
