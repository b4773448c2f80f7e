// The report as one page to look at: plots over time, and the text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "probe/measure.h"
#include "probe/presentation.h"
#include "probe/report.h"

namespace weir::probe {

/// One rendition as it is drawn.
struct Lane {
  std::string name;
  std::vector<std::int64_t> bits;     ///< In each second from the first packet on.
  std::vector<std::int64_t> keys_us;  ///< Key pictures; empty for sound.
  std::int64_t rate = 0;              ///< The buffer drains by it; 0: a fifth above the average.
};

/// Key pictures of an input while it is read, the first 100 000 of each track.
class KeyTimes {
 public:
  void add(const media::Item& item);
  /// The tracks of a report as lanes.
  std::vector<Lane> lanes(const Report& report) const;

 private:
  std::map<int, std::vector<std::int64_t>> keys_us_;
};

std::vector<Lane> lanes(const Presentation& presentation);

/// A whole HTML file around `body`, which is HTML.
std::string html_document(const std::string& title, const std::string& body);

/// A whole HTML file with bit rate, lengths of the groups, alignment of the key pictures, fullness
/// of the buffer and, where `loudness` has seconds, loudness; then `text`. It fetches nothing.
std::string html_page(const std::string& title, const std::vector<Lane>& lanes,
                      const std::vector<double>& loudness, const std::string& text);

}  // namespace weir::probe
