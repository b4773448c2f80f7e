// From a coded key picture to a small one, and from small ones to a JPEG tile.
#pragma once

#include <optional>

#include "base/result.h"
#include "base/units.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::codec {

/// How large the track's picture is shown when its longer side is `longer` pixels: turned, with
/// square pixels, both sides even.
Size thumbnail_size(const media::Track& track, int longer);

/// A key picture at that size, in the format of tiles, as SDR; empty when it cannot be decoded.
std::optional<media::Frame> thumbnail_of(const media::Track& track, const media::Packet& key,
                                         Size size);

/// A black picture. Sides are even.
media::Frame blank_tile(Size size);
/// Copies a thumbnail to that place, which is even and inside the tile.
void paste(const media::Frame& thumbnail, int x, int y, media::Frame& tile);

/// The same picture gives the same bytes.
Result<media::Packet> encode_jpeg(const media::Frame& tile);

}  // namespace weir::codec
