// In the place of the player page where Node.js and npm were not there to make it.
#include "edge/page_http.h"

namespace weir::edge {

std::span<const PageFile> page_files() {
  return {};
}

}  // namespace weir::edge
