// The options of a ladder run, and the run.
#pragma once

#include <cstdint>
#include <string>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "cli/picture.h"
#include "cli/run.h"
#include "ladder/transcoder.h"

namespace weir::cli {

struct LadderChoice {
  std::string input = "-";
  std::string output = "-";
  std::string ladder = "launch";
  std::string mode;
  std::string latency = "chunk";
  std::string work;
  std::int64_t memory = std::int64_t{2} << 30;
  bool no_audio = false;
  bool realtime_guard = false;
  bool adapt = false;
  PictureChoice picture;
  ladder::TranscodeOptions transcode;
};

/// Adds INPUT, --output and all that says how the renditions are made.
void bind_ladder(CLI::App& app, LadderChoice& chosen);
/// kUsage for what contradicts itself.
Result<void> check(const LadderChoice& chosen);

/// From the input to the output, to the end or until the session stops. Sets what is left to the
/// input and the ladder file in `chosen`.
Result<void> transcode(LadderChoice& chosen, Session& session);

}  // namespace weir::cli
