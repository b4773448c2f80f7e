// The options of hls-segment, and its run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "cli/output.h"
#include "cli/presentation.h"
#include "cli/run.h"
#include "cli/thumbnails.h"
#include "publish/hls_options.h"
#include "publish/hls_text.h"

namespace weir::cli {

struct PackagingChoice {
  std::vector<std::string> inputs{"-"};
  std::string output;
  HttpOutput http;
  Micros segment{}, part{};
  std::optional<Micros> gap_after;
  std::string program_date_time, interstitials;
  bool gzip = false;
  publish::HlsOptions hls;
  Presentation presentation;
  Thumbnails thumbnails;
  std::vector<publish::TextChoice> texts;
};

/// Adds INPUT, --output and all that says what is written.
void bind_packaging(CLI::App& app, PackagingChoice& chosen);

/// From the inputs to the folder or server, to the end or until the session stops. Sets what
/// --config and files say in `chosen`.
Result<void> package(PackagingChoice& chosen, Session& session);

}  // namespace weir::cli
