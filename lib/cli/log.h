// The log of a tool: text or JSON lines on standard error.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "cli/words.h"

namespace weir::cli {

/// "error", "warning", "info", "debug", and back; what is none of these counts as info.
std::string_view level_name(LogLevel level);
LogLevel parse_level(std::string_view name);

struct LogOptions {
  std::string tool;
  LogLevel level = LogLevel::kInfo;  ///< Lines of a lesser level are dropped.
  bool json = false;  ///< {"time":…,"level":…,"tool":…,"message":…} instead of "TOOL: message".
};

/// `words` and `clock` are borrowed. Threads: as Log.
std::unique_ptr<Log> make_log(LogOptions options, Words& words, const Clock& clock);

/// While this lives, what FFmpeg says goes to `log` at debug level, and nowhere else: the failure
/// line of the tool is what its users read. One at a time.
class FfmpegWords {
 public:
  FfmpegWords(Log& log, bool wanted);
  ~FfmpegWords();
  FfmpegWords(const FfmpegWords&) = delete;
  FfmpegWords& operator=(const FfmpegWords&) = delete;
};

}  // namespace weir::cli
