// The system's reasons in the form our messages have.
#pragma once

#include <string>

namespace weir {

/// An errno value as the end of a message, lower case: "no such file", "no space left on device".
std::string os_error_text(int error);

}  // namespace weir
