// Whether EXT-X-RENDITION-REPORT tells how far the other renditions are. No I/O, no clock.
// Source: draft-pantos-hls-rfc8216bis-22 section 4.4.5.4.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "probe/live_findings.h"
#include "probe/live_playlist.h"
#include "probe/live_rules.h"

namespace weir::probe {

/// All renditions of a presentation, by location.
///
/// A report is too new when the rendition, asked for after it was read, does not have what it tells
/// of; it is too old when it tells of what that rendition had left more than a target duration
/// before the report was asked for.
class LiveReports {
 public:
  explicit LiveReports(LiveFindings& out) : out_(out) {}
  /// A version of the playlist at `location`.
  void take(const std::string& location, const Reload& reload);

 private:
  static constexpr std::size_t kMost = 256;
  struct Told {
    std::string by;
    LivePosition last;
    std::int64_t read_us = 0;
    int line = 0;
  };
  struct Seen {
    LivePosition last;
    std::int64_t at_us = 0;
  };
  void too_old(const std::string& by, const std::string& about, const LiveReport& report,
               const Reload& reload);

  LiveFindings& out_;
  std::map<std::string, std::deque<Seen>> seen_;
  std::map<std::string, std::vector<Told>> told_;  // not yet compared, by whom they are about
};

}  // namespace weir::probe
