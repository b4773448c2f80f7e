// A word filter: what a text holds that a list does not want seen, and where.
//
//     auto chars = CharTable::build();                     // once
//     auto list = load_word_lists(files);
//     auto screen = TextScreen::compile(std::move(*list), *chars);
//     auto scratch = (*screen)->make_scratch();             // one a thread
//     auto verdict = (*screen)->judge(comment, *scratch);
//
// Cost       About half a microsecond for a comment of 40 characters and 10 000 words; nothing is
//            allocated once the scratch has grown to the size of the texts.
// Limits     Memory of a scratch is 17 times the longest text where that is ASCII, up to 40 times
//            elsewhere, and is given back behind a text of more than 64 KiB.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "safety/text/char_table.h"
#include "safety/text/folded_text.h"
#include "safety/text/hits.h"
#include "safety/text/shapes.h"
#include "safety/text/symbols.h"
#include "safety/text/word_list.h"
#include "safety/text/word_matcher.h"

namespace weir::safety {

/// What is decided about a text. Lies in the scratch, until that is used again.
struct Verdict {
  Action action = Action::kPass;  ///< The severest of all hits.
  const Hit* worst = nullptr;  ///< The hit that decided: action, severity, score, place. Or none.
  std::span<const Hit> hits;   ///< In order of their places, the longer first.
  std::size_t invalid = 0;     ///< Bytes that are no UTF-8; each separated what it stood between.
  std::span<const std::uint32_t> invalid_at;  ///< Where the first of them are.
};

/// What one thread needs while it judges texts. Of one TextScreen, which must outlive it.
class TextScratch {
 public:
  TextScratch(TextScratch&&) noexcept = default;
  TextScratch& operator=(TextScratch&&) noexcept = default;

 private:
  friend class TextScreen;
  TextScratch() = default;
  void trim();

  ScanScratch scan_;
  Folded folded_;
  SymbolText as_i_;
  SymbolText as_l_;
  FoldedText plain_;
  std::vector<Hit> hits_;
  std::vector<Pardon> pardons_;
  std::vector<std::uint32_t> open_;
};

/// Immutable. Threads: any number may judge at once, each with a scratch of its own.
class TextScreen {
 public:
  /// What cannot be looked for is added to the faults of the list; the rest holds.
  static Result<std::shared_ptr<const TextScreen>> compile(WordList list,
                                                           std::shared_ptr<const CharTable> table);

  /// kInternal when there is no memory.
  Result<TextScratch> make_scratch() const;

  /// Any bytes. kRefused for more than kLongestText of them: such a text was not looked at.
  Result<Verdict> judge(std::string_view text, TextScratch& scratch) const;

  const WordList& list() const { return list_; }
  const Rule& rule(const Hit& hit) const { return list_.rules[hit.rule]; }
  /// Spellings of words that are looked for.
  std::size_t pattern_count() const { return words_.pattern_count(); }
  /// Of the compiled words and expressions.
  std::size_t database_bytes() const { return words_.database().bytes() + shapes_.bytes(); }

  /// Judges without the short cut for ASCII; the same, only slower. For tests.
  Result<Verdict> judge_folded(std::string_view text, TextScratch& scratch) const;

 private:
  TextScreen(WordList list, std::shared_ptr<const CharTable> table, WordMatcher words,
             ShapeMatcher shapes);
  template <typename Source>
  Result<Verdict> judge_as(const Source& source, TextScratch& scratch) const;
  Result<void> find_shapes(TextScratch& scratch) const;
  Verdict verdict(const TextScratch& scratch) const;

  WordList list_;
  std::shared_ptr<const CharTable> table_;
  WordMatcher words_;
  ShapeMatcher shapes_;
  std::vector<std::uint32_t> floods_;  ///< Rules of this kind.
};

}  // namespace weir::safety
