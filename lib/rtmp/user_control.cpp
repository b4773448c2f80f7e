#include "rtmp/user_control.h"

namespace weir::rtmp {

Message user_control(UserEvent event, std::uint32_t stream) {
  Message message{MessageType::kUserControl, 0, 0, {}};
  ByteWriter out(message.body);
  out.u16(static_cast<std::uint16_t>(event));
  out.u32(stream);
  return message;
}

Message buffer_length(std::uint32_t stream, std::uint32_t milliseconds) {
  Message message = user_control(UserEvent::kBufferLength, stream);
  ByteWriter(message.body).u32(milliseconds);
  return message;
}

std::optional<std::uint32_t> ended_stream(const Message& message) {
  const Bytes& body = message.body;
  if (message.type != MessageType::kUserControl || body.size() < 6) return {};
  if (body[0] != 0 || body[1] != static_cast<std::uint8_t>(UserEvent::kStreamEnd)) return {};
  return std::uint32_t{body[2]} << 24 | std::uint32_t{body[3]} << 16 | std::uint32_t{body[4]} << 8 |
         body[5];
}

}  // namespace weir::rtmp
