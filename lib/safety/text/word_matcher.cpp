#include "safety/text/word_matcher.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "safety/text/pinyin.h"
#include "safety/text/word_fit.h"

namespace weir::safety {
namespace {

// An open end takes the rest of the word with it.
Span word_span(const Pattern& pattern, const SymbolText& text, std::size_t first) {
  const auto symbols = text.symbols.view();
  const auto goes_on = [&](std::size_t i) {
    constexpr unsigned kSpacedLetter = kMarkLetter | kMarkUnspaced;
    return symbols[i].gap == 0 && (symbols[i].marks & kSpacedLetter) == kMarkLetter;
  };
  std::size_t last = first + pattern.size - 1;
  for (std::size_t most = kLongestWord; most > 0 && (pattern.marks & kOpenStart) != 0; --most)
    if (first > 0 && symbols[first].gap == 0 && goes_on(first)) --first;
  for (std::size_t most = kLongestWord; most > 0 && (pattern.marks & kOpenEnd) != 0; --most)
    if (last + 1 < symbols.size() && goes_on(last + 1)) ++last;
  return {symbols[first].begin, symbols[last].end};
}

}  // namespace

/// Gathers the patterns by their byte strings.
class WordCompiler {
 public:
  WordCompiler(const CharTable& table, Faults& faults) : table_(table), faults_(faults) {}

  Result<void> add(const WordList& list) {
    for (std::uint32_t i = 0; i < list.rules.size(); ++i) WEIR_TRY(add_rule(list.rules[i], i));
    for (const auto& exception : list.exceptions) {
      Pattern pattern{.rule = static_cast<std::uint32_t>(exception.first),
                      .rule_end = static_cast<std::uint32_t>(exception.last),
                      .marks = kException | kAnyDouble};
      add_word(exception.word, exception.file, pattern);
    }
    return {};
  }

  Result<WordMatcher> finish() {
    WordMatcher out;
    for (std::size_t i = 0; i < literals_.size(); ++i) {
      out.first_pattern_.push_back(static_cast<std::uint32_t>(out.patterns_.size()));
      out.literal_size_.push_back(static_cast<std::uint16_t>(literals_[i].size()));
      for (std::size_t k = first_[i]; k != kNone; k = next_[k])
        out.patterns_.push_back(patterns_[k]);
    }
    out.first_pattern_.push_back(static_cast<std::uint32_t>(out.patterns_.size()));
    out.units_ = std::move(units_);
    out.normals_ = std::make_unique<const std::string>(std::move(normals_));
    WEIR_TRY_ASSIGN(out.database_, ScanDatabase::of_literals(literals_));
    return out;
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  Result<void> add_rule(const Rule& rule, std::uint32_t number) {
    Pattern pattern{.rule = number, .rule_end = number + 1};
    if (!rule.language.empty() && rule.language != "en") pattern.marks |= kAnyDouble;
    for (const auto& word : rule.words) {
      add_word(word, rule.file, pattern);
      if (rule.pinyin_initials) WEIR_TRY(add_initials(word, rule.file, pattern));
    }
    if (rule.kind != RuleKind::kWords) return {};
    pattern.marks |= kException;
    for (const auto& word : rule.except) add_word(word, rule.file, pattern);
    return {};
  }

  Result<void> add_initials(const Word& word, const std::string& file, Pattern pattern) {
    if (!pinyin_) {
      WEIR_TRY_ASSIGN(pinyin_, Pinyin::open());
    }
    pattern.marks |= kInitials | kMerely;
    const std::string initials = pinyin_->initials(word.text);
    if (!initials.empty()) add_word({initials, word.line}, file, pattern);
    return {};
  }

  void add_word(const Word& word, const std::string& file, Pattern pattern) {
    const auto spellings = spell(word.text, table_);
    if (!spellings) {
      faults_.push_back(fmt::format("{}:{}: the word '{}' {}", file, word.line,
                                    word.text.substr(0, 64), spellings.error().what));
      return;
    }
    for (const auto& spelling : *spellings) add_spelling(spelling, pattern);
  }

  void add_spelling(const Spelling& spelling, Pattern pattern) {
    pattern.units = static_cast<std::uint32_t>(units_.size());
    pattern.size = static_cast<std::uint8_t>(spelling.units.size());
    pattern.normal = static_cast<std::uint32_t>(normals_.size());
    pattern.normal_size = static_cast<std::uint16_t>(spelling.normal.size());
    normals_ += spelling.normal;
    pattern.marks |= spelling.marks;
    pattern.substitutes = spelling.substitutes;
    units_.insert(units_.end(), spelling.units.begin(), spelling.units.end());
    const auto [place, fresh] = numbers_.try_emplace(spelling.literal, literals_.size());
    if (fresh) {
      literals_.push_back(spelling.literal);
      first_.push_back(kNone);
    }
    next_.push_back(first_[place->second]);
    first_[place->second] = patterns_.size();
    patterns_.push_back(pattern);
  }

  const CharTable& table_;
  Faults& faults_;
  std::optional<Pinyin> pinyin_;
  std::vector<std::string> literals_;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::vector<std::size_t> first_;  ///< The last pattern of each literal, …
  std::vector<std::size_t> next_;   ///< … and for each pattern the one before it.
  std::vector<Pattern> patterns_;
  std::vector<Unit> units_;
  std::string normals_;
};

Result<WordMatcher> WordMatcher::compile(const WordList& list, const CharTable& table,
                                         Faults& faults) {
  WordCompiler compiler(table, faults);
  WEIR_TRY(compiler.add(list));
  return compiler.finish();
}

Result<void> WordMatcher::find(const SymbolText& text, const ScanScratch& scratch,
                               std::vector<Hit>& hits, std::vector<Pardon>& pardons) const {
  return database_.scan(text.text(), scratch, [&](unsigned literal, std::size_t, std::size_t end) {
    check(literal, end, text, hits, pardons);
  });
}

void WordMatcher::check(std::size_t literal, std::size_t end, const SymbolText& text,
                        std::vector<Hit>& hits, std::vector<Pardon>& pardons) const {
  const std::size_t begin = end - literal_size_[literal];
  const std::size_t first = text.symbol_at(begin);
  for (std::size_t i = first_pattern_[literal]; i < first_pattern_[literal + 1]; ++i) {
    const Pattern& pattern = patterns_[i];
    const std::span<const Unit> units(units_.data() + pattern.units, pattern.size);
    const float score = word_fit(pattern, units, text, first);
    if (score == 0) continue;
    const Span span = word_span(pattern, text, first);
    if ((pattern.marks & kException) != 0)
      pardons.push_back({span, pattern.rule, pattern.rule_end});
    else
      hits.push_back({span, pattern.rule, score,
                      std::string_view(*normals_).substr(pattern.normal, pattern.normal_size)});
  }
}

}  // namespace weir::safety
