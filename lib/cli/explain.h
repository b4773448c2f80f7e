// CLI11's complaints in our words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace weir::cli {

/// One line, lower case, what and what to do, without the tool's name.
std::string explain(CLI::App& app, const CLI::ParseError& error);

/// "; did you mean 'X'?" with the long option nearest to `name` (no dashes), `dashes` put in front,
/// or "; see 'TOOL --help'" when none is alike.
std::string suggestion(CLI::App& app, const std::string& name, const std::string& dashes);

/// The names in the first braces of what CLI11 writes of a set: "{a,b}", "{a->0,b->1} OR {0,1}".
std::vector<std::string> choices(std::string_view text);

}  // namespace weir::cli
