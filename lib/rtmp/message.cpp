#include "rtmp/message.h"

#include <fmt/format.h>

namespace weir::rtmp {

std::string type_text(MessageType type) {
  switch (type) {
    case MessageType::kSetChunkSize:
      return "set chunk size";
    case MessageType::kAbort:
      return "abort";
    case MessageType::kAcknowledgement:
      return "acknowledgement";
    case MessageType::kUserControl:
      return "user control";
    case MessageType::kWindowSize:
      return "window acknowledgement size";
    case MessageType::kSetPeerBandwidth:
      return "set peer bandwidth";
    case MessageType::kAudio:
      return "audio";
    case MessageType::kVideo:
      return "video";
    case MessageType::kAmf3Data:
      return "AMF 3 data";
    case MessageType::kAmf3Shared:
      return "AMF 3 shared object";
    case MessageType::kAmf3Command:
      return "AMF 3 command";
    case MessageType::kData:
      return "data";
    case MessageType::kShared:
      return "shared object";
    case MessageType::kCommand:
      return "command";
    case MessageType::kAggregate:
      return "aggregate";
  }
  return fmt::format("message type {}", static_cast<int>(type));
}

}  // namespace weir::rtmp
