#include "base/os_error.h"

#include <cctype>
#include <cerrno>
#include <system_error>

namespace weir {

std::string os_error_text(int error) {
  if (error == ENOENT) return "no such file";
  std::string text = std::generic_category().message(error);  // strerror() is not thread-safe
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

}  // namespace weir
