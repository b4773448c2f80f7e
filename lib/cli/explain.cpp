#include "cli/explain.h"

#include <cctype>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/text.h"

namespace weir::cli {
namespace {

std::string see_help(const CLI::App& app) {
  return fmt::format("; see '{} --help'", app.get_name());
}

std::string before(const std::string& text, std::string_view mark) {
  return text.substr(0, text.find(mark));
}

std::string after(const std::string& text, std::string_view mark) {
  const auto at = text.find(mark);
  return at == std::string::npos ? text : text.substr(at + mark.size());
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// What was left over, an option first: a misspelt option often strands its value too.
std::string unexpected(CLI::App& app, const std::vector<std::string>& extras) {
  for (const auto& extra : extras) {
    if (extra.size() < 2 || extra[0] != '-') continue;
    const std::string name = before(extra, "=");
    const auto letters = name.substr(std::min(name.find_first_not_of('-'), name.size()));
    return fmt::format("unknown option '{}'{}", name, suggestion(app, letters, "--"));
  }
  return fmt::format("unexpected argument '{}'{}", extras.front(), see_help(app));
}

// "--fps: Expected exactly 1 …", "At Most 1 required …", "1 required INT missing".
std::string mismatch(const CLI::App& app, const std::string& what) {
  std::string name = has(what, "arguments to ") ? before(after(what, "arguments to "), ",")
                     : has(what, " was given")  ? before(what, " was given")
                                                : before(what, ":");
  if (has(what, "flag override")) return fmt::format("{} takes no value", name);
  if (has(what, "missing") || has(what, "got 0") || has(what, "received 0"))
    return fmt::format("{} needs a value{}", name, see_help(app));
  return fmt::format("{} is given more than once; give it once", name);
}

// "Could not convert: --jobs = x": the type of the option tells what was wanted.
std::string conversion(CLI::App& app, const std::string& what) {
  if (!has(what, "Could not convert: ")) return fmt::format("{}{}", what, see_help(app));
  const std::string name = before(after(what, "Could not convert: "), " = ");
  const CLI::Option* option = app.get_option_no_throw(name);
  const std::string type = option == nullptr ? "" : option->get_type_name();
  const char* wanted = has(type, "UINT")    ? "a whole number of at least 0"
                       : has(type, "INT")   ? "a whole number"
                       : has(type, "FLOAT") ? "a number"
                                            : "a value it can take";
  return fmt::format("{}: '{}' is not {}{}", name, after(what, " = "), wanted, see_help(app));
}

std::string not_one_of(const std::string& name, const std::string& value,
                       const std::vector<std::string>& known) {
  return fmt::format("{}: '{}' is not one of {}", name, value, fmt::join(known, ", "));
}

// "--mode: x not in {batch,live}", "--type: Check x value in {…} FAILED",
// "--jobs: Value x not in range 0 to 9"
std::string validation(const std::string& what) {
  const std::string name = before(what, ": ");
  const std::string said = after(what, ": ");
  if (said.starts_with("Check ") && has(said, " value in {"))
    return not_one_of(name, before(after(said, "Check "), " value in {"), choices(said));
  if (has(said, " not in {")) return not_one_of(name, before(said, " not in {"), choices(said));
  if (!has(said, " not in range ")) return what;
  const std::string range = after(said, " not in range ");
  const double least = std::strtod(range.c_str(), nullptr);
  const double most = std::strtod(after(range, " to ").c_str(), nullptr);
  const std::string limits =
      most < 1e15 ? fmt::format("{} to {}", least, most) : fmt::format("at least {}", least);
  return fmt::format("{}: '{}' is out of range: give {}", name,
                     before(after(said, "Value "), " not in range "), limits);
}

}  // namespace

std::vector<std::string> choices(std::string_view text) {
  std::vector<std::string> names;
  const auto open = text.find('{');
  if (open == std::string_view::npos) return names;
  std::istringstream list{std::string(text.substr(open + 1, text.find('}') - open - 1))};
  for (std::string entry; std::getline(list, entry, ',');) names.push_back(before(entry, "->"));
  return names;
}

std::string suggestion(CLI::App& app, const std::string& name, const std::string& dashes) {
  std::vector<std::string> known;
  for (const auto* option : app.get_options())
    known.insert(known.end(), option->get_lnames().begin(), option->get_lnames().end());
  if (const auto near = nearest(name, known))
    return fmt::format("; did you mean '{}{}'?", dashes, *near);
  return see_help(app);
}

std::string explain(CLI::App& app, const CLI::ParseError& error) {
  const std::string what = error.what();
  const auto extras = app.remaining();
  switch (static_cast<CLI::ExitCodes>(error.get_exit_code())) {
    case CLI::ExitCodes::ExtrasError:
      return unexpected(app, extras);
    case CLI::ExitCodes::RequiredError:
      if (!extras.empty()) return unexpected(app, extras);
      if (has(what, " is required"))
        return fmt::format("{} is missing{}", before(what, " is required"), see_help(app));
      return lower_first(what) + see_help(app);
    case CLI::ExitCodes::ArgumentMismatch:
      return mismatch(app, what);
    case CLI::ExitCodes::ConversionError:
      return conversion(app, what);
    case CLI::ExitCodes::ValidationError:
      return validation(what);
    case CLI::ExitCodes::ExcludesError:
      return fmt::format("{} and {} cannot be used together; leave one out",
                         before(what, " excludes "), after(what, " excludes "));
    case CLI::ExitCodes::RequiresError:
      return fmt::format("{} needs {} too", before(what, " requires "), after(what, " requires "));
    default:
      return what;
  }
}

}  // namespace weir::cli
