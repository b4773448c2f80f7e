// Finds coded pictures and AAC frames in the media of an MP4 whose index was lost.
// Source: ISO/IEC 14496-15:2019 section 5.3.3 (NAL units behind their lengths).
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stop.h"
#include "media/track.h"
#include "probe/unit_reader.h"

namespace weir::probe {

/// A stretch of a file.
struct Range {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

struct FoundSample {
  std::int64_t at = 0;  ///< Of its first byte in the file.
  std::int64_t size = 0;
  bool picture = false;  ///< Else sound.
  UnitHead head;         ///< Of pictures.
};

struct Hunt {
  std::vector<FoundSample> samples;  ///< In the order of the file.
  std::int64_t unknown_bytes = 0;    ///< In between that are neither.
  std::int64_t tail_bytes = 0;       ///< Behind the last sample; in part of one that is cut off.
};

/// Looks through the media of a file: where no picture begins there is sound, as long as a decoder
/// takes it, and where there is neither, byte after byte until a picture begins.
///
/// `video` (H.264, HEVC) and `audio` (AAC) are tracks of a file of the same maker; one of them may
/// be null. Pictures have lengths of four bytes in front of their units. Blocks as long as it
/// takes. kIo, kStopped; kUnsupported as UnitReader and for sound that is not AAC.
Result<Hunt> hunt_samples(const std::string& path, const std::vector<Range>& media,
                          const media::Track* video, const media::Track* audio,
                          const StopSource& stop);

}  // namespace weir::probe
