// Where TOML allows other letters than those of ASCII: in quotes and comments.
// Source: TOML 1.0.0, "Comment", "Keys" and "String".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

struct BareLetters {
  int line = 0;      ///< Counted from 1.
  std::string text;  ///< Up to the next ASCII character.
};

/// The first such letters elsewhere. To be asked before toml++ 3.3 is, which does not survive them.
/// Any bytes are safe; a text that is no TOML is looked at as far as its quotes make sense.
std::optional<BareLetters> find_bare_letters(std::string_view toml);

}  // namespace weir
