// A file that a person wrote, as a whole.
#pragma once

#include <string>

#include "base/result.h"

namespace weir {

/// kIo, naming the file, when it cannot be read.
Result<std::string> read_text_file(const std::string& file);

}  // namespace weir
