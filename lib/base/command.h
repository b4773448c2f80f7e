// Runs another program and takes what it prints. No shell is involved, ever.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace weir {

/// Cuts a command line into words as a shell would, and does nothing else a shell does: words are
/// separated by blanks, '…' keeps everything, "…" everything but \" and \\, and \ outside of quotes
/// the next character. kUsage when a quote is not closed or there is no word.
Result<std::vector<std::string>> split_command(std::string_view line);

struct CommandLimits {
  std::chrono::milliseconds timeout{10'000};
  std::size_t output = 65'536;  ///< Bytes.
};

/// What `arguments`[0] (looked up in PATH), run with these arguments, prints to its standard
/// output. Its standard input is empty, its standard error is ours.
/// Waiting    Until it has closed its output and ended, at most the time allowed; then it is
///            killed, with all that belongs to its process group.
/// Failure    kIo when it cannot be started, ends with another status than 0 or by a signal, or
///            prints more than the limit; kTimeout. Only the program is named, never its arguments
///            or its output: they may be secret.
/// Threads    Safe from any thread.
Result<Bytes> run_command(const std::vector<std::string>& arguments,
                          const CommandLimits& limits = {});

}  // namespace weir
