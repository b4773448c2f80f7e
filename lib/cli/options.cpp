#include <utility>

#include "cli/config.h"
#include "cli/help.h"
#include "cli/run.h"

namespace weir::cli {
namespace {

// One option whose text is read by `parse` of base/units.h; `Place` is a Value or an optional one.
template <typename Value, typename Place>
CLI::Option* add_unit(CLI::App& app, const std::string& names, Place& place,
                      Result<Value> (*parse)(std::string_view), const std::string& help) {
  const std::string name = names.substr(names.rfind(',') + 1);  // the long one comes last
  const auto take = [name, parse, &place](const std::string& text) {
    Result<Value> parsed = parse(text);
    if (!parsed) throw CLI::ValidationError(name, parsed.error().what);
    place = *parsed;
  };
  return app.add_option_function<std::string>(names, take, help);
}

std::string format_bytes(std::int64_t bytes) {
  constexpr std::pair<std::int64_t, char> kUnits[] = {
      {1 << 30, 'G'}, {1 << 20, 'M'}, {1 << 10, 'k'}};
  for (const auto& [unit, letter] : kUnits)
    if (bytes >= unit && bytes % unit == 0) return fmt::format("{}{}", bytes / unit, letter);
  return fmt::format("{}", bytes);
}

}  // namespace

void bind(CLI::App& app, Common& common) {
  const std::string group(kCommonGroup);
  app.formatter(make_help_formatter());
  app.config_formatter(make_config(app));
  app.footer("Exit status: 0 done, 1 failed, 2 usage, 3 refused, 4 input damaged.");
  app.add_option("--log-level", common.log_level, "Least important kind of line that is logged")
      ->check(CLI::IsMember({"error", "warning", "info", "debug"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--log-format", common.log_format, "Form of the lines on standard error")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--progress", common.progress,
                 "Show progress: auto on a terminal, by the last tool of a chain; json as one "
                 "object a line")
      ->check(CLI::IsMember({"auto", "never", "json"}))
      ->capture_default_str()
      ->group(group);
  app.set_config("--config", "",
                 "Options from a TOML file; keys are long option names, the command line wins")
      ->type_name("FILE")
      ->group(group);
  app.set_version_flag("--version", WEIR_VERSION, "Show the version and exit")->group(group);
  app.set_help_flag("-h,--help", "Show this help and exit")->group(group);
  app.option_defaults()->always_capture_default();
}

CLI::Option* add_duration(CLI::App& app, const std::string& names, Micros& value,
                          const std::string& help) {
  return add_unit(app, names, value, parse_duration, help)
      ->type_name("DURATION")
      ->default_str(format_duration(value));
}

CLI::Option* add_duration(CLI::App& app, const std::string& names, std::optional<Micros>& value,
                          const std::string& help) {
  return add_unit(app, names, value, parse_duration, help)->type_name("DURATION");
}

CLI::Option* add_bitrate(CLI::App& app, const std::string& names, std::int64_t& value,
                         const std::string& help) {
  return add_unit(app, names, value, parse_bitrate, help)
      ->type_name("BITRATE")
      ->default_str(format_bitrate(value));
}

CLI::Option* add_bytes(CLI::App& app, const std::string& names, std::int64_t& value,
                       const std::string& help) {
  return add_unit(app, names, value, parse_bytes, help)
      ->type_name("BYTES")
      ->default_str(format_bytes(value));
}

}  // namespace weir::cli
