// The face every tool shares: common options, signals, words on stderr, exit status.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/result.h"
#include "base/stop.h"
#include "base/units.h"
#include "cli/words.h"

namespace weir::cli {

/// Options every tool has; bind() defines them.
struct Common {
  std::string log_level = "info";   ///< --log-level error|warning|info|debug
  std::string log_format = "text";  ///< --log-format text|json
  /// --progress auto|never|json; auto: on a terminal, by the tool that does not write to a pipe.
  std::string progress = "auto";
};

/// What a tool works with while it runs. Lives for the whole of run().
class Session {
 public:
  virtual ~Session() = default;
  /// Requested by the first SIGINT or SIGTERM, or to end a read that nobody waits for any more.
  virtual StopSource& stop() = 0;
  virtual Log& log() = 0;
  virtual Progress& progress() = 0;
  virtual const Clock& clock() const = 0;
  /// Standard error, for lines of a form of their own.
  virtual Words& words() = 0;
};

/// Adds --log-level, --log-format, --progress, --config, --version and --help, and makes every
/// option added after it show its default in --help: call it first.
void bind(CLI::App& app, Common& common);

/// Options whose values are written like "6s", "3M", "2G"; the default shows in --help.
CLI::Option* add_duration(CLI::App& app, const std::string& names, Micros& value,
                          const std::string& help);
CLI::Option* add_duration(CLI::App& app, const std::string& names, std::optional<Micros>& value,
                          const std::string& help);
CLI::Option* add_bitrate(CLI::App& app, const std::string& names, std::int64_t& value,
                         const std::string& help);
CLI::Option* add_bytes(CLI::App& app, const std::string& names, std::int64_t& value,
                       const std::string& help);

/// Reads the command line and the --config file (TOML; the command line wins). A value to exit
/// with when --help or --version was asked for (0) or the usage is wrong (2, one line on stderr).
std::optional<int> parse(CLI::App& app, int argc, char** argv);

/// Runs a tool: SIGINT and SIGTERM become the stop (a second one ends the process at once),
/// SIGPIPE is ignored, a failure is one line on stderr ("TOOL: what"), stdout is flushed and
/// closing it is checked. Returns the exit status of weir(7): 0 done, 1 failed, 2 usage,
/// 3 refused, 4 input damaged.
int run(std::string_view tool, const Common& common,
        const std::function<Result<void>(Session&)>& body);

/// For a tool that opens and closes encoders all the time: what they give back is kept for the next
/// one instead of being returned to the system and fetched again, page by page. Once, at the start
/// of the body of run().
void keep_freed_memory();

/// kUsage when `path` is "-" and standard output is a terminal: what follows is not for eyes.
Result<void> refuse_terminal(const std::string& path);

}  // namespace weir::cli
