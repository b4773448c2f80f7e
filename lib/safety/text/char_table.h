// What each character of Unicode means to a word filter: its folded form, what it looks like, and
// whether it is a letter, a gap between letters, or nothing at all.
//
// Source     Unicode 15 as ICU has it: NFKC_Casefold, NFKD, the confusables of UTS #39, the names
//            of letters, and CLDR's traditional to simplified Chinese.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::safety {

/// The parts a character can play.
enum class Kind : std::uint8_t {
  kOther,       ///< Separates letters: punctuation, symbols, emoji, what is not assigned.
  kLetter,      ///< Also a mark that a script cannot be read without.
  kDigit,       ///< 0 to 9, of any script.
  kIgnored,     ///< Nobody sees it: zero width, control, format.
  kMark,        ///< An accent upon the character before it.
  kSpace,       ///<
  kDot,         ///< . and what stands for it.
  kSentence,    ///< , ; : ! ? and their like: between two words more often than within one.
  kApostrophe,  ///<
};

/// Where words of a script end.
enum class Bounds : std::uint8_t {
  kSpaced,     ///< At gaps on both sides: Latin, Cyrillic, Arabic, …
  kStartOnly,  ///< Words begin behind a gap, and go on with endings: Hangul.
  kNone,       ///< Nothing shows: Chinese, Japanese, Thai, …
};

/// One folded character.
struct Glyph {
  char32_t out = 0;
  Kind kind = Kind::kOther;
  Bounds bounds = Bounds::kSpaced;
  std::uint8_t script = 0;  ///< ICU's UScriptCode.
  char look = 0;            ///< The small ASCII letter it is taken for; 0: none, or it is one.
  bool alike = false;       ///< Hardly to be told from `look`.
  char leet = 0;            ///< The letter a digit or a sign stands for within a word; 0: none.
  bool upper = false;
};

/// Immutable once built; any thread may read it.
class CharTable {
 public:
  /// Takes about 0.2 s. kInternal when ICU's data are not there.
  static Result<std::shared_ptr<const CharTable>> build();

  /// Calls `use(glyph)` for every folded character of `c`: usually one; none for an ignored one.
  /// The case and the look are those of `c` when it folds to one character.
  template <typename Use>
  void fold(char32_t c, Use use) const {
    const Entry& entry = at(c);
    if (entry.more == 0) {
      use(entry.glyph);
      return;
    }
    for (std::uint32_t i = 0; i < entry.more; ++i) use(at(pool_[entry.glyph.out + i]).glyph);
  }
  /// The first folded character of `c`.
  const Glyph& first(char32_t c) const {
    const Entry& entry = at(c);
    return entry.more == 0 ? entry.glyph : at(pool_[entry.glyph.out]).glyph;
  }

 private:
  friend class CharTableBuilder;
  struct Entry {
    Glyph glyph;             ///< With `more`, `out` is a place in the pool.
    std::uint32_t more = 0;  ///< How many characters it folds to, when these are not one.
  };
  static constexpr char32_t kPageBits = 7;
  static constexpr char32_t kPageSize = 1 << kPageBits;

  const Entry& at(char32_t c) const {
    return entries_[pages_[c >> kPageBits] * kPageSize + (c & (kPageSize - 1))];
  }

  std::vector<std::uint32_t> pages_;
  std::vector<Entry> entries_;
  std::vector<char32_t> pool_;
};

/// What `c` means when it is ASCII, at hand for the compiler.
Glyph ascii_glyph(unsigned char c);

}  // namespace weir::safety
