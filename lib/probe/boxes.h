// The outermost boxes of an ISO base media file, without reading what is in them.
// Source: ISO/IEC 14496-12:2020 section 4.2.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::probe {

struct TopBox {
  std::string type;           ///< Four characters.
  std::int64_t at = 0;        ///< Of its first byte in the file.
  std::int64_t declared = 0;  ///< Its length by its own word, header and all; a box that goes on to
                              ///< the end of the file has what is there.
  std::int64_t present = 0;   ///< Of these bytes, how many the file has.
};

/// In the order of the file, up to the first 100 000 or to what is no box; empty when `path` is not
/// a file that can be read, or does not begin with a box of this format. Any bytes are safe.
std::vector<TopBox> top_boxes(const std::string& path);

}  // namespace weir::probe
