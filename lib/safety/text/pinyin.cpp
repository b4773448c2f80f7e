#include "safety/text/pinyin.h"

#include <unicode/translit.h>
#include <unicode/uscript.h>

namespace weir::safety {

struct Pinyin::Readings {
  std::unique_ptr<icu::Transliterator> to_latin;
};

Pinyin::Pinyin(std::unique_ptr<Readings> readings) : readings_(std::move(readings)) {}
Pinyin::~Pinyin() = default;
Pinyin::Pinyin(Pinyin&&) noexcept = default;
Pinyin& Pinyin::operator=(Pinyin&&) noexcept = default;

Result<Pinyin> Pinyin::open() {
  UErrorCode status = U_ZERO_ERROR;
  auto readings = std::make_unique<Readings>();
  readings->to_latin.reset(
      icu::Transliterator::createInstance("Han-Latin; Latin-ASCII", UTRANS_FORWARD, status));
  if (U_FAILURE(status)) return fail(Code::kInternal, "ICU has no pinyin: {}", u_errorName(status));
  return Pinyin(std::move(readings));
}

std::string Pinyin::initials(std::string_view word) const {
  const auto text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(word.data(), static_cast<int32_t>(word.size())));
  std::string out;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    UErrorCode status = U_ZERO_ERROR;
    if (uscript_getScript(text.char32At(i), &status) != USCRIPT_HAN) return "";
    icu::UnicodeString one(text.char32At(i));
    readings_->to_latin->transliterate(one);
    const char16_t first = one.charAt(0);
    if (first < 'a' || first > 'z') return "";
    out += static_cast<char>(first);
  }
  return out.size() > 1 ? out : "";
}

}  // namespace weir::safety
