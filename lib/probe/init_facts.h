// What an initialization section of fMP4 says of itself.
// Source: ISO/IEC 14496-12:2020 sections 4.3 (ftyp), 8.2.2 (mvhd), 8.3.2 (tkhd), 8.8.1 (mvex),
// 8.12 (sinf), 12.2.7 (ludt); ISO/IEC 23001-7:2016 section 8.2 (tenc); ISO/IEC 14496-15:2019
// section 9.8 (lhvC); Apple's ISO Base Media File Format and Apple HEVC Stereo Video 1.0 (vexu).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace weir::probe {

struct InitTrack {
  std::string handler;              ///< "vide", "soun", …
  std::int64_t duration = 0;        ///< tkhd, in the time scale of the movie; 0 as it should be.
  std::string entry;                ///< The sample entry's type: "avc1", "encv".
  std::set<std::string> children;   ///< Types of the boxes in that.
  std::optional<int> crypt_blocks;  ///< Of the pattern of tenc, in its units of 16 bytes.
  std::optional<int> skip_blocks;
  bool stereo = false;           ///< vexu says that both eyes are there.
  bool loudness = false;         ///< ludt is there, in the track or beside it.
  bool mastering_light = false;  ///< hvcC, or mdcv and clli, tell display and light level of HDR10.
};

struct InitFacts {
  std::set<std::string> brands;  ///< Major and compatible ones of ftyp.
  bool has_movie = false;
  std::int64_t duration = 0;      ///< mvhd.
  bool extended = false;          ///< mvex is there.
  std::vector<InitTrack> tracks;  ///< The first 100.
};

/// Any bytes are safe.
InitFacts read_init(ByteView init);

}  // namespace weir::probe
