// CRC-32 as zlib and PNG count it.
#pragma once

#include <cstdint>

extern "C" {
#include <libavutil/crc.h>
}

#include "base/bytes.h"

namespace weir::ladder {

/// Of `bytes`; with the result for what came before as `before`, of all together.
inline std::uint32_t crc32(ByteView bytes, std::uint32_t before = 0) {
  return ~av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), ~before, bytes.data(), bytes.size());
}

}  // namespace weir::ladder
