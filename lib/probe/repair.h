// Finishes a recording that lost its end: every whole packet goes into a new file, as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "base/log.h"
#include "base/progress.h"
#include "base/result.h"
#include "base/stop.h"
#include "probe/report.h"

namespace weir::probe {

struct RepairReport {
  std::string output;
  Report written;               ///< What went into the output; its name is that of the input.
  std::int64_t left_out = 0;    ///< Packets that were there in part, or whose end nothing marks.
  std::int64_t left_bytes = 0;  ///< Of those.
  std::optional<std::int64_t> tail_bytes;   ///< Of the file behind its last whole packet; empty for
                                            ///< a pipe, and where packets have no length.
  std::optional<std::int64_t> declared_us;  ///< How long the input says it is.
  /// Without an index: bytes of the media that belong to no packet, and how packets are timed.
  std::int64_t unknown_bytes = 0;
  std::string timing{};

  /// Declared and not written; empty when the input does not say how long it is.
  std::optional<std::int64_t> lost_us() const;
};

/// Reads `input` (as formats::Input::open() does) and writes `output` in the container its name
/// asks for (formats::open_recording()); a pipe stream gets its end mark. A packet that is cut off
/// is left out, and in containers that do not tell how long a packet is (MPEG-TS, bare streams) the
/// last one of each track is too. An MP4 without its index is looked through for what is like
/// `like`, a whole file of the same maker (RebuiltInput); without one it fails. Blocks; a file is
/// read a second time to find its tail. A stop ends the output properly. kUsage when both are the
/// same file, kBadInput when there is no whole packet; no output is made then.
Result<RepairReport> repair(const std::string& input, const std::string& output,
                            const std::string& like, const StopSource& stop, Log& log,
                            Progress& progress);

/// For people; ends with a newline.
std::string repair_text(const RepairReport& report);
boost::json::object repair_json(const RepairReport& report);

}  // namespace weir::probe
