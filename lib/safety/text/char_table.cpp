#include "safety/text/char_table.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>

#include <map>
#include <span>

#include "safety/text/char_kinds.h"
#include "safety/text/looks.h"

namespace weir::safety {
namespace {

static_assert(USCRIPT_LATIN == 25, "ascii_glyph.cpp relies on it");

constexpr char32_t kLast = 0x10FFFF;
constexpr char32_t kBoxedLetters = 0x1F130;  // 🅰, 🇦: most do not fold to their letters
constexpr char32_t kLastBoxedLetter = 0x1F1FF;

// Han characters that fold to themselves.
bool is_unified(char32_t c) {
  return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
         (c >= 0x20000 && c < 0x2F800) || (c >= 0x30000 && c < 0x40000);
}

std::u32string code_points(const icu::UnicodeString& text) {
  std::u32string out(static_cast<std::size_t>(text.countChar32()), 0);
  UErrorCode status = U_ZERO_ERROR;
  text.toUTF32(reinterpret_cast<UChar32*>(out.data()), static_cast<int32_t>(out.size()), status);
  return out;
}

/// Folding of one character, as Unicode has it.
class Folding {
 public:
  explicit Folding(UErrorCode& status)
      : casefold_(icu::Normalizer2::getNFKCCasefoldInstance(status)),
        decompose_(icu::Normalizer2::getNFKDInstance(status)) {}

  std::u32string of(char32_t c) const {
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString folded, apart;
    casefold_->normalize(icu::UnicodeString(static_cast<UChar32>(c)), folded, status);
    decompose_->normalize(folded, apart, status);
    return U_SUCCESS(status) ? code_points(apart) : std::u32string(1, c);
  }

 private:
  const icu::Normalizer2* casefold_;
  const icu::Normalizer2* decompose_;
};

// Every character on a line of its own, so that no rule for phrases applies.
Result<std::map<char32_t, char32_t>> simplified_chinese() {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> simplify(
      icu::Transliterator::createInstance("Traditional-Simplified", UTRANS_FORWARD, status));
  if (U_FAILURE(status)) return fail(Code::kInternal, "ICU cannot simplify Chinese characters");
  icu::UnicodeString all;
  constexpr std::pair<char32_t, char32_t> kBlocks[] = {{0x3400, 0x4DBF}, {0x4E00, 0x9FFF}};
  for (const auto& [begin, end] : kBlocks)
    for (char32_t c = begin; c <= end; ++c) all.append(static_cast<UChar32>(c)).append(u'\n');
  const std::u32string before = code_points(all);
  simplify->transliterate(all);
  const std::u32string after = code_points(all);
  std::map<char32_t, char32_t> out;
  for (std::size_t i = 0; i < before.size() && before.size() == after.size(); ++i)
    if (before[i] != after[i]) out.emplace(before[i], after[i]);
  return out;
}

}  // namespace

/// Fills the pages one after the other; pages without a character are one and the same.
class CharTableBuilder {
 public:
  CharTableBuilder(std::map<char32_t, char32_t> simplified, Looks looks, UErrorCode& status)
      : simplified_(std::move(simplified)), looks_(std::move(looks)), folding_(status) {}

  std::shared_ptr<const CharTable> build() {
    table_->entries_.resize(CharTable::kPageSize);
    for (char32_t page = 0; page <= kLast >> CharTable::kPageBits; ++page) add_page(page);
    return table_;
  }

 private:
  using Entry = CharTable::Entry;

  void add_page(char32_t page) {
    const char32_t first = page << CharTable::kPageBits;
    std::vector<Entry> entries(CharTable::kPageSize);
    bool empty = true;
    for (char32_t i = 0; i < CharTable::kPageSize; ++i) {
      const bool known = u_charType(static_cast<UChar32>(first + i)) != U_UNASSIGNED;
      entries[i] = known ? entry(first + i) : Entry{.glyph = {.out = first + i}};
      empty = empty && !known;
    }
    table_->pages_.push_back(
        empty ? 0 : static_cast<std::uint32_t>(table_->entries_.size() / CharTable::kPageSize));
    if (!empty) table_->entries_.insert(table_->entries_.end(), entries.begin(), entries.end());
  }

  Entry entry(char32_t c) {
    if (c < 0x80) return {.glyph = ascii_glyph(static_cast<unsigned char>(c))};
    if (c >= kBoxedLetters && c <= kLastBoxedLetter)
      if (const char letter = looks_.letter_of_name(c); letter != 0)
        return {.glyph = ascii_glyph(static_cast<unsigned char>(letter))};
    if (is_accent(c))
      return {.glyph = {.out = c, .kind = Kind::kMark}};  // U+0345 folds to a letter
    const std::u32string folded = folded_form(c);
    if (folded.size() == 1) return {.glyph = glyph(c, folded.front())};
    if (folded.empty()) return {.glyph = {.out = c, .kind = Kind::kIgnored}};
    Entry out;
    out.glyph.out = static_cast<char32_t>(table_->pool_.size());
    out.more = static_cast<std::uint32_t>(folded.size());
    table_->pool_.insert(table_->pool_.end(), folded.begin(), folded.end());
    return out;
  }

  // Without the accents upon a letter.
  std::u32string folded_form(char32_t c) const {
    if (const auto found = simplified_.find(c); found != simplified_.end())
      return std::u32string(1, found->second);
    if (is_unified(c)) return std::u32string(1, c);
    std::u32string out = folding_.of(c);
    std::erase_if(out, is_accent);
    return out;
  }

  Glyph glyph(char32_t c, char32_t folded) const {
    if (folded != c && folded < 0x80) {
      Glyph out = ascii_glyph(static_cast<unsigned char>(folded));
      out.upper = u_isupper(static_cast<UChar32>(c)) != 0;
      return out;
    }
    if (folded != c && is_han(folded)) return glyph(folded, folded);
    UErrorCode status = U_ZERO_ERROR;
    const auto script = uscript_getScript(static_cast<UChar32>(folded), &status);
    Glyph out{.out = folded, .kind = kind_beyond_ascii(folded), .bounds = bounds_of(script)};
    out.script = static_cast<std::uint8_t>(script);
    out.upper = u_isupper(static_cast<UChar32>(c)) != 0;
    if (folded == 0x30FC) out.bounds = Bounds::kNone;  // ー, of both Japanese scripts
    if (out.kind == Kind::kDigit)
      return ascii_glyph(
          static_cast<unsigned char>('0' + u_charDigitValue(static_cast<UChar32>(folded))));
    if (out.kind == Kind::kLetter && out.bounds == Bounds::kSpaced) {
      out.look = looks_.letter(c);
      out.alike = looks_.alike(c);
    }
    if (out.kind == Kind::kOther) out.leet = money_letter(folded);
    return out;
  }

  std::map<char32_t, char32_t> simplified_;
  Looks looks_;
  Folding folding_;
  std::shared_ptr<CharTable> table_ = std::make_shared<CharTable>();
};

Result<std::shared_ptr<const CharTable>> CharTable::build() {
  WEIR_TRY_ASSIGN(auto simplified, simplified_chinese());
  WEIR_TRY_ASSIGN(auto looks, Looks::open());
  UErrorCode status = U_ZERO_ERROR;
  CharTableBuilder builder(std::move(simplified), std::move(looks), status);
  if (U_FAILURE(status))
    return fail(Code::kInternal, "ICU has no normalisation data: {}", u_errorName(status));
  return builder.build();
}

}  // namespace weir::safety
