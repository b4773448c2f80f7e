#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/os_error.h"
#include "cli/explain.h"
#include "cli/run.h"

namespace weir::cli {
namespace {

constexpr int kUsageStatus = 2;

int say_usage(const CLI::App& app, const std::string& what) {
  fmt::print(stderr, "{}: {}\n", app.get_name(), what);
  return kUsageStatus;
}

int show(const CLI::App& app, const std::string& text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written || errno == EPIPE) return 0;
  fmt::print(stderr, "{}: cannot write standard output: {}\n", app.get_name(),
             os_error_text(errno));
  return 1;
}

// CLI11 does not say why a --config file cannot be read.
std::string unreadable_config(CLI::App& app) {
  const auto file = app.get_config_ptr()->results().front();
  std::string reason = "it is not a file";
  if (::access(file.c_str(), R_OK) != 0) reason = os_error_text(errno);
  return fmt::format("cannot open '{}': {}", file, reason);
}

}  // namespace

std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  if (app.get_name().empty()) app.name(std::filesystem::path(argv[0]).filename().string());
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return show(app, app.help());
  } catch (const CLI::CallForVersion&) {
    return show(app, fmt::format("{} (Weir) {}\n", app.get_name(), WEIR_VERSION));
  } catch (const CLI::FileError&) {
    return say_usage(app, unreadable_config(app));
  } catch (const CLI::ConfigError& error) {
    return say_usage(app, error.what());
  } catch (const CLI::ParseError& error) {
    return say_usage(app, explain(app, error));
  }
  return std::nullopt;
}

}  // namespace weir::cli
