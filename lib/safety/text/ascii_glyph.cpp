#include <string_view>

#include "safety/text/char_table.h"

namespace weir::safety {
namespace {

constexpr std::uint8_t kLatin = 25;  // USCRIPT_LATIN; char_table.cpp asserts it

constexpr char leet_letter(unsigned char c) {
  constexpr std::string_view kSigns = "01345789@$!|+";
  constexpr std::string_view kMeant = "oieastbgasiit";
  const auto at = kSigns.find(static_cast<char>(c));
  return at == kSigns.npos ? '\0' : kMeant[at];
}

constexpr Kind sign_kind(unsigned char c) {
  constexpr std::string_view kSentence = ",;:!?";
  if (c == ' ' || (c >= '\t' && c <= '\r')) return Kind::kSpace;
  if (c < 0x20 || c == 0x7f) return Kind::kIgnored;
  if (c == '.') return Kind::kDot;
  if (c == '\'' || c == '`') return Kind::kApostrophe;
  return kSentence.find(static_cast<char>(c)) != kSentence.npos ? Kind::kSentence : Kind::kOther;
}

}  // namespace

Glyph ascii_glyph(unsigned char c) {
  const bool upper = c >= 'A' && c <= 'Z';
  const bool small = c >= 'a' && c <= 'z';
  Glyph glyph{.out = c, .leet = leet_letter(c), .upper = upper};
  if (upper) glyph.out = c - 'A' + 'a';
  glyph.kind = upper || small ? Kind::kLetter : c >= '0' && c <= '9' ? Kind::kDigit : sign_kind(c);
  if (glyph.kind == Kind::kLetter) glyph.script = kLatin;
  return glyph;
}

}  // namespace weir::safety
