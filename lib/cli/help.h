// The text of --help.
#pragma once

#include <memory>
#include <string_view>

#include <CLI/CLI.hpp>

namespace weir::cli {

/// The group of the options every tool has; shown last.
inline constexpr std::string_view kCommonGroup = "Common options";

/// Options in a column, their meaning beside it wrapped to 100 columns, choices as a|b|c, defaults
/// in square brackets.
std::shared_ptr<CLI::FormatterBase> make_help_formatter();

}  // namespace weir::cli
