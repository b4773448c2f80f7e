// Sound, pictures and data as messages, and out of them again.
// Source: Adobe RTMP 1.0 (2012), sections 7.1.2, 7.1.4 to 7.1.6; Enhanced RTMP v2 (Veovera 2024),
// "Enabling AMF3 in RTMP".
#pragma once

#include <cstdint>
#include <vector>

#include "flv/tag.h"
#include "rtmp/message.h"

namespace weir::rtmp {

/// What a stream is made of: an FLV tag whose stamp is still that of the wire.
struct Media {
  std::uint32_t stream = 0;  ///< Message stream id.
  flv::TagType type = flv::TagType::kScript;
  std::uint32_t timestamp_ms = 0;  ///< Modulo 2^32.
  Bytes body;                      ///< Of a script tag: AMF 0, with AMF 3 behind its markers.

  bool operator==(const Media&) const = default;
};

bool is_media(const Message& message);

/// What a message for which is_media() holds carries, in order. An aggregate is split, and its
/// stamps are moved so that the first is that of the message. "@setDataFrame" is taken off; a
/// message that clears metadata, an empty one and parts of other types give nothing, and so does
/// what follows damage in an aggregate.
std::vector<Media> read_media(Message message);

/// As a publisher sends it (metadata behind "@setDataFrame") or as a player gets it.
enum class Towards { kServer, kPlayer };
Message media_message(flv::TagType type, std::uint32_t stream, std::uint32_t timestamp_ms,
                      Bytes body, Towards towards);

}  // namespace weir::rtmp
