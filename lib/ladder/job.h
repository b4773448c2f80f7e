// The name of a piece of work: all that decides which bytes come out.
#pragma once

#include <string>

#include "ladder/transcoder.h"

namespace weir::ladder {

/// Source, ladder, options, and the versions of what codes, as JSON; two runs with the same text
/// give the same chunks.
std::string describe_job(const TranscodeOptions& options);

}  // namespace weir::ladder
