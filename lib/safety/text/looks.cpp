#include "safety/text/looks.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

namespace weir::safety {
namespace {

// What may stand between LETTER and the letter.
bool is_manner(std::string_view word) {
  constexpr std::array<std::string_view, 11> kManners{
      "SMALL",     "CAPITAL", "TURNED",   "REVERSED", "OPEN",       "SCRIPT",
      "STRETCHED", "INSULAR", "SIDEWAYS", "DOTLESS",  "BLACKLETTER"};
  return std::find(kManners.begin(), kManners.end(), word) != kManners.end();
}

bool is_mark(char16_t c) {
  return u_charType(c) == U_NON_SPACING_MARK;
}

}  // namespace

Result<Looks> Looks::open() {
  Looks out;
  UErrorCode status = U_ZERO_ERROR;
  out.checker_.reset(uspoof_open(&status));
  if (U_FAILURE(status))
    return fail(Code::kInternal, "ICU has no confusables: {}", u_errorName(status));
  // Small letters first: l, I and 1 share a skeleton.
  for (char32_t c = 'a'; c <= 'z'; ++c) out.letters_.emplace(out.skeleton(c), static_cast<char>(c));
  for (char32_t c = 'A'; c <= 'Z'; ++c)
    out.letters_.emplace(out.skeleton(c), static_cast<char>(c - 'A' + 'a'));
  return out;
}

std::u16string Looks::skeleton(char32_t c) const {
  const icu::UnicodeString text(static_cast<UChar32>(c));
  std::array<char16_t, 64> out{};
  UErrorCode status = U_ZERO_ERROR;
  const auto size = uspoof_getSkeleton(checker_.get(), 0, text.getBuffer(), text.length(),
                                       out.data(), static_cast<int32_t>(out.size()), &status);
  if (U_FAILURE(status) || size > static_cast<int32_t>(out.size())) return {};
  std::u16string found(out.data(), static_cast<std::size_t>(size));
  std::erase_if(found, is_mark);
  return found;
}

char Looks::like(char32_t c) const {
  const auto found = letters_.find(skeleton(c));
  return found != letters_.end() ? found->second : '\0';
}

char Looks::letter_of_name(char32_t c) const {
  std::array<char, 128> name{};
  UErrorCode status = U_ZERO_ERROR;
  const auto size = u_charName(static_cast<UChar32>(c), U_UNICODE_CHAR_NAME, name.data(),
                               static_cast<int32_t>(name.size()), &status);
  std::istringstream words(std::string(name.data(), static_cast<std::size_t>(size)));
  std::string word;
  bool latin = false;
  while (words >> word && word != "LETTER") latin = latin || word == "LATIN" || word == "REGIONAL";
  while (words >> word && is_manner(word)) continue;
  if (!latin || word.size() != 1) return 0;
  const char letter = static_cast<char>(word.front() - 'A' + 'a');
  return !(words >> word) || word == "WITH" ? letter : '\0';
}

char Looks::letter(char32_t c) const {
  if (const char found = like(c); found != 0) return found;
  const auto upper = static_cast<char32_t>(u_toupper(static_cast<UChar32>(c)));
  if (const char found = upper != c ? like(upper) : '\0'; found != 0) return found;
  return letter_of_name(c);
}

}  // namespace weir::safety
