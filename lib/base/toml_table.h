// One table of a TOML file that a person wrote, read key by key.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/toml.h"
#include "base/units.h"

namespace weir {

/// The whole of `text`. kUsage, "FILE:LINE: …", when it is no TOML.
Result<toml::table> parse_toml(std::string_view text, std::string_view file);

/// Every error is kUsage and reads "FILE:LINE: …". The readers leave `to` as it is when the key is
/// not there. Borrows both.
class TomlTable {
 public:
  TomlTable(const toml::table& table, std::string_view file) : table_(table), file_(file) {}

  /// A key that is none of `known` is an error that names the nearest of them.
  Result<void> check_keys(std::span<const std::string> known) const;

  Result<void> text(std::string_view key, std::string& to) const;
  Result<void> integer(std::string_view key, int& to, int least, int most) const;
  Result<void> boolean(std::string_view key, bool& to) const;
  /// A list of texts.
  Result<void> texts(std::string_view key, std::vector<std::string>& to) const;
  /// A bit rate, 4500000 or "4.5M"; above zero.
  Result<void> bits(std::string_view key, std::int64_t& to) const;
  /// "300ms".
  Result<void> duration(std::string_view key, Micros& to) const;
  /// A number of bytes, 33554432 or "32M"; above zero.
  Result<void> bytes(std::string_view key, std::int64_t& to) const;
  /// What stands as [key]; nothing when it is not there.
  Result<std::optional<TomlTable>> table(std::string_view key) const;
  /// What stands as [[key]]; nothing when it is not there.
  Result<std::vector<TomlTable>> tables(std::string_view key) const;

  bool has(std::string_view key) const { return table_.contains(key); }
  const toml::node* get(std::string_view key) const { return table_.get(key); }
  /// The line it begins in.
  std::uint32_t line() const { return table_.source().begin.line; }
  /// "FILE:LINE" of the table.
  std::string place() const { return place(table_); }

  /// An error about the value of a key that is there, or about the table.
  template <typename... Args>
  Error error(std::string_view key, fmt::format_string<Args...> format, Args&&... args) const {
    return {Code::kUsage, fmt::format("{}: {}", place(*get(key)),
                                      fmt::format(format, std::forward<Args>(args)...))};
  }
  template <typename... Args>
  Error table_error(fmt::format_string<Args...> format, Args&&... args) const {
    return {Code::kUsage,
            fmt::format("{}: {}", place(), fmt::format(format, std::forward<Args>(args)...))};
  }

 private:
  std::string place(const toml::node& node) const {
    return fmt::format("{}:{}", file_, node.source().begin.line);
  }

  const toml::table& table_;
  std::string_view file_;
};

}  // namespace weir
