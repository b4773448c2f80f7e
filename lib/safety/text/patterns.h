// Words of a list in the form they are looked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "safety/text/char_table.h"

namespace weir::safety {

/// What may lie between a letter of a word and the one before it.
enum class Join : std::uint8_t {
  kInside,  ///< Nothing, unless the word is taken apart.
  kMust,    ///< A gap, as between two words.
  kMay,     ///< A gap or nothing, as at a hyphen.
};

struct Unit {
  std::uint8_t run = 1;  ///< How often the letter stands there.
  Join join = Join::kInside;
};

/// How a word is compared; bits.
enum PatternMark : std::uint8_t {
  kOpenStart = 1,   ///< It may begin within a longer word.
  kOpenEnd = 2,     ///< It may end within a longer word.
  kException = 4,   ///< It keeps rules from finding what lies in it.
  kInitials = 8,    ///< Initials of Chinese words.
  kAnyDouble = 16,  ///< Of a language in which every letter may stand twice.
  kMerely = 32,     ///< Nothing but initials or digits: found as it is written alone.
};

struct Pattern {
  std::uint32_t rule = 0;      ///< Of an exception the first, …
  std::uint32_t rule_end = 0;  ///< … and one behind the last.
  std::uint32_t units = 0;     ///< Where its units begin.
  std::uint32_t normal = 0;    ///< Where its normal form begins.
  std::uint16_t normal_size = 0;
  std::uint8_t size = 0;  ///< How many there are.
  std::uint8_t marks = 0;
  std::uint16_t substitutes = 0;  ///< Digits and signs for letters that the word itself has.
};

/// The byte string that a word becomes, and its units.
struct Spelling {
  std::string literal;
  std::string normal;  ///< With its double letters, and a blank between its words.
  std::vector<Unit> units;
  std::uint8_t marks = 0;
  std::uint16_t substitutes = 0;
};

inline constexpr std::size_t kLongestWord = 64;  ///< Symbols.

/// All spellings of a word that have a byte string of their own: as it stands, as it looks, and
/// with double letters apart. kBadInput when it cannot be looked for, with the reason.
Result<std::vector<Spelling>> spell(std::string_view word, const CharTable& table);

}  // namespace weir::safety
