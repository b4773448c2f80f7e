// --config FILE.toml: the options of a tool, written down.
#pragma once

#include <memory>

#include <CLI/CLI.hpp>

namespace weir::cli {

/// Reads TOML and gives its values to the options of `app` that the command line left alone. Keys
/// are long option names; the names of the tables around a key are put in front of it, so that
/// `[log] level` is --log-level. Arrays are for options that can be given more than once.
/// Faults are CLI::ConfigError, its text naming file and line: bad syntax, an unknown key (with the
/// nearest known one), a value the option refuses.
/// `app` is borrowed.
std::shared_ptr<CLI::Config> make_config(CLI::App& app);

}  // namespace weir::cli
