// The header that makes raw AAC frames readable on their own.
// Source: ISO/IEC 14496-3:2019 section 1.A.2.2 (adts_fixed_header, adts_variable_header).
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace weir::media {

using AdtsHeader = std::array<std::uint8_t, 7>;

/// Makes headers for the frames of one track.
class Adts {
 public:
  /// `config` is the track's AudioSpecificConfig. kBadInput when it is damaged; kUnsupported when
  /// ADTS has no place for what it says (object types above 4 other than HE-AAC, a channel layout
  /// of its own, an odd rate).
  static Result<Adts> open(ByteView config);

  /// For a raw frame of so many bytes, without checksum. kBadInput when it is longer than 8184.
  Result<AdtsHeader> header(std::size_t frame_bytes) const;

 private:
  int profile_ = 0;
  int rate_index_ = 0;
  int channels_ = 0;
};

}  // namespace weir::media
