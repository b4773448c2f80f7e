// The colorInfo object of video metadata: colours and high dynamic range of the pictures behind it.
// Source: Enhanced RTMP v2 (Veovera 2024), "Metadata Frame".
#pragma once

#include <optional>

#include "base/bytes.h"
#include "media/hdr.h"
#include "media/track.h"

namespace weir::flv {

struct ColourInfo {
  int bit_depth = 0;  ///< 0: not told.
  int primaries = 2;  ///< This and the next two: ITU-T H.273, 2 = unspecified.
  int transfer = 2;
  int matrix = 2;
  media::Hdr hdr;

  bool operator==(const ColourInfo&) const = default;
};

/// What is known of a picture track.
ColourInfo colour_info(const media::Track& track);
/// True for PQ, HLG, and whenever mastering display or light level are told: a player that does not
/// learn of it shows wrong colours.
bool is_hdr(const ColourInfo& info);

/// The name and the object, AMF 0. Without `info` it takes back the one before.
Bytes write_colour_info(const std::optional<ColourInfo>& info);
/// The first colorInfo there is, its numbers brought to the units of media::Hdr. An object without
/// content, and Undefined, give a ColourInfo that tells nothing. Empty when there is none or the
/// bytes are damaged.
std::optional<ColourInfo> read_colour_info(ByteView metadata);

}  // namespace weir::flv
