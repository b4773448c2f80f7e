// What a ladder run that knows its whole input does before it begins.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "base/scratch.h"
#include "cli/ladder.h"
#include "formats/input.h"
#include "ladder/job.h"

namespace weir::cli {

/// What a batch has beside its input.
struct Batch {
  std::optional<Scratch> scratch;  // holds the spool when there is no work folder
  std::unique_ptr<ladder::Work> work;
};

/// Reads the whole input once: into a file if it comes only once, and for its profile and, if asked
/// for, the fitting of the ladder. Returns it to be read for good; what is kept for that is in
/// `batch`.
Result<std::unique_ptr<formats::Input>> prepare(LadderChoice& opt,
                                                std::unique_ptr<formats::Input> input,
                                                Session& session, Batch& batch);

Result<std::unique_ptr<formats::Input>> open_input(const std::string& url, Session& session);

}  // namespace weir::cli
