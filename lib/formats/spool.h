// An input that can be read only once, put into a file that can be read again.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "formats/input.h"

namespace weir::formats {

struct Spooled {
  std::int64_t bytes = 0;  ///< Of the file.
  /// How the input ended. After a failure what was good is in the file, which has no end mark then.
  Result<void> input;
};

/// Reads `input` to its end into a pipe stream `file`, written under a temporary name until all is
/// there. Opened again, the file gives the tracks and items `input` would have given: its own end
/// mark, or none if it was cut off. An input without events that came to its end gets an end mark.
///
/// Waiting   As input.next() does.
/// Failure   kStopped after a stop; kIo when the file cannot be written. Neither leaves a file.
Result<Spooled> spool(Input& input, const std::filesystem::path& file);

}  // namespace weir::formats
