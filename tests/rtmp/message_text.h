// Messages as lines a test can compare: "command 0: connect 1 {app: 'live'}".
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "flv/amf_reader.h"
#include "rtmp/message.h"

namespace weir::rtmp {

inline std::string value_text(const flv::AmfValue& value) {
  if (value.empty()) return "null";
  if (const auto number = value.number()) return fmt::format("{}", *number);
  if (const auto flag = value.boolean()) return *flag ? "true" : "false";
  if (const auto* text = value.text()) return "'" + *text + "'";
  std::string out;
  if (const auto* array = value.array()) {
    for (const auto& held : array->values) out += (out.empty() ? "" : ", ") + value_text(held);
    return "[" + out + "]";
  }
  if (const auto* object = value.object()) {
    for (const auto& member : object->members)
      out += (out.empty() ? "" : ", ") + member.name + ": " + value_text(member.value);
    return "{" + out + "}";
  }
  return "?";
}

inline std::string message_text(const Message& message) {
  std::string out = fmt::format("{} {}:", type_text(message.type), message.stream);
  const bool amf = message.type == MessageType::kCommand || message.type == MessageType::kData;
  if (!amf) return out + " " + fmt::format("{:02x}", fmt::join(message.body, ""));
  flv::AmfReader reader(message.body);
  while (!reader.done()) {
    const auto value = reader.next();
    if (!value) return out + " (" + value.error().what + ")";
    out += " " + value_text(*value);
  }
  return out;
}

inline std::string messages_text(const std::vector<Message>& messages) {
  std::string out;
  for (const auto& message : messages) out += message_text(message) + "\n";
  return out;
}

}  // namespace weir::rtmp
