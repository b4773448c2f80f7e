// A text with what was found in it blotted out.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "safety/text/text_screen.h"

namespace weir::safety {

/// `text` with a '*' in place of every character that a rule finds, whatever its action, and U+FFFD
/// in place of bytes that are no UTF-8. Again and again until nothing is found, since what is left
/// on both sides may make a word: cleaning twice is cleaning once. Uses the scratch. Errors as of
/// judge(); kInternal when it does not come to an end.
Result<std::string> clean(std::string_view text, const TextScreen& screen, TextScratch& scratch);

}  // namespace weir::safety
