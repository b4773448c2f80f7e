// An entry of CODECS taken apart, and what a variant offers.
// Source: RFC 6381 section 3; ISO/IEC 14496-15 annex E; AV1 in ISOBMFF section 5; Dolby Vision
// Streams within the HTTP Live Streaming format section 2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "probe/presentation.h"

namespace weir::probe {

enum class Family { kAvc, kHevc, kDolbyVision, kAv1, kOtherVideo, kAudio, kOtherAudio, kText };

struct CodecEntry {
  std::string text;  ///< As written.
  std::string form;  ///< What stands before the first point: "avc1".
  Family family = Family::kText;
  int profile = 0;  ///< As the codec counts: 100 for High, 2 for Main 10; 0 when not told.
  int level = 0;    ///< 41 for AVC 4.1, 120 for HEVC 4.0, 8 for AV1 4.0; 0 when not told.
  bool high_tier = false;

  bool video() const { return family <= Family::kOtherVideo; }
  bool audio() const { return family == Family::kAudio || family == Family::kOtherAudio; }
  bool aac() const { return form == "mp4a" && (text.starts_with("mp4a.40") || text == "mp4a"); }
};
CodecEntry read_codec(std::string_view entry);

/// A variant, or a lone media playlist, as it is declared; where nothing is declared, as measured.
struct Stream {
  std::string name;  ///< As messages call it.
  int line = 0;      ///< In the multivariant playlist; 0 for a lone one.
  std::vector<CodecEntry> codecs;
  std::optional<Size> size;
  double frame_rate = 0;  ///< 0 when not known.
  std::string range;      ///< "SDR" when not told.
  std::int64_t bandwidth = 0;
  std::string audio_group;
  const Rendition* rendition = nullptr;

  bool video() const;
  bool audio() const;
  bool has(Family family) const;
};
std::vector<Stream> streams(const Presentation& p);
/// The same of the I-frame variants.
std::vector<Stream> iframe_streams(const Presentation& p);

}  // namespace weir::probe
