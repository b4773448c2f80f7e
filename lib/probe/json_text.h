// JSON as text that people can read too: indented, members in the order they were set, numbers
// without exponents.
#pragma once

#include <cstdint>
#include <string>

#include <boost/json/value.hpp>

namespace weir::probe {

/// Ends with a newline. Arrays of numbers stay on one line. Text that is not UTF-8 (a file name
/// can be) has its bad bytes replaced by U+FFFD.
std::string json_text(const boost::json::value& value);

/// Microseconds as seconds, for a member that holds a time.
boost::json::value json_seconds(std::int64_t us);

}  // namespace weir::probe
