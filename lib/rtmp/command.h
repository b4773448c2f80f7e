// Commands: calls between the two sides, and the status texts they answer with.
// Source: Adobe RTMP 1.0 (2012), sections 7.1.1 and 7.2; Enhanced RTMP v2 (Veovera 2024), "Enabling
// AMF3 in RTMP".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flv/amf0.h"
#include "flv/amf_reader.h"
#include "flv/amf_value.h"
#include "rtmp/message.h"

namespace weir::rtmp {

/// What one command may hold at most.
inline constexpr flv::AmfLimits kCommandLimits{
    .depth = 16, .members = 1024, .values = 4096, .name = 255, .text = 64 << 10};

struct Command {
  std::string name;
  double transaction = 0;               ///< 0: no answer is wanted. So also when it is missing.
  std::vector<flv::AmfValue> values{};  ///< What follows; the command object is the first.

  /// nullptr when there are not as many, or it is no text.
  const std::string* text(std::size_t index) const;
};

bool is_command(const Message& message);
/// Of a message for which is_command() holds; failures as flv::AmfReader. Of a message of type 17
/// the first byte is a format, and 0 is the only one; AMF 3 stands behind markers of its own.
Result<Command> read_command(const Message& message, flv::AmfLimits limits = kCommandLimits);

/// A command whose values `write_values` writes into the AmfWriter it is given:
///
///   command_message("createStream", 2, 0, [](auto& amf) { amf.null(); });
template <typename Values>
Message command_message(std::string_view name, double transaction, std::uint32_t stream,
                        Values write_values) {
  Message message{MessageType::kCommand, stream, 0, {}};
  flv::AmfWriter amf(message.body);
  amf.text(name);
  amf.number(transaction);
  write_values(amf);
  return message;
}

/// What onStatus, and the last value of an answer, tell.
struct Status {
  bool error = false;
  std::string code;         ///< "NetStream.Publish.Start".
  std::string description;  ///< For people; from a peer it is any bytes.
};

/// The three members, within an object that has been begun.
void write_status(const Status& status, flv::AmfWriter& amf);
Message status_message(std::uint32_t stream, const Status& status);
/// From the last value of a command; fields that are missing stay empty.
Status read_status(const Command& command);

/// One line of at most 200 bytes without control bytes, whatever a peer sent.
std::string one_line(std::string_view text);

}  // namespace weir::rtmp
