// What programs in use send, as it came from them.
#pragma once

#include <string_view>
#include <vector>

#include "flv/amf0.h"
#include "rtmp/message.h"
#include "support/hex.h"

namespace weir::rtmp {

struct Captured {
  int type = 20;
  std::uint32_t stream = 0;
  std::string_view hex;
};

inline std::vector<Message> captured(const std::vector<Captured>& all) {
  std::vector<Message> out;
  for (const auto& one : all)
    out.push_back({static_cast<MessageType>(one.type), one.stream, 0, support::from_hex(one.hex)});
  return out;
}

/// FFmpeg 5.1: rtmp://127.0.0.1:19350/app/inst/name?key=abc
inline std::vector<Message> ffmpeg_publishes() {
  return captured({
      {20, 0,
       "020007636f6e6e656374003ff00000000000000300036170700200086170702f696e7374000474797065"
       "02000a6e6f6e707269766174650008666c617368566572020024464d4c452f332e302028636f6d706174"
       "69626c653b204c61766635392e32372e313030290005746355726c02001f72746d703a2f2f3132372e30"
       "2e302e313a31393335302f6170702f696e7374000009"},
      {20, 0, "02000d72656c6561736553747265616d0040000000000000000502000c6e616d653f6b65793d616263"},
      {20, 0, "02000946435075626c6973680040080000000000000502000c6e616d653f6b65793d616263"},
      {20, 0, "02000c63726561746553747265616d00401000000000000005"},
      {20, 1,
       "0200077075626c6973680040140000000000000502000c6e616d653f6b65793d6162630200046c697665"},
  });
}

/// FFmpeg 5.1: rtmp://127.0.0.1:19351/live/name?key=abc
inline std::vector<Message> ffmpeg_plays() {
  return captured({
      {20, 0,
       "020007636f6e6e656374003ff00000000000000300036170700200046c6976650008666c617368566572"
       "02000d4c4e5820392c302c3132342c320005746355726c02001b72746d703a2f2f3132372e302e302e31"
       "3a31393335312f6c6976650004667061640100000c6361706162696c697469657300402e000000000000"
       "000b617564696f436f646563730040afce0000000000000b766964656f436f6465637300406f80000000"
       "0000000d766964656f46756e6374696f6e003ff0000000000000000009"},
      {5, 0, "002625a0"},
      {20, 0, "02000c63726561746553747265616d00400000000000000005"},
      {20, 0,
       "02000f67657453747265616d4c656e6774680040080000000000000502000c6e616d653f6b65793d6162"
       "63"},
      {20, 1, "020004706c61790040100000000000000502000c6e616d653f6b65793d61626300c09f400000000000"},
      {4, 0, "00030000000100000bb8"},
  });
}

/// rtmpdump 2.4 -v: rtmp://127.0.0.1:19352/live/name?key=abc
inline std::vector<Message> rtmpdump_plays() {
  return captured({
      {20, 0,
       "020007636f6e6e656374003ff00000000000000300036170700200046c6976650008666c617368566572"
       "02000e4c4e582031302c302c33322c31380005746355726c02001b72746d703a2f2f3132372e302e302e"
       "313a31393335322f6c6976650004667061640100000c6361706162696c697469657300402e0000000000"
       "00000b617564696f436f646563730040a8ee0000000000000b766964656f436f6465637300406f800000"
       "000000000d766964656f46756e6374696f6e003ff0000000000000000009"},
      {5, 0, "002625a0"},
      {4, 0, "0003000000000000012c"},
      {20, 0, "02000c63726561746553747265616d00400000000000000005"},
      {20, 0, "02000b46435375627363726962650040080000000000000502000c6e616d653f6b65793d616263"},
      {20, 1, "020004706c61790040100000000000000502000c6e616d653f6b65793d61626300c08f400000000000"},
      {4, 0, "00030000000102255100"},
  });
}

/// As OBS Studio 30 orders and names it, with the server rtmp://host/live and the key name?key=abc.
inline std::vector<Message> obs_publishes() {
  const auto command = [](std::string_view name, double transaction, std::uint32_t stream) {
    Message message{MessageType::kCommand, stream, 0, {}};
    flv::AmfWriter amf(message.body);
    amf.text(name);
    amf.number(transaction);
    return message;
  };
  const auto naming = [&](std::string_view name, double transaction, std::uint32_t stream) {
    Message message = command(name, transaction, stream);
    flv::AmfWriter amf(message.body);
    amf.null();
    amf.text("name?key=abc");
    return message;
  };
  std::vector<Message> out{command("connect", 1, 0)};
  flv::AmfWriter amf(out[0].body);
  amf.object([&] {
    amf.name("app").text("live");
    amf.name("type").text("nonprivate");
    amf.name("flashVer").text("FMLE/3.0 (compatible; FMSc/1.0)");
    amf.name("swfUrl").text("rtmp://host/live");
    amf.name("tcUrl").text("rtmp://host/live");
    const std::string_view codecs[]{"av01", "hvc1"};
    amf.name("fourCcList").texts(codecs);
  });
  out.push_back(naming("releaseStream", 2, 0));
  out.push_back(naming("FCPublish", 3, 0));
  out.push_back(command("createStream", 4, 0));
  flv::AmfWriter(out.back().body).null();
  out.push_back(naming("publish", 5, 1));
  flv::AmfWriter(out.back().body).text("live");
  return out;
}

}  // namespace weir::rtmp
