#include "safety/text/char_kinds.h"

#include <string_view>

#include <unicode/uchar.h>

namespace weir::safety {
namespace {

bool is_unseen(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  constexpr char32_t kTatweel = 0x640;  // only makes an Arabic word longer
  return c == kTatweel || u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
         u_charType(point) == U_FORMAT_CHAR || u_charType(point) == U_CONTROL_CHAR;
}

Kind sign_kind(char32_t c) {
  constexpr std::u32string_view kDots = U"…‥․";
  constexpr std::u32string_view kSentence = U"。、،؛؟।॥¡¿‼⁇⁈⁉";
  constexpr std::u32string_view kApostrophes = U"’‘ʼʻ′‛´";
  constexpr char32_t kBrailleBlank = 0x2800;
  if (u_isUWhiteSpace(static_cast<UChar32>(c)) || c == kBrailleBlank) return Kind::kSpace;
  if (kDots.find(c) != kDots.npos) return Kind::kDot;
  if (kSentence.find(c) != kSentence.npos) return Kind::kSentence;
  return kApostrophes.find(c) != kApostrophes.npos ? Kind::kApostrophe : Kind::kOther;
}

}  // namespace

bool is_han(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(static_cast<UChar32>(c), &status) == USCRIPT_HAN;
}

Bounds bounds_of(UScriptCode script) {
  switch (script) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_BOPOMOFO:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
    case USCRIPT_TIBETAN:
    case USCRIPT_YI:
    case USCRIPT_JAVANESE:
    case USCRIPT_BALINESE:
    case USCRIPT_LANNA:
      return Bounds::kNone;
    case USCRIPT_HANGUL:
      return Bounds::kStartOnly;
    default:
      return Bounds::kSpaced;
  }
}

bool is_accent(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  const auto script = uscript_getScript(static_cast<UChar32>(c), &status);
  const auto type = u_charType(static_cast<UChar32>(c));
  if (type == U_ENCLOSING_MARK) return true;
  if (type != U_NON_SPACING_MARK || c == 0x3099 || c == 0x309A) return false;
  return script == USCRIPT_INHERITED || script == USCRIPT_LATIN || script == USCRIPT_GREEK ||
         script == USCRIPT_CYRILLIC || script == USCRIPT_ARABIC || script == USCRIPT_HEBREW;
}

char money_letter(char32_t c) {
  switch (c) {
    case U'€':
      return 'e';
    case U'¢':
      return 'c';
    case U'¥':
      return 'y';
    default:
      return 0;
  }
}

Kind kind_beyond_ascii(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  if (u_charDigitValue(point) >= 0) return Kind::kDigit;
  const bool mark = (U_GET_GC_MASK(point) & U_GC_M_MASK) != 0;
  if (sign_kind(c) != Kind::kOther) return sign_kind(c);
  if (is_unseen(c)) return Kind::kIgnored;
  return u_isalpha(point) || mark ? Kind::kLetter : Kind::kOther;
}

}  // namespace weir::safety
