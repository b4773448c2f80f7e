// What a screen is to know of high dynamic range: the display it was made on, and how bright it
// gets.
// Source: SMPTE ST 2086:2018; CTA-861.3; ITU-T H.265 (08/2021) sections D.2.28 and D.2.35; AV1
// Bitstream & Decoding Process Specification sections 5.8.3 and 5.8.4.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "media/av_ptr.h"

namespace weir::media {

struct MasteringDisplay {
  /// x and y of green, blue, red and white, in units of 0.00002.
  std::array<std::uint16_t, 8> chromaticity{};
  std::uint32_t max_luminance = 0;  ///< Units of 0.0001 cd/m².
  std::uint32_t min_luminance = 0;

  bool operator==(const MasteringDisplay&) const = default;
};

struct ContentLight {
  std::uint16_t max_level = 0;    ///< MaxCLL, cd/m²: of the brightest sample.
  std::uint16_t max_average = 0;  ///< MaxFALL, cd/m²: of the brightest picture on average.

  bool operator==(const ContentLight&) const = default;
};

struct Hdr {
  std::optional<MasteringDisplay> mastering;
  std::optional<ContentLight> light;

  bool empty() const { return !mastering && !light; }
  bool operator==(const Hdr&) const = default;
};

/// The 24 and 4 bytes that SEI messages and MP4 boxes hold, and back; nothing when they are cut
/// short.
Bytes to_record(const MasteringDisplay& display);
Bytes to_record(const ContentLight& light);
std::optional<MasteringDisplay> parse_mastering_display(ByteView record);
std::optional<ContentLight> parse_content_light(ByteView record);

/// What a coded picture in canonical form says of it: SEI messages of H.264 and HEVC, metadata
/// units of AV1. Never fails: damaged bytes say nothing.
Hdr find_hdr(AVCodecID codec, ByteView unit);

}  // namespace weir::media
