#include "base/text_file.h"

#include <cerrno>
#include <fstream>
#include <sstream>

#include "base/os_error.h"

namespace weir {

Result<std::string> read_text_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  const bool empty = in.is_open() && in.peek() == std::ifstream::traits_type::eof();
  if (in.is_open() && !empty) text << in.rdbuf();  // of an empty file that is a failure
  if (!in.is_open() || in.bad() || !text)
    return fail(Code::kIo, "cannot read '{}': {}", file, os_error_text(errno));
  return text.str();
}

}  // namespace weir
