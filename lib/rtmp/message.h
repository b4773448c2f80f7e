// What RTMP chunks carry: whole messages.
// Source: Adobe RTMP 1.0 (2012), sections 5.4, 6.2 and 7.1.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace weir::rtmp {

/// As the wire says it; other values may come in and are to be skipped.
enum class MessageType : std::uint8_t {
  kSetChunkSize = 1,
  kAbort = 2,
  kAcknowledgement = 3,
  kUserControl = 4,
  kWindowSize = 5,
  kSetPeerBandwidth = 6,
  kAudio = 8,
  kVideo = 9,
  kAmf3Data = 15,     ///< A leading 0 byte, then as kData.
  kAmf3Shared = 16,   ///< A leading 0 byte, then as kShared.
  kAmf3Command = 17,  ///< A leading 0 byte, then as kCommand.
  kData = 18,
  kShared = 19,
  kCommand = 20,
  kAggregate = 22,
};

/// One message. Those of audio, video and data are FLV tags in all but their header.
struct Message {
  MessageType type = MessageType::kData;
  std::uint32_t stream = 0;        ///< Message stream id; 0 is the connection itself.
  std::uint32_t timestamp_ms = 0;  ///< Modulo 2^32, of an epoch the sender chose.
  Bytes body;

  bool operator==(const Message&) const = default;
};

/// For words: "video", "message type 77".
std::string type_text(MessageType type);

}  // namespace weir::rtmp
