// What the draft asks of the EXT-X-DATERANGE tags of a playlist.
// Source: draft-pantos-hls-rfc8216bis section 4.4.5.1.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hls/tag_reader.h"

namespace weir::hls {

class DateRangeCheck {
 public:
  /// The next tag, in the order of the playlist; what is wrong with it, and with it beside those
  /// before of the same ID.
  std::vector<std::string> take(const Attributes& attributes);
  bool any() const { return !ranges_.empty(); }

 private:
  std::map<std::string, std::map<std::string, std::string>> ranges_;  // attributes by ID
};

}  // namespace weir::hls
