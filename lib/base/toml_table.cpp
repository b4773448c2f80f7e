#include "base/toml_table.h"

#include <algorithm>
#include <cctype>

#include "base/nearest.h"
#include "base/text.h"

namespace weir {

Result<toml::table> parse_toml(std::string_view text, std::string_view file) {
  auto parsed = toml::parse(text, file);
  if (parsed) return std::move(parsed).table();
  return fail(Code::kUsage, "{}:{}: {}", file, parsed.error().source().begin.line,
              lower_first(parsed.error().description()));
}

Result<void> TomlTable::check_keys(std::span<const std::string> known) const {
  for (const auto& [key, node] : table_) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    const auto guess = nearest(key.str(), known);
    const std::string hint = guess ? fmt::format("; did you mean '{}'?", *guess) : "";
    return fail(Code::kUsage, "{}:{}: unknown key '{}'{}", file_, key.source().begin.line,
                key.str(), hint);
  }
  return {};
}

Result<void> TomlTable::text(std::string_view key, std::string& to) const {
  const auto* node = get(key);
  if (node == nullptr) return {};
  if (!node->is_string()) return fail(error(key, "'{}' must be a text in quotes", key));
  to = node->as_string()->get();
  return {};
}

Result<void> TomlTable::integer(std::string_view key, int& to, int least, int most) const {
  const auto* node = get(key);
  if (node == nullptr) return {};
  const auto value = node->value<std::int64_t>();
  if (!node->is_integer() || *value < least || *value > most)
    return fail(error(key, "'{}' must be a whole number from {} to {}", key, least, most));
  to = static_cast<int>(*value);
  return {};
}

Result<void> TomlTable::boolean(std::string_view key, bool& to) const {
  const auto* node = get(key);
  if (node == nullptr) return {};
  if (!node->is_boolean()) return fail(error(key, "'{}' must be true or false", key));
  to = node->as_boolean()->get();
  return {};
}

Result<void> TomlTable::texts(std::string_view key, std::vector<std::string>& to) const {
  const auto* node = get(key);
  if (node == nullptr) return {};
  const auto* list = node->as_array();
  if (list == nullptr || !list->is_homogeneous<std::string>())
    return fail(error(key, "'{}' must be a list of texts in quotes", key));
  to.clear();
  for (const auto& item : *list) to.push_back(item.as_string()->get());
  return {};
}

Result<void> TomlTable::bits(std::string_view key, std::int64_t& to) const {
  const auto* node = get(key);
  if (node == nullptr) return {};
  Result<std::int64_t> value = fail(Code::kUsage, "");
  if (node->is_integer()) value = node->as_integer()->get();
  if (node->is_string()) value = parse_bitrate(node->as_string()->get());
  if (!value || *value <= 0) return fail(error(key, "'{}' must be a bit rate like \"3M\"", key));
  to = *value;
  return {};
}

Result<void> TomlTable::duration(std::string_view key, Micros& to) const {
  const auto* node = get(key);
  if (node == nullptr) return {};
  if (!node->is_string())
    return fail(error(key, "'{}' must be a duration in quotes, like \"300ms\"", key));
  const auto value = parse_duration(node->as_string()->get());
  if (!value) return fail(error(key, "{}", value.error().what));
  to = *value;
  return {};
}

Result<void> TomlTable::bytes(std::string_view key, std::int64_t& to) const {
  const auto* node = get(key);
  if (node == nullptr) return {};
  Result<std::int64_t> value = fail(Code::kUsage, "");
  if (node->is_integer()) value = node->as_integer()->get();
  if (node->is_string()) value = parse_bytes(node->as_string()->get());
  if (!value || *value <= 0)
    return fail(error(key, "'{}' must be a number of bytes like \"32M\"", key));
  to = *value;
  return {};
}

Result<std::optional<TomlTable>> TomlTable::table(std::string_view key) const {
  const auto* node = get(key);
  if (node == nullptr) return std::optional<TomlTable>();
  if (!node->is_table()) return fail(error(key, "'{}' must be written as [{}]", key, key));
  return std::optional(TomlTable(*node->as_table(), file_));
}

Result<std::vector<TomlTable>> TomlTable::tables(std::string_view key) const {
  std::vector<TomlTable> out;
  const auto* node = get(key);
  if (node == nullptr) return out;
  const auto* list = node->as_array();
  if (list == nullptr || !list->is_homogeneous<toml::table>())
    return fail(error(key, "'{}' must be written as [[{}]]", key, key));
  for (const auto& element : *list) out.emplace_back(*element.as_table(), file_);
  return out;
}

}  // namespace weir
