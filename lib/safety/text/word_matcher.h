// All words of a list at once: where they stand in a text, whatever they are disguised as.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "safety/text/hits.h"
#include "safety/text/patterns.h"
#include "safety/text/symbols.h"
#include "safety/text/vectorscan.h"
#include "safety/text/word_list.h"

namespace weir::safety {

/// Immutable; any thread may use it with a scratch and vectors of its own.
class WordMatcher {
 public:
  /// Words that cannot be looked for become faults and are left out.
  static Result<WordMatcher> compile(const WordList& list, const CharTable& table, Faults& faults);

  /// Adds what stands in `text`; the normal forms lie in this. Allocates only where `hits` and
  /// `pardons` must grow.
  Result<void> find(const SymbolText& text, const ScanScratch& scratch, std::vector<Hit>& hits,
                    std::vector<Pardon>& pardons) const;

  const ScanDatabase& database() const { return database_; }
  std::size_t pattern_count() const { return patterns_.size(); }

 private:
  friend class WordCompiler;

  void check(std::size_t literal, std::size_t end, const SymbolText& text, std::vector<Hit>& hits,
             std::vector<Pardon>& pardons) const;

  ScanDatabase database_;
  std::vector<std::uint32_t> first_pattern_;  ///< Of each literal, and one behind the last.
  std::vector<std::uint16_t> literal_size_;   ///< Bytes.
  std::vector<Pattern> patterns_;             ///< Of one literal in a row.
  std::vector<Unit> units_;
  std::unique_ptr<const std::string> normals_;  ///< One after the other; hits point into it.
};

}  // namespace weir::safety
