// Small changes to text, whatever the locale: only ASCII letters have a case.
#pragma once

#include <string>
#include <string_view>

namespace weir {

std::string lower(std::string_view text);
bool same_but_for_case(std::string_view a, std::string_view b);

/// With its first letter small, as a reason inside a sentence has it.
std::string lower_first(std::string_view text);

/// Without blanks at both ends.
std::string_view trim(std::string_view text, std::string_view blanks = " \t\r");

/// Length of the UTF-8 sequence `text` begins with (RFC 3629); 0 when it begins with none.
std::size_t utf8_length(std::string_view text);
bool valid_utf8(std::string_view text);

}  // namespace weir
