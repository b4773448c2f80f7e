// The edit lists of an ISO base media file: which part of a track is shown, and when.
// Source: ISO/IEC 14496-12:2020 sections 8.2.2 (mvhd), 8.4.2 (mdhd), 8.4.3 (hdlr), 8.6.6 (elst).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace weir::probe {

struct EditEntry {
  std::int64_t duration_us = 0;  ///< Of the presentation; 0 in a fragmented file: to the end.
  std::int64_t media_us = -1;    ///< Where in the media it begins; -1: nothing is shown.
  double rate = 1;
};

/// The edits of one track with pictures or sound; without any the track is shown as it is.
struct TrackEdits {
  std::string handler;  ///< "vide" or "soun".
  std::vector<EditEntry> edits;
};

/// `moov` is the content of that box, without its header. The tracks with pictures or sound in the
/// order of the file, at most 1000, each with its first 1000 edits. Any bytes are safe.
std::vector<TrackEdits> read_edit_lists(ByteView moov);

/// Those of a file; empty when it is not of that format. A moov of more than 64 MB is not read.
std::vector<TrackEdits> edit_lists_of(const std::string& path);

}  // namespace weir::probe
