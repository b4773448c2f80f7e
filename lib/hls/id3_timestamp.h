// The ID3 tag that tells when packed audio is heard.
// Source: draft-pantos-hls-rfc8216bis section 3.1.3; ID3 tag version 2.4.0 sections 3 and 4.27.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "media/time.h"

namespace weir::hls {

/// The clock of an MPEG-2 transport stream.
inline constexpr AVRational kTransportClock{1, 90'000};

/// How much of a segment may have to be looked at: a tag that is longer is not understood.
inline constexpr std::size_t kLongestTag = 4096;

/// A tag with one PRIV frame: `time` in ticks of kTransportClock, modulo 2^33.
Bytes id3_timestamp(media::Time time);

/// The timestamp at the begin of a segment, in ticks of kTransportClock; nothing when there is no
/// tag, it is damaged, or it does not hold one.
std::optional<std::int64_t> read_id3_timestamp(ByteView segment);

}  // namespace weir::hls
