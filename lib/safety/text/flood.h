// The same again and again: one character, or a piece of text.
#pragma once

#include <cstdint>
#include <vector>

#include "safety/text/folded_text.h"
#include "safety/text/hits.h"
#include "safety/text/word_list.h"

namespace weir::safety {

inline constexpr std::size_t kLongestRepeated = 64;  ///< Bytes of folded text.

/// Adds the stretches of `text` in which a character stands `run` times in a row, or a piece of up
/// to kLongestRepeated bytes `times` times; the same stretch may be told for several pieces. Blank
/// text is no flood.
/// Time: at most kLongestRepeated looks at each byte.
void find_floods(const FoldedText& text, const Rule& rule, std::uint32_t number,
                 std::vector<Hit>& hits);

}  // namespace weir::safety
