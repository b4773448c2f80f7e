// The tables of a transport stream with one programme of one stream.
// Source: ISO/IEC 13818-1:2019 sections 2.4.4.4 (programme association), 2.4.4.9 (programme map)
// and 2.6 (descriptors); ATSC A/52:2018 annexes A and G (AC-3, E-AC-3).
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"

namespace weir::hls {

inline constexpr int kTsMapPid = 0x1000;
inline constexpr int kTsStreamPid = 0x100;

/// What the programme map says of the stream.
struct TsStream {
  std::uint8_t type = 0;  ///< stream_type
  Bytes descriptors;
};

/// Of a track in the clear, but for its language. kUnsupported for a codec HLS does not allow in
/// MPEG-TS.
Result<TsStream> ts_stream(const media::Track& track);

/// The section, as every segment has it.
Bytes programme_association();
/// The section. The language is in ISO 639-2, three letters, or empty. `version` has 5 bits.
Bytes programme_map(const TsStream& stream, const std::string& language, unsigned version);

}  // namespace weir::hls
