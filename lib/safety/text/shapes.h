// What is known by its shape and not by its words: addresses of pages, telephone numbers, names of
// accounts, and the expressions of a list.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "safety/text/folded_text.h"
#include "safety/text/hits.h"
#include "safety/text/vectorscan.h"
#include "safety/text/word_list.h"

namespace weir::safety {

/// Immutable; any thread may use it with a scratch and vectors of its own.
class ShapeMatcher {
 public:
  /// Expressions that Vectorscan does not take become faults and are left out.
  static Result<ShapeMatcher> compile(const WordList& list, Faults& faults);

  /// Adds what stands in `text`; the normal forms lie in it. `open` is room for find() alone.
  Result<void> find(const FoldedText& text, const ScanScratch& scratch,
                    std::vector<std::uint32_t>& open, std::vector<Hit>& hits) const;

  bool empty() const { return shapes_.empty(); }
  /// As ScanDatabase has it.
  Result<void> fit(ScanScratch& scratch) const;
  std::size_t bytes() const;

 private:
  struct Shape {
    std::uint32_t rule = 0;
    RuleKind kind = RuleKind::kWords;
    bool word_like = true;  ///< It must not begin or end within a word.
  };
  struct Found {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  /// Expressions that are compiled together: shapes from `first` on.
  struct Part {
    ScanDatabase database;
    std::size_t first = 0;
  };

  Result<void> add_known(const Rule& rule, std::uint32_t number);
  Result<void> add_patterns(const WordList& list, Faults& faults);
  bool meant(const Shape& shape, std::string_view text, Found& found) const;
  bool excepted(const Shape& shape, std::string_view found) const;

  Result<void> find(const Part& part, const FoldedText& text, const ScanScratch& scratch,
                    std::vector<std::uint32_t>& open, std::vector<Hit>& hits) const;

  std::vector<Part> parts_;
  std::vector<Shape> shapes_;                     ///< For each expression.
  std::vector<std::vector<std::string>> except_;  ///< For each rule, in the form compared with.
};

}  // namespace weir::safety
