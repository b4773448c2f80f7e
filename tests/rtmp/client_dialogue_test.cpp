#include "rtmp/client_dialogue.h"

#include <gtest/gtest.h>

#include "flv/body.h"
#include "message_text.h"
#include "rtmp/server_dialogue.h"

namespace weir::rtmp {
namespace {

ClientOptions options(Purpose purpose) {
  ClientOptions out;
  out.purpose = purpose;
  out.url = *parse_url("rtmp://host/live/camera?key=secret");
  out.ours = {};
  return out;
}

Message answer(double transaction, std::optional<double> value) {
  return command_message("_result", transaction, 0, [&](flv::AmfWriter& amf) {
    amf.null();
    if (value) amf.number(*value);
  });
}

Message error(double transaction, std::string_view code, std::string_view text,
              std::string_view redirect = "") {
  return command_message("_error", transaction, 0, [&](flv::AmfWriter& amf) {
    amf.null();
    amf.object([&] {
      write_status({true, std::string(code), std::string(text)}, amf);
      if (redirect.empty()) return;
      amf.name("ex").object([&] {
        amf.name("code").number(302);
        amf.name("redirect").text(redirect);
      });
    });
  });
}

/// As far as createStream has been answered.
ClientDialogue asking(Purpose purpose) {
  ClientDialogue client(options(purpose));
  EXPECT_TRUE(client.take(answer(1, {})));
  EXPECT_TRUE(client.take(answer(purpose == Purpose::kPublish ? 4 : 2, 1)));
  client.take_output();
  return client;
}

ClientDialogue started(Purpose purpose) {
  ClientDialogue client = asking(purpose);
  EXPECT_TRUE(client.take(status_message(
      1, {false, purpose == Purpose::kPublish ? "NetStream.Publish.Start" : "NetStream.Play.Start",
          ""})));
  EXPECT_TRUE(std::holds_alternative<Started>(*client.next()));
  return client;
}

TEST(ClientDialogue, PublishesInTheOrderServersKnow) {
  ClientDialogue client(options(Purpose::kPublish));
  EXPECT_EQ(messages_text(client.take_output()),
            "command 0: 'connect' 1 {app: 'live', type: 'nonprivate', flashVer: 'FMLE/3.0 "
            "(compatible; weir)', tcUrl: 'rtmp://host/live', objectEncoding: 0}\n");
  ASSERT_TRUE(client.take(answer(1, {})));
  EXPECT_EQ(messages_text(client.take_output()),
            "window acknowledgement size 0: 002625a0\n"
            "command 0: 'releaseStream' 2 null 'camera?key=secret'\n"
            "command 0: 'FCPublish' 3 null 'camera?key=secret'\n"
            "command 0: 'createStream' 4 null\n");
  ASSERT_TRUE(client.take(error(2, "NetConnection.Call.Failed", "unknown method")));
  ASSERT_TRUE(client.take(answer(4, 1)));
  EXPECT_EQ(messages_text(client.take_output()),
            "command 1: 'publish' 5 null 'camera?key=secret' 'live'\n");
  client.publish({flv::TagType::kAudio, 0, {0xaf}});  // too early: nothing
  ASSERT_TRUE(client.take(status_message(1, {false, "NetStream.Publish.Start", "go"})));
  EXPECT_TRUE(client.started());
  client.publish({flv::TagType::kAudio, 0x1'0000'0005, {0xaf}});
  client.finish();
  client.publish({flv::TagType::kAudio, 9, {0xaf}});  // too late: nothing
  EXPECT_EQ(messages_text(client.take_output()),
            "audio 1: af\n"
            "command 0: 'FCUnpublish' 6 null 'camera?key=secret'\n"
            "command 0: 'deleteStream' 7 null 1\n");
}

TEST(ClientDialogue, PlaysInTheOrderServersKnow) {
  ClientDialogue client(options(Purpose::kPlay));
  EXPECT_EQ(messages_text(client.take_output()).find("nonprivate"), std::string::npos);
  ASSERT_TRUE(client.take(answer(1, {})));
  EXPECT_EQ(messages_text(client.take_output()),
            "window acknowledgement size 0: 002625a0\n"
            "command 0: 'createStream' 2 null\n");
  ASSERT_TRUE(client.take(answer(2, 7)));
  EXPECT_EQ(messages_text(client.take_output()),
            "command 7: 'play' 3 null 'camera?key=secret' -2000\n"
            "user control 0: 00030000000700000bb8\n");
}

TEST(ClientDialogue, PlaysAServerThatNeverSaysStart) {
  ClientDialogue client = asking(Purpose::kPlay);
  ASSERT_TRUE(client.take({MessageType::kVideo, 1, 5, {0x17}}));
  EXPECT_TRUE(std::holds_alternative<Started>(*client.next()));
  EXPECT_EQ(std::get<Media>(*client.next()).timestamp_ms, 5U);
  ASSERT_TRUE(client.take({MessageType::kVideo, 2, 5, {0x17}}));
  EXPECT_FALSE(client.next());
}

TEST(ClientDialogue, GivesTheServersReasonInOneLineWithoutSecrets) {
  for (const auto& [code, text, words] :
       {std::tuple{"NetStream.Publish.BadName", "no 'camera?key=secret'\nhere",
                   "the server refuses to have it published: no '...?...' here "
                   "(NetStream.Publish.BadName)"},
        std::tuple{"NetStream.Publish.Failed", "",
                   "the server refuses to have it published (NetStream.Publish.Failed)"}}) {
    ClientDialogue client = asking(Purpose::kPublish);
    const auto taken = client.take(status_message(1, {true, code, text}));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Code::kRefused);
    EXPECT_EQ(taken.error().what, words);
    EXPECT_FALSE(client.started());
  }
}

TEST(ClientDialogue, KnowsAFailureWithoutItsLevel) {
  ClientDialogue client = asking(Purpose::kPlay);
  EXPECT_FALSE(client.take(status_message(1, {false, "NetStream.Play.StreamNotFound", "x"})));
}

TEST(ClientDialogue, FailsWhenConnectOrCreateStreamIsRefused) {
  ClientDialogue connecting(options(Purpose::kPublish));
  EXPECT_EQ(connecting.take(error(1, "NetConnection.Connect.Rejected", "no app 'x'")).error().what,
            "the server refuses the connection: no app 'x' (NetConnection.Connect.Rejected)");
  ClientDialogue creating(options(Purpose::kPublish));
  ASSERT_TRUE(creating.take(answer(1, {})));
  EXPECT_EQ(creating.take(error(4, "NetConnection.Call.Failed", "")).error().code, Code::kRefused);
  for (const std::optional<double> bad :
       {std::optional<double>(), std::optional<double>(0.0), std::optional<double>(-1.0),
        std::optional<double>(1e99)}) {
    ClientDialogue client(options(Purpose::kPublish));
    ASSERT_TRUE(client.take(answer(1, {})));
    EXPECT_EQ(client.take(answer(4, bad)).error().code, Code::kBadInput);
  }
}

TEST(ClientDialogue, FollowsOneRedirection) {
  const auto away = error(1, "NetConnection.Connect.Rejected", "moved", "rtmp://b:1936/other/app");
  ClientDialogue client(options(Purpose::kPublish));
  ASSERT_TRUE(client.take(away));
  const auto event = client.next();
  ASSERT_TRUE(event && std::holds_alternative<Redirected>(*event));
  const Url& url = std::get<Redirected>(*event).url;
  EXPECT_EQ(url.tc_url(), "rtmp://b:1936/other/app");
  EXPECT_EQ(url.name(), "camera?key=secret");

  auto second = options(Purpose::kPublish);
  second.follow = false;
  EXPECT_FALSE(ClientDialogue(second).take(away));
  auto secure = options(Purpose::kPublish);
  secure.url.secure = true;  // a key that was to travel encrypted does not go in the clear
  EXPECT_FALSE(ClientDialogue(secure).take(away));
  ClientDialogue lost(options(Purpose::kPublish));
  EXPECT_FALSE(lost.take(error(1, "NetConnection.Connect.Rejected", "", "file:///etc/passwd")));
}

TEST(ClientDialogue, TellsOfARequestToReconnect) {
  ClientDialogue client = started(Purpose::kPublish);
  const auto ask = [](std::string_view url) {
    return command_message("onStatus", 0, 0, [&](flv::AmfWriter& amf) {
      amf.null();
      amf.object([&] {
        write_status({false, "NetConnection.Connect.ReconnectRequest", "update"}, amf);
        if (!url.empty()) amf.name("tcUrl").text(url);
      });
    });
  };
  ASSERT_TRUE(client.take(ask("rtmp://b/live")));
  const auto there = std::get<ReconnectAsked>(*client.next());
  EXPECT_EQ(there.url.tc_url(), "rtmp://b/live");
  EXPECT_EQ(there.url.stream, "camera");
  EXPECT_EQ(there.text, "update");
  ASSERT_TRUE(client.take(ask("")));
  EXPECT_EQ(std::get<ReconnectAsked>(*client.next()).url.host, "host");
  EXPECT_TRUE(client.started());
  ASSERT_TRUE(client.take(command_message("onStatus", 0, 0, [](flv::AmfWriter&) {})));
}

TEST(ClientDialogue, TellsAPlayerOfTheEnd) {
  ClientDialogue stopped = started(Purpose::kPlay);
  ASSERT_TRUE(stopped.take(status_message(1, {false, "NetStream.Play.UnpublishNotify", "gone"})));
  EXPECT_EQ(std::get<Finished>(*stopped.next()).text, "gone");
  ClientDialogue ended = started(Purpose::kPlay);
  ASSERT_TRUE(ended.take({MessageType::kUserControl, 0, 0, {0, 1, 0, 0, 0, 2}}));
  EXPECT_FALSE(ended.next());
  ASSERT_TRUE(ended.take({MessageType::kUserControl, 0, 0, {0, 1, 0, 0, 0, 1}}));
  EXPECT_TRUE(std::holds_alternative<Finished>(*ended.next()));
  EXPECT_TRUE(ended.take({MessageType::kVideo, 1, 0, {1}}));
  EXPECT_FALSE(ended.next());
}

TEST(ClientDialogue, PassesOverWhatItCannotRead) {
  ClientDialogue client = asking(Purpose::kPublish);
  ASSERT_TRUE(client.take({MessageType::kCommand, 0, 0, {2, 0, 9, 'o'}}));
  ASSERT_TRUE(client.take({static_cast<MessageType>(99), 0, 0, {1}}));
  ASSERT_TRUE(client.take(command_message("onBWDone", 0, 0, [](auto&) {})));
  ASSERT_TRUE(client.take(answer(77, 3)));
  ASSERT_TRUE(client.take(status_message(1, {false, "NetStream.Publish.Start", ""})));
  EXPECT_TRUE(client.started());
}

/// A publisher or player and our own server, each getting what the other says.
class Pair {
 public:
  explicit Pair(ClientOptions opt)
      : client(std::move(opt)), server(our_capabilities(kCanForward)) {}

