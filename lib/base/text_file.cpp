#include "base/text_file.h"

#include <cerrno>
#include <fstream>
#include <sstream>

#include "base/os_error.h"

namespace weir {

Result<std::string> read_text_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || !text) return fail(Code::kIo, "cannot read '{}': {}", file, os_error_text(errno));
  return text.str();
}

}  // namespace weir
