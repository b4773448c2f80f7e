#include "safety/text/word_fit.h"

#include <algorithm>

namespace weir::safety {
namespace {

// What each disguise leaves of the score.
constexpr float kStretched = 0.95f;
constexpr float kSubstituted = 0.9f;
constexpr float kLookAlike = 0.9f;
constexpr float kSplit = 0.9f;
constexpr float kSpelledOut = 0.85f;
constexpr float kByInitials = 0.8f;

constexpr std::string_view kDoubles = "bcdefglmnoprstz";  // English words have these twice

class Fit {
 public:
  Fit(const Pattern& pattern, std::span<const Unit> units, const SymbolText& text,
      std::size_t first)
      : pattern_(pattern),
        units_(units),
        text_(text),
        symbols_(text.symbols.view()),
        first_(first),
        last_(first + units.size() - 1) {}

  float score() {
    for (std::size_t i = 0; i < units_.size(); ++i)
      if (!run_fits(i) || !gap_fits(i)) return 0;
    end_piece();
    if (weak_stretch_ && !clear_stretch_) return 0;
    if (spelled_ && (pieces_ < 3 || long_pieces_ > 1)) return 0;
    if (wants_apart_ && !stands_apart()) return 0;
    if (!letters_prevail() || !start_fits() || !end_fits()) return 0;
    if ((pattern_.marks & kMerely) != 0 && pieces_ > 1) return 0;
    return weight();
  }

 private:
  const Symbol& at(std::size_t unit) const { return symbols_[first_ + unit]; }
  static bool has(const Symbol& symbol, unsigned marks) { return (symbol.marks & marks) != 0; }
  static bool is_letter(const Symbol& symbol) { return has(symbol, kMarkLetter); }
  static bool is_spaced(const Symbol& symbol) {
    return is_letter(symbol) && !has(symbol, kMarkUnspaced);
  }

  // "hell0" is no hell.
  bool is_zero(const Symbol& symbol) const {
    return has(symbol, kMarkDigit) && text_.stream[symbol.at] == 'o';
  }

  // "twitty" has the t of twit twice.
  bool goes_on_at(std::size_t i) const {
    return (i == 0 && (pattern_.marks & kOpenStart) != 0) ||
           (i + 1 == units_.size() && (pattern_.marks & kOpenEnd) != 0);
  }

  bool run_fits(std::size_t i) {
    const Symbol& symbol = at(i);
    const unsigned run = symbol.run, wanted = units_[i].run;
    if (run == wanted || (run > wanted && goes_on_at(i))) return true;
    if (run < wanted || (has(symbol, kMarkDigit) && !has(symbol, kMarkLetter | kMarkLeet)))
      return false;
    if (has(symbol, kMarkUnspaced)) {
      const bool edge = i == 0 || i + 1 == units_.size();
      clear_stretch_ = clear_stretch_ || !edge;
      return edge || run > 2;
    }
    (run > 2 || !may_double(symbol) ? clear_stretch_ : weak_stretch_) = true;
    return true;
  }

  // Whether two of the letter are nothing special.
  bool may_double(const Symbol& symbol) const {
    const char letter = text_.stream[symbol.at];
    return (pattern_.marks & kAnyDouble) != 0 || (letter & 0x80) != 0 ||
           kDoubles.find(letter) != kDoubles.npos;
  }

  bool gap_fits(std::size_t i) {
    const Symbol& symbol = at(i);
    if (has(symbol, kMarkSpread)) {
      spelled_ = true;
      ++pieces_;
    }
    const std::uint8_t gap = i == 0 ? std::uint8_t{0} : symbol.gap;
    if (gap == 0) {
      if (i > 0 && units_[i].join == Join::kMust) return false;
      ++piece_;
      return true;
    }
    if ((gap & kGapLong) != 0) return false;
    end_piece();
    piece_ = 1;
    if (units_[i].join == Join::kInside) return split_fits(symbol, at(i - 1), gap);
    return (gap & kGapSpace) == 0 || (gap & (kGapDot | kGapSentence)) == 0;
  }

