// A tool that is several: `screen text` is the tool `screen` doing its command `text`.
#pragma once

#include <functional>
#include <span>
#include <string>

namespace weir::cli {

struct Command {
  std::string name;
  std::string help;  ///< One line, as in --help.
  /// A whole tool: parses what stands behind the name of the command, runs, gives the exit status.
  std::function<int(int argc, char** argv)> run;
};

/// Runs the command that the first argument names; argv[0] stays in front. --help lists the
/// commands, --version shows the version; without a command, or with an unknown one, 2.
int run_command(const std::string& tool, const std::string& description,
                std::span<const Command> commands, int argc, char** argv);

}  // namespace weir::cli
