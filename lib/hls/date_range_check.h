// What the draft asks of the EXT-X-DATERANGE tags of a playlist.
// Source: draft-pantos-hls-rfc8216bis section 4.4.5.1.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hls/tag_reader.h"

namespace weir::hls {

/// An ISO 8601 date with its time and zone, in microseconds since 1970; empty when it is none.
std::optional<std::int64_t> date_us(const std::string& text);

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