  // A gap where the word has none.
  bool split_fits(const Symbol& symbol, const Symbol& before, std::uint8_t gap) {
    split_ = true;
    if (has(symbol, kMarkUnspaced) || has(before, kMarkUnspaced)) {
      wants_apart_ = wants_apart_ || (gap & (kGapSpace | kGapApostrophe)) != 0;
      return (gap & kGapSentence) == 0;
    }
    const bool space = (gap & kGapSpace) != 0;
    const bool new_sentence =
        (gap & kGapDot) != 0 && has(symbol, kMarkUpper) && !has(before, kMarkUpper);
    if (space || new_sentence || (gap & (kGapApostrophe | kGapSentence)) != 0) spelled_ = true;
    return !(space && (gap & kGapSentence) != 0);
  }

  void end_piece() {
    ++pieces_;
    if (piece_ > 1) ++long_pieces_;
    piece_ = 0;
  }

  bool stands_apart() const {
    return first_ == 0 || symbols_[first_].gap != 0 || last_ + 1 == symbols_.size() ||
           symbols_[last_ + 1].gap != 0;
  }

  // "a55" is a size of paper sooner than a word; "1d10t" is none.
  bool letters_prevail() {
    unsigned letters = 0, digits = 0;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      const bool digit = has(at(i), kMarkDigit) && !is_letter(at(i));
      (digit && has(at(i), kMarkLeet) ? digits : letters) += at(i).run;
      substituted_ = substituted_ || has(at(i), kMarkLeet);
    }
    if (digits <= letters || digits <= pattern_.substitutes) return true;
    return letters > 1 && letters + digits > 4 && digits <= 2 * letters;
  }

  // No character of the original is cut in two, which has several symbols.
  bool start_fits() const {
    const Symbol& edge = symbols_[first_];
    if (first_ == 0 || edge.gap != 0) return true;
    if (symbols_[first_ - 1].begin == edge.begin) return false;
    if ((pattern_.marks & kOpenStart) != 0 || has(edge, kMarkUnspaced)) return true;
    if (!is_letter(edge) && !has(edge, kMarkLeet))
      return !is_spaced(symbols_[first_ - 1]) && !has(symbols_[first_ - 1], kMarkDigit);
    for (std::size_t i = first_; i > 0 && symbols_[i].gap == 0; --i)
      if (is_letter(symbols_[i - 1])) return !is_spaced(symbols_[i - 1]);
    return true;
  }

  bool end_fits() const {
    const Symbol& edge = symbols_[last_];
    const std::size_t next = last_ + 1;
    if (next == symbols_.size() || symbols_[next].gap != 0) return true;
    if (symbols_[next].begin == edge.begin) return false;
    if ((pattern_.marks & kOpenEnd) != 0 || has(edge, kMarkUnspaced | kMarkStartOnly)) return true;
    if (!is_letter(edge) && !has(edge, kMarkLeet))
      return !is_spaced(symbols_[next]) && !has(symbols_[next], kMarkDigit);
    std::size_t i = next;
    for (; i < symbols_.size() && symbols_[i].gap == 0; ++i)
      if (is_letter(symbols_[i])) return !is_spaced(symbols_[i]);
    return i > next + 1 || symbols_[next].run > 1 || !is_zero(symbols_[next]);
  }

  float weight() const {
    float out = 1;
    bool looks = false;
    for (std::size_t i = 0; i < units_.size(); ++i) looks = looks || has(at(i), kMarkLook);
    if (clear_stretch_) out *= kStretched;
    if (substituted_) out *= kSubstituted;
    if (looks) out *= kLookAlike;
    if (spelled_ || wants_apart_)
      out *= kSpelledOut;
    else if (split_)
      out *= kSplit;
    if ((pattern_.marks & kInitials) != 0) out *= kByInitials;
    return out;
  }

  const Pattern& pattern_;
  std::span<const Unit> units_;
  const SymbolText& text_;
  std::span<const Symbol> symbols_;
  const std::size_t first_;
  const std::size_t last_;
  unsigned pieces_ = 0;
  unsigned long_pieces_ = 0;
  unsigned piece_ = 0;
  bool weak_stretch_ = false;
  bool clear_stretch_ = false;
  bool split_ = false;
  bool spelled_ = false;
  bool wants_apart_ = false;
  bool substituted_ = false;
};

}  // namespace

float word_fit(const Pattern& pattern, std::span<const Unit> units, const SymbolText& text,
               std::size_t first) {
  return Fit(pattern, units, text, first).score();
}

}  // namespace weir::safety
