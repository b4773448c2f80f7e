#include "cli/config.h"

#include <cctype>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "base/toml.h"
#include "cli/explain.h"

namespace weir::cli {
namespace {

std::string plain_text(const toml::node& node, bool& plain) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  plain = false;
  return {};
}

class TomlConfig : public CLI::Config {
 public:
  explicit TomlConfig(CLI::App& app) : app_(app) {}

  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

  // Values go to the options here and nothing is handed back, so that what an option says of a
  // value can still be put beside its line.
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    const toml::parse_result parsed = toml::parse(input);
    if (!parsed) refuse(parsed.error().source(), lower_first(parsed.error().description()));
    read_table(parsed.table(), "", "");
    return {};
  }

 private:
  [[noreturn]] void refuse(const toml::source_region& where, const std::string& what) const {
    const auto file = app_.get_config_ptr()->results().front();
    throw CLI::ConfigError(fmt::format("{}:{}: {}", file, where.begin.line, what));
  }

  void read_table(const toml::table& table, const std::string& dashed,
                  const std::string& dotted) const {
    for (const auto& [key, node] : table) {
      const std::string option = dashed + std::string(key.str());
      const std::string shown = dotted + std::string(key.str());
      if (const auto* inner = node.as_table())
        read_table(*inner, option + "-", shown + ".");
      else
        read_value(option, shown, key.source(), node);
    }
  }

  void read_value(const std::string& name, const std::string& shown,
                  const toml::source_region& where, const toml::node& node) const {
    CLI::Option* option = app_.get_option_no_throw("--" + name);
    if (option == nullptr)
      refuse(where, fmt::format("unknown key '{}'{}", shown, suggestion(app_, name, "")));
    if (!option->get_configurable())
      refuse(where, fmt::format("'{}' cannot be set in a configuration file; give it as --{}",
                                shown, name));
    const auto values = values_of(shown, where, node);
    if (!option->empty()) return;  // the command line wins
    try {
      give(*option, name, values);
    } catch (const CLI::ParseError& error) {
      refuse(where, explain(app_, error));
    }
  }

  std::vector<std::string> values_of(const std::string& shown, const toml::source_region& where,
                                     const toml::node& node) const {
    std::vector<std::string> values;
    bool plain = true;
    if (const auto* array = node.as_array()) {
      for (const auto& item : *array) values.push_back(plain_text(item, plain));
    } else {
      values.push_back(plain_text(node, plain));
    }
    if (!plain || values.empty())
      refuse(where,
             fmt::format("'{}' takes a text, a number, true or false, or a list of them", shown));
    return values;
  }

  static void give(CLI::Option& option, const std::string& name,
                   const std::vector<std::string>& values) {
    if (option.get_items_expected_max() == 0) {
      if (values.size() != 1) throw CLI::ConversionError::TooManyInputsFlag("--" + name);
      option.add_result(option.get_flag_value(name, values.front()));
    } else {
      option.add_result(values);
    }
    option.run_callback();
  }

  CLI::App& app_;
};

}  // namespace

std::shared_ptr<CLI::Config> make_config(CLI::App& app) {
  return std::make_shared<TomlConfig>(app);
}

}  // namespace weir::cli
