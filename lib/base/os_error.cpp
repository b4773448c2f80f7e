#include "base/os_error.h"

#include <cerrno>
#include <system_error>

#include "base/text.h"

namespace weir {

std::string os_error_text(int error) {
  if (error == ENOENT) return "no such file";
  return lower_first(std::generic_category().message(error));  // strerror() is not thread-safe
}

}  // namespace weir
