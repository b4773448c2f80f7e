#include "safety/text/patterns.h"

#include <algorithm>

#include "safety/text/symbols.h"

namespace weir::safety {
namespace {

constexpr unsigned kLongestRun = 255;

// "twit*" may go on; the stars are no part of the word.
std::uint8_t take_stars(std::string_view& word) {
  std::uint8_t marks = 0;
  if (word.size() > 1 && word.starts_with('*')) {
    marks |= kOpenStart;
    word.remove_prefix(1);
  }
  if (word.size() > 1 && word.ends_with('*')) {
    marks |= kOpenEnd;
    word.remove_suffix(1);
  }
  return marks;
}

Join join_of(const Symbol& symbol) {
  if (symbol.gap == 0) return Join::kInside;
  if ((symbol.marks & kMarkUnspaced) != 0) return Join::kMay;
  return (symbol.gap & (kGapSpace | kGapSentence)) != 0 ? Join::kMust : Join::kMay;
}

Result<void> check(const SymbolText& text) {
  const auto symbols = text.symbols.view();
  if (symbols.empty()) return fail(Code::kBadInput, "has no letter and no digit");
  if (symbols.size() > kLongestWord)
    return fail(Code::kBadInput, "is longer than {} letters", kLongestWord);
  const bool unspaced = (symbols.front().marks & kMarkUnspaced) != 0;
  if (symbols.size() == 1 && !unspaced)
    return fail(Code::kBadInput, "is a single letter, which would be found everywhere");
  const bool runs = std::all_of(symbols.begin(), symbols.end(), [](const Symbol& symbol) {
    return symbol.run <= kLongestRun && (symbol.gap & kGapLong) == 0;
  });
  if (!runs) return fail(Code::kBadInput, "has a letter or a gap that is too long");
  return {};
}

bool all_digits(const SymbolText& text) {
  const auto symbols = text.symbols.view();
  return std::all_of(symbols.begin(), symbols.end(), [](const Symbol& symbol) {
    return (symbol.marks & (kMarkLetter | kMarkLeet)) == 0;
  });
}

Spelling as_it_stands(const SymbolText& text, std::uint8_t marks) {
  Spelling out{.literal = std::string(text.text()), .normal = "", .units = {}, .marks = marks};
  for (const Symbol& symbol : text.symbols.view()) {
    const Join join = out.units.empty() ? Join::kInside : join_of(symbol);
    out.units.push_back({static_cast<std::uint8_t>(symbol.run), join});
    if ((symbol.marks & kMarkLeet) != 0)
      out.substitutes = static_cast<std::uint16_t>(out.substitutes + symbol.run);
  }
  if (all_digits(text)) out.marks |= kMerely;
  return out;
}

std::string_view letter_at(const SymbolText& text, std::size_t i) {
  const auto symbols = text.symbols.view();
  const std::size_t end = i + 1 < symbols.size() ? symbols[i + 1].at : text.text().size();
  return text.text().substr(symbols[i].at, end - symbols[i].at);
}

std::string normal_form(const SymbolText& text, const Spelling& whole) {
  std::string out;
  for (std::size_t i = 0; i < whole.units.size(); ++i) {
    if (whole.units[i].join == Join::kMust) out += ' ';
    for (unsigned k = 0; k < whole.units[i].run; ++k) out += letter_at(text, i);
  }
  return out;
}

// "hel-l": a gap keeps equal letters apart.
Spelling with_doubles_apart(const SymbolText& text, const Spelling& whole) {
  Spelling out = whole;
  out.literal.clear();
  out.units.clear();
  for (std::size_t i = 0; i < whole.units.size(); ++i)
    for (unsigned k = 0; k < whole.units[i].run; ++k) {
      out.literal += letter_at(text, i);
      out.units.push_back({1, k == 0 ? whole.units[i].join : Join::kInside});
    }
  return out;
}

void add_new(Spelling spelling, std::vector<Spelling>& out) {
  const auto same = [&](const Spelling& other) { return other.literal == spelling.literal; };
  if (spelling.units.size() <= kLongestWord && std::none_of(out.begin(), out.end(), same))
    out.push_back(std::move(spelling));
}

}  // namespace

Result<std::vector<Spelling>> spell(std::string_view word, const CharTable& table) {
  const std::uint8_t marks = take_stars(word);
  Folded folded;
  fold(word.substr(0, kLongestWord * 64), table, folded);
  if (folded.invalid > 0) return fail(Code::kBadInput, "is no UTF-8");
  std::vector<Spelling> out;
  for (const Reading reading : {Reading::kPlain, Reading::kLooks}) {
    SymbolText text;
    read_folded(folded, reading, text);
    WEIR_TRY(check(text));
    Spelling whole = as_it_stands(text, marks);
    whole.normal = normal_form(text, whole);
    Spelling apart = with_doubles_apart(text, whole);
    add_new(std::move(whole), out);
    add_new(std::move(apart), out);
  }
  return out;
}

}  // namespace weir::safety
