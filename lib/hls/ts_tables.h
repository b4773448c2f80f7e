// Rewrites the programme map of a transport stream that libavformat wrote.
// Source: ISO/IEC 13818-1:2019 sections 2.4.3 (packets) and 2.4.4.9 (programme map).
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "hls/sample_aes.h"

namespace weir::hls {

/// Announces the one stream in every programme map of `ts` as encrypted, with the next version
/// number; its language is kept. kInternal when the map is not as our muxer writes it: one packet,
/// one stream.
Result<void> announce_encryption(Bytes& ts, const EncryptedStream& stream);

}  // namespace weir::hls
