// Fuzzes both dialogues with messages of every type; the owner of each says yes to everything.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "rtmp/client_dialogue.h"
#include "rtmp/server_dialogue.h"

namespace {

using weir::ByteView;
using weir::rtmp::Message;

/// Type, stream, stamp and length in front of each body.
Message take_message(ByteView& rest) {
  constexpr std::size_t kHead = 5;
  const std::size_t size =
      std::min<std::size_t>(rest.size() - kHead, static_cast<std::size_t>(rest[3]) << 8 | rest[4]);
  const auto body = rest.subspan(kHead, size);
  Message message{static_cast<weir::rtmp::MessageType>(rest[0]),
                  rest[1],
                  static_cast<std::uint32_t>(rest[2]) << 24,
                  {body.begin(), body.end()}};
  rest = rest.subspan(kHead + size);
  return message;
}

void answer(weir::rtmp::ServerDialogue& server) {
  using namespace weir::rtmp;
  while (auto event = server.next()) {
    if (std::holds_alternative<ConnectAsked>(*event)) server.accept(0);
    if (const auto* asked = std::get_if<PublishAsked>(&*event)) server.accept(asked->stream);
    if (const auto* asked = std::get_if<PlayAsked>(&*event)) server.accept(asked->stream);
    if (auto* media = std::get_if<Media>(&*event)) server.send(std::move(*media));
  }
}

void check(const std::vector<Message>& output) {
  for (const auto& message : output)
    if (weir::rtmp::is_command(message) && !weir::rtmp::read_command(message)) std::abort();
}

weir::rtmp::ClientOptions client_options(bool publish) {
  weir::rtmp::ClientOptions options;
  options.purpose = publish ? weir::rtmp::Purpose::kPublish : weir::rtmp::Purpose::kPlay;
  options.url = *weir::rtmp::parse_url("rtmp://host/live/camera?key=secret");
  return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir::rtmp;
  ServerDialogue server(our_capabilities(kCanForward));
  ClientDialogue client(client_options(size % 2 == 0));
  bool serving = true, asking = true;
  for (ByteView rest(data, size); rest.size() > 5;) {
    const Message message = take_message(rest);
    serving = serving && server.take(message);
    answer(server);
    check(server.take_output());
    asking = asking && client.take(message);
    while (client.next()) {
    }
    client.publish({weir::flv::TagType::kVideo, 1, {0x17}});
    check(client.take_output());
  }
  server.hang_up();
  client.finish();
  return 0;
}