  void run() {
    for (bool more = true; more;) {
      more = false;
      for (auto& message : client.take_output()) more |= give(server, std::move(message));
      while (auto event = server.next()) answer(*event);
      for (auto& message : server.take_output()) more |= give(client, std::move(message));
      while (auto event = client.next()) told.push_back(std::move(*event));
    }
  }

  ClientDialogue client;
  ServerDialogue server;
  std::vector<ClientEvent> told;
  std::vector<Media> media;
  std::string key;
  std::uint32_t stream = 0;
  bool ended = false;
  Capabilities peer;

 private:
  template <typename Side>
  bool give(Side& side, Message message) {
    EXPECT_TRUE(side.take(std::move(message)));
    return true;
  }
  void answer(ServerEvent& event) {
    if (auto* connecting = std::get_if<ConnectAsked>(&event)) {
      peer = connecting->peer;
      server.accept(0);
    }
    if (auto* asked = std::get_if<PublishAsked>(&event)) note(asked->stream, asked->name);
    if (auto* asked = std::get_if<PlayAsked>(&event)) note(asked->stream, asked->name);
    if (auto* one = std::get_if<Media>(&event)) media.push_back(std::move(*one));
    if (std::holds_alternative<Ended>(event)) ended = true;
  }
  void note(std::uint32_t id, const StreamName& name) {
    stream = id;
    key = name.key.reveal();
    server.accept(id);
  }
};

TEST(BothDialogues, PublishAStream) {
  auto opt = options(Purpose::kPublish);
  opt.ours = our_capabilities(kCanEncode);
  Pair pair(opt);
  pair.run();
  ASSERT_EQ(pair.told.size(), 1U);
  const auto& peer = std::get<Started>(pair.told[0]).peer;
  EXPECT_TRUE(peer.multitrack);
  EXPECT_EQ(takes(peer, flv::TagType::kVideo, flv::four_cc("hvc1"), kCanForward), Taking::kYes);
  EXPECT_EQ(takes(pair.peer, flv::TagType::kVideo, flv::four_cc("hvc1"), kCanEncode), Taking::kYes);
  EXPECT_EQ(pair.key, "secret");

  Bytes metadata;
  flv::AmfWriter(metadata).text("onMetaData");
  pair.client.publish({flv::TagType::kScript, 0, metadata});
  pair.client.publish({flv::TagType::kVideo, 40, {0x17, 1}});
  pair.run();
  ASSERT_EQ(pair.media.size(), 2U);
  EXPECT_EQ(pair.media[0].body, metadata);
  EXPECT_EQ(pair.media[1], (Media{1, flv::TagType::kVideo, 40, {0x17, 1}}));

  pair.client.finish();
  pair.run();
  EXPECT_TRUE(pair.ended);
  EXPECT_EQ(pair.server.skipped().count, 0U);
}

TEST(BothDialogues, PlayAStreamToItsEnd) {
  Pair pair(options(Purpose::kPlay));
  pair.run();
  pair.server.send({pair.stream, flv::TagType::kVideo, 0xffffffff, {0x17, 1}});
  pair.run();
  pair.server.end(pair.stream, "over");
  pair.run();
  // The sample access note, too, is data of the stream.
  ASSERT_EQ(pair.told.size(), 4U);
  EXPECT_EQ(std::get<Media>(pair.told[2]).timestamp_ms, 0xffffffffU);
  EXPECT_TRUE(std::holds_alternative<Finished>(pair.told[3]));
}

}  // namespace
}  // namespace weir::rtmp
