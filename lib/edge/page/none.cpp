// In the place of the player page where it could not be made: see CMakeLists.txt and fetch.cmake.
#include "edge/page_http.h"

namespace weir::edge {

std::span<const PageFile> page_files() {
  return {};
}

}  // namespace weir::edge
