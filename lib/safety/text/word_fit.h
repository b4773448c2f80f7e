// Whether a word that was found among the letters of a text is really meant there.
#pragma once

#include <span>

#include "safety/text/patterns.h"
#include "safety/text/symbols.h"

namespace weir::safety {

/// How sure it is that symbols [first, first + units.size()) of `text` are the word: 1 as it is
/// written, less the more it is disguised, 0 when they are not: a piece of a longer word, two words
/// side by side, another word with fewer double letters, a number.
float word_fit(const Pattern& pattern, std::span<const Unit> units, const SymbolText& text,
               std::size_t first);

}  // namespace weir::safety
