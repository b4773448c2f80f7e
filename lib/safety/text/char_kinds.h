// The part that a character beyond ASCII plays, by its properties in Unicode.
#pragma once

#include <unicode/uscript.h>

#include "safety/text/char_table.h"

namespace weir::safety {

bool is_han(char32_t c);
Bounds bounds_of(UScriptCode script);

/// An accent, or a vowel sign of a script that is read without them. Those of other scripts are
/// letters, and so are the sound marks of Japanese.
bool is_accent(char32_t c);
/// Of a character that is no accent.
Kind kind_beyond_ascii(char32_t c);
/// The letter that a sign of a currency stands for; 0: none.
char money_letter(char32_t c);

}  // namespace weir::safety
