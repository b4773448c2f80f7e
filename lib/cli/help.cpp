#include "cli/help.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/explain.h"

namespace weir::cli {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kColumn = 34;

// CLI11 writes "TEXT:{batch,live}", "ENUM:value in {batch->0,live->1} OR {0,1}", "INT:POSITIVE";
// people read "batch|live" and "INT".
std::string value_text(const CLI::Option& option) {
  if (option.get_type_size() == 0) return {};
  const std::string type = option.get_type_name();
  const auto names = choices(type);
  return names.empty() ? type.substr(0, type.find(':')) : fmt::format("{}", fmt::join(names, "|"));
}

std::string default_text(const CLI::Option& option) {
  std::string value = option.get_default_str();
  const bool flag = option.get_type_size() == 0;
  if (value.starts_with('[')) value = value.substr(1, value.size() - 2);  // a list
  if (value.empty() || value == "{}") return {};
  if (flag) return value == "true" ? "[on]" : "";
  return fmt::format("[{}]", value);
}

std::string names_text(const CLI::Option& option, bool positional) {
  if (positional) return option.get_name(true, false);
  std::vector<std::string> names;
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  const std::string indent = names.empty() ? "    " : "";
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  return indent + fmt::format("{}", fmt::join(names, ", "));
}

std::vector<std::string> wrap(const std::string& text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    const std::string word = text.substr(at, end - at);
    std::string& line = lines.back();
    if (!line.empty() && line.size() + 1 + word.size() > width)
      lines.push_back(word);
    else
      line += (line.empty() ? "" : " ") + word;
    if (end < text.size() && text[end] == '\n') lines.emplace_back();
    at = end + 1;
  }
  return lines;
}

class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode) const override {
    auto groups = app->get_groups();
    std::stable_partition(groups.begin(), groups.end(),
                          [](const std::string& group) { return group != kCommonGroup; });
    std::string text = app->get_description() + "\n\n" + make_usage(app, std::move(name));
    text += make_positionals(app);
    for (const auto& group : groups) {
      const auto options = app->get_options([&](const CLI::Option* option) {
        return option->nonpositional() && option->get_group() == group;
      });
      if (!options.empty()) text += make_group(group, false, options);
    }
    return text + "\n" + make_footer(app);
  }

  std::string make_option(const CLI::Option* option, bool positional) const override {
    std::string left = "  " + names_text(*option, positional);
    const std::string value = positional ? "" : value_text(*option);
    if (!value.empty()) left += " " + value;
    std::string meaning = option->get_description();
    if (const std::string shown = default_text(*option); !shown.empty()) meaning += " " + shown;
    if (option->get_required()) meaning += " (required)";
    const auto lines = wrap(meaning, kWidth - kColumn);
    std::string text = left.size() + 2 > kColumn ? left + "\n" + std::string(kColumn, ' ')
                                                 : fmt::format("{:<{}}", left, kColumn);
    return text + fmt::format("{}\n", fmt::join(lines, "\n" + std::string(kColumn, ' ')));
  }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> make_help_formatter() {
  auto formatter = std::make_shared<HelpFormatter>();
  formatter->label("Positionals", "Input");
  return formatter;
}

}  // namespace weir::cli
