#include "base/toml_quotes.h"

#include <algorithm>

namespace weir {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

/// How many bytes the string is long that `text` begins with; without its end, up to where it
/// cannot go on.
std::size_t string_length(std::string_view text) {
  const char quote = text.front();
  const std::string three(3, quote);
  const bool long_one = text.starts_with(three);
  const std::string_view end = long_one ? std::string_view(three) : text.substr(0, 1);
  for (std::size_t at = end.size(); at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text.substr(at).starts_with(end)) {
      return at + end.size();
    } else if (text[at] == '\n' && !long_one) {
      return at;
    }
  }
  return text.size();
}

/// How many bytes need not be looked into from here on.
std::size_t passed(std::string_view text) {
  if (text.front() == '#') return std::min(text.find('\n'), text.size());
  if (text.front() == '"' || text.front() == '\'') return string_length(text);
  return 1;
}

}  // namespace

std::optional<BareLetters> find_bare_letters(std::string_view toml) {
  int line = 1;
  if (toml.starts_with(kByteOrderMark)) toml.remove_prefix(kByteOrderMark.size());
  while (!toml.empty()) {
    if (!is_ascii(toml.front())) {
      const auto end = std::ranges::find_if(toml, is_ascii);
      return BareLetters{line, std::string(toml.begin(), end)};
    }
    const auto piece = toml.substr(0, passed(toml));
    line += static_cast<int>(std::ranges::count(piece, '\n'));
    toml.remove_prefix(piece.size());
  }
  return {};
}

}  // namespace weir
