#include "rtmp/command.h"

namespace weir::rtmp {
namespace {

constexpr std::size_t kLongestLine = 200;

std::string member_text(const flv::AmfValue& value, std::string_view name) {
  const auto* member = value.get(name);
  const auto* text = member != nullptr ? member->text() : nullptr;
  return text != nullptr ? *text : std::string();
}

Result<ByteView> amf_of(const Message& message) {
  const ByteView body = message.body;
  if (message.type == MessageType::kCommand) return body;
  if (body.empty()) return fail(Code::kBadInput, "an AMF 3 command is empty");
  if (body[0] != 0)
    return fail(Code::kUnsupported, "an AMF 3 command has the unknown format {}", body[0]);
  return body.subspan(1);
}

}  // namespace

const std::string* Command::text(std::size_t index) const {
  return index < values.size() ? values[index].text() : nullptr;
}

bool is_command(const Message& message) {
  return message.type == MessageType::kCommand || message.type == MessageType::kAmf3Command;
}

Result<Command> read_command(const Message& message, flv::AmfLimits limits) {
  WEIR_TRY_ASSIGN(const ByteView amf, amf_of(message));
  flv::AmfReader reader(amf, limits);
  WEIR_TRY_ASSIGN(const auto name, reader.next());
  if (name.text() == nullptr) return fail(Code::kBadInput, "a command has no name");
  Command command{*name.text(), 0};
  if (reader.done()) return command;
  WEIR_TRY_ASSIGN(const auto transaction, reader.next());
  command.transaction = transaction.number().value_or(0);
  while (!reader.done()) {
    WEIR_TRY_ASSIGN(auto value, reader.next());
    command.values.push_back(std::move(value));
  }
  return command;
}

void write_status(const Status& status, flv::AmfWriter& amf) {
  amf.name("level").text(status.error ? "error" : "status");
  amf.name("code").text(status.code);
  amf.name("description").text(status.description);
}

Message status_message(std::uint32_t stream, const Status& status) {
  return command_message("onStatus", 0, stream, [&](flv::AmfWriter& amf) {
    amf.null();
    amf.object([&] { write_status(status, amf); });
  });
}

Status read_status(const Command& command) {
  if (command.values.empty()) return {};
  const auto& info = command.values.back();
  return {member_text(info, "level") == "error", member_text(info, "code"),
          member_text(info, "description")};
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text.substr(0, kLongestLine)) {
    const auto byte = static_cast<unsigned char>(c);
    line += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  const auto first = line.find_first_not_of(' ');
  const auto last = line.find_last_not_of(' ');
  return first == std::string::npos ? "" : line.substr(first, last - first + 1);
}

}  // namespace weir::rtmp
