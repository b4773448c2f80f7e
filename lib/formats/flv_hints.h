// What onMetaData tells of the tracks of an FLV.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E.5; Enhanced RTMP v2 (Veovera
// 2024), "Enhancing onMetaData".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "flv/tag.h"
#include "media/av_ptr.h"

namespace weir::formats {

/// Of one track; 0 and "" for what is not told, or told beyond reason.
struct FlvHints {
  AVRational frame_rate{0, 1};
  std::int64_t rate = 0;  ///< Bits per second.
  std::string rendition;  ///< Letters, digits, '.', '_' and '-', no '.' first, at most 64.
  std::string language;   ///< Letters, digits and '-', at most 35.
};

struct FlvMetadata {
  bool audio = false;  ///< Sound is promised.
  bool video = false;
  std::map<std::pair<flv::TagType, int>, FlvHints> tracks;  ///< By kind and track id.
};

/// The body of a script tag. Any other than onMetaData, and what cannot be read, tells nothing.
FlvMetadata read_flv_metadata(ByteView body);

}  // namespace weir::formats
