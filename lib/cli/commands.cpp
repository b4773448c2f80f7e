#include "cli/commands.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/nearest.h"
#include "cli/run.h"

namespace weir::cli {
namespace {

constexpr int kUsageStatus = 2;

std::string list_text(std::span<const Command> commands) {
  std::string text;
  for (const auto& command : commands)
    text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", command.name, command.help);
  return text;
}

int say_unknown(const std::string& tool, const std::string& name,
                std::span<const Command> commands) {
  std::vector<std::string> names;
  for (const auto& command : commands) names.push_back(command.name);
  const auto guess = nearest(name, names);
  fmt::print(
      stderr, "{}: unknown command '{}'{}\n", tool, name,
      guess ? fmt::format("; did you mean '{}'?", *guess) : fmt::format("; see '{} --help'", tool));
  return kUsageStatus;
}

}  // namespace

int run_command(const std::string& tool, const std::string& description,
                std::span<const Command> commands, int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  const auto named = std::find_if(commands.begin(), commands.end(),
                                  [&](const Command& command) { return command.name == first; });
  if (named != commands.end()) {
    argv[1] = argv[0];
    return named->run(argc - 1, argv + 1);
  }
  if (!first.empty() && !first.starts_with('-')) return say_unknown(tool, first, commands);
  CLI::App app{description, tool};
  Common common;
  std::string none;
  bind(app, common);
  app.get_formatter()->label("Positionals", "Commands");
  app.add_option("COMMAND", none, list_text(commands))->required()->default_str("");
  return parse(app, argc, argv).value_or(kUsageStatus);
}

}  // namespace weir::cli
