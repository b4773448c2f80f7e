// The Dolby Vision configuration of a picture track.
// Source: Dolby Vision Streams within the ISO Base Media File Format 2.6, section 3.2 (record), 3.3
// (boxes), 5 (brands); ... within the HTTP Live Streaming Format 2.0, section 4.2 (codec strings).
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"

namespace weir::media {

struct DolbyVision {
  int version_major = 1;
  int version_minor = 0;
  int profile = 0;  ///< 5, 8 (HEVC), 10 (AV1), ...
  int level = 0;
  bool has_metadata = false;
  bool has_enhancement = false;
  bool has_base = false;
  int compatibility = 0;  ///< Of the base layer: 0 none, 1 HDR10, 2 SDR, 4 HLG.

  bool operator==(const DolbyVision&) const = default;
};

/// The record of 24 bytes that the box holds, and back; nothing when it is cut short.
Bytes to_record(const DolbyVision& configuration);
std::optional<DolbyVision> parse_dolby_vision(ByteView record);

/// Type of the box for it in a sample entry: dvcC, dvvC or dvwC, by the profile.
std::string box_type(const DolbyVision& configuration);
/// As CODECS and SUPPLEMENTAL-CODECS name it: "dvh1.08.07" beside HEVC, "dav1.10.09" beside AV1.
std::string codec_string(const DolbyVision& configuration, bool av1);
/// The file brand for players that know the base layer alone, as in "db1p"; "" when there are
/// none. `transfer` is that of the bitstream (ITU-T H.273).
std::string compatible_brand(const DolbyVision& configuration, int transfer);

}  // namespace weir::media
