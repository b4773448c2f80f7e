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

}  // namespace weir
