#include "rtmp/server_dialogue.h"

#include <gtest/gtest.h>

#include "captured.h"
#include "message_text.h"

namespace weir::rtmp {
namespace {

/// Answers everything with yes, and writes down what was asked.
class Server {
 public:
  Server() : dialogue(our_capabilities(kCanForward)) {}

  /// What is answered to one message.
  std::string take(Message message) {
    const auto taken = dialogue.take(std::move(message));
    if (!taken) failure = taken.error().what;
    while (auto event = dialogue.next()) answer(*event);
    return messages_text(dialogue.take_output());
  }
  std::string take(const std::vector<Message>& messages) {
    std::string out;
    for (const auto& message : messages) out += take(message);
    return out;
  }
  std::string call(std::string_view name, double transaction, std::uint32_t stream,
                   std::string_view text = "") {
    return take(command_message(name, transaction, stream, [&](flv::AmfWriter& amf) {
      amf.null();
      if (!text.empty()) amf.text(text);
    }));
  }
  std::string call_number(std::string_view name, double number) {
    return take(command_message(name, 0, 0, [&](flv::AmfWriter& amf) {
      amf.null();
      amf.number(number);
    }));
  }
  std::string connect(bool reconnect = false) {
    return take(command_message("connect", 1, 0, [&](flv::AmfWriter& amf) {
      amf.object([&] {
        amf.name("app").text("live");
        if (reconnect) amf.name("capsEx").number(1);
      });
    }));
  }

  ServerDialogue dialogue;
  std::string asked;
  std::string key;
  std::string failure;
  std::vector<Media> media;
  bool willing = true;

 private:
  void answer(const ServerEvent& event) {
    if (const auto* connecting = std::get_if<ConnectAsked>(&event)) {
      asked += "connect " + connecting->app + " by " + connecting->agent + "\n";
      decide(0);
    } else if (const auto* publish = std::get_if<PublishAsked>(&event)) {
      note("publish", publish->stream, publish->name);
    } else if (const auto* play = std::get_if<PlayAsked>(&event)) {
      note("play", play->stream, play->name);
    } else if (const auto* one = std::get_if<Media>(&event)) {
      media.push_back(*one);
    } else {
      asked += fmt::format("end {}\n", std::get<Ended>(event).stream);
    }
  }
  void note(const char* what, std::uint32_t stream, const StreamName& name) {
    asked += fmt::format("{} {} {}/{}\n", what, stream, name.app, name.stream);
    key = name.key.reveal();
    decide(stream);
  }
  void decide(std::uint32_t stream) {
    if (willing) dialogue.accept(stream);
    if (!willing) dialogue.refuse(stream, "not\ntoday");
  }
};

constexpr const char* kPublishAnswer =
    "command 0: '_result' 2 null null\n"
    "command 0: '_result' 3 null null\n"
    "command 0: '_result' 4 null 1\n"
    "user control 0: 000000000001\n"
    "command 0: 'onFCPublish' 0 null {level: 'status', code: 'NetStream.Publish.Start', "
    "description: 'publishing'}\n"
    "command 1: 'onStatus' 0 null {level: 'status', code: 'NetStream.Publish.Start', "
    "description: 'publishing'}\n";
constexpr const char* kPlayStart =
    "user control 0: 000000000001\n"
    "command 1: 'onStatus' 0 null {level: 'status', code: 'NetStream.Play.Reset', "
    "description: 'playing and resetting the stream'}\n"
    "command 1: 'onStatus' 0 null {level: 'status', code: 'NetStream.Play.Start', "
    "description: 'playing'}\n"
    "data 1: '|RtmpSampleAccess' true true\n";
constexpr const char* kClassicConnect =
    "command 0: '_result' 1 {fmsVer: 'FMS/3,0,1,123', capabilities: 31} {level: 'status', code: "
    "'NetConnection.Connect.Success', description: 'connected', objectEncoding: 0}\n";

TEST(ServerDialogue, AnswersFfmpegThatPublishes) {
  Server server;
  EXPECT_EQ(server.take(ffmpeg_publishes()), std::string(kClassicConnect) + kPublishAnswer);
  EXPECT_EQ(server.asked,
            "connect app/inst by FMLE/3.0 (compatible; Lavf59.27.100)\npublish 1 app/inst/name\n");
  EXPECT_EQ(server.key, "abc");
  EXPECT_EQ(server.dialogue.skipped().count, 0U);
}

TEST(ServerDialogue, AnswersObsThatPublishesWithWhatItCanDo) {
  Server server;
  const std::string said = server.take(obs_publishes());
  EXPECT_NE(said.find(kPublishAnswer), std::string::npos) << said;
  EXPECT_NE(said.find("videoFourCcInfoMap: {av01: 4, avc1: 4, hvc1: 4"), std::string::npos);
  EXPECT_NE(said.find("capsEx: 15"), std::string::npos);
  EXPECT_EQ(server.asked, "connect live by FMLE/3.0 (compatible; FMSc/1.0)\npublish 1 live/name\n");
}

TEST(ServerDialogue, AnswersFfmpegThatPlays) {
  Server server;
  EXPECT_EQ(server.take(ffmpeg_plays()), std::string(kClassicConnect) +
                                             "command 0: '_result' 2 null 1\n"
                                             "command 0: '_result' 3 null 0\n" +
                                             kPlayStart);
  EXPECT_EQ(server.asked, "connect live by LNX 9,0,124,2\nplay 1 live/name\n");
}

TEST(ServerDialogue, AnswersRtmpdumpThatPlays) {
  Server server;
  EXPECT_EQ(server.take(rtmpdump_plays()), std::string(kClassicConnect) +
                                               "command 0: '_result' 2 null 1\n"
                                               "command 0: '_result' 3 null null\n" +
                                               kPlayStart);
  EXPECT_EQ(server.dialogue.skipped().count, 0U);
}

TEST(ServerDialogue, GivesTheMediaOfAPublisherUntilItEnds) {
  Server server;
  server.take(ffmpeg_publishes());
  server.take({MessageType::kVideo, 1, 40, {0x17, 1}});
  server.take({MessageType::kAudio, 2, 40, {0xaf, 1}});  // no such stream
  ASSERT_EQ(server.media.size(), 1U);
  EXPECT_EQ(server.media[0].timestamp_ms, 40U);

  EXPECT_EQ(server.call("FCUnpublish", 6, 0, "name?key=abc"),
            "command 0: '_result' 6 null null\n"
            "command 1: 'onStatus' 0 null {level: 'status', code: 'NetStream.Unpublish.Success', "
            "description: 'the stream is no longer published'}\n");
  EXPECT_EQ(server.call_number("deleteStream", 1), "");
  server.take({MessageType::kVideo, 1, 80, {0x27, 1}});
  EXPECT_EQ(server.media.size(), 1U);
  EXPECT_NE(server.asked.find("end 1\n"), std::string::npos);
  EXPECT_EQ(server.dialogue.skipped().count, 2U);
  EXPECT_EQ(server.dialogue.skipped().last, "video on a stream that is not published");
}

TEST(ServerDialogue, RefusesInWordsTheOtherSideUnderstands) {
  Server server;
  server.connect();
  server.willing = false;
  server.call("createStream", 2, 0);
  EXPECT_EQ(server.call("publish", 3, 1, "name?key=abc"),
            "command 1: 'onStatus' 0 null {level: 'error', code: 'NetStream.Publish.BadName', "
            "description: 'not today'}\n");
  EXPECT_EQ(server.call("play", 3, 1, "name"),
            "command 1: 'onStatus' 0 null {level: 'error', code: 'NetStream.Play.StreamNotFound', "
            "description: 'not today'}\n");
  server.take({MessageType::kVideo, 1, 0, {0x17}});
  EXPECT_TRUE(server.media.empty());
}

TEST(ServerDialogue, RefusesAConnectionAndThenHearsNothing) {
  Server server;
  server.willing = false;
  EXPECT_EQ(server.connect(),
            "command 0: '_error' 1 null {level: 'error', code: 'NetConnection.Connect.Rejected', "
            "description: 'not today'}\n");
  EXPECT_EQ(server.call("createStream", 2, 0), "");
}

TEST(ServerDialogue, SendsAConnectionElsewhere) {
  ServerDialogue dialogue({});
  ASSERT_TRUE(dialogue.take(ffmpeg_publishes()[0]));
  dialogue.redirect("rtmp://other/app", "moved");
  EXPECT_EQ(messages_text(dialogue.take_output()),
            "command 0: '_error' 1 null {level: 'error', code: 'NetConnection.Connect.Rejected', "
            "description: 'moved', ex: {code: 302, redirect: 'rtmp://other/app'}}\n");
}

TEST(ServerDialogue, IsStrictOnlyBeforeConnect) {
  for (const auto& first : {command_message("createStream", 1, 0, [](auto& amf) { amf.null(); }),
                            command_message("connect", 1, 0, [](auto& amf) { amf.null(); }),
                            Message{MessageType::kCommand, 0, 0, {2, 0, 9, 'c'}}}) {
    Server server;
    EXPECT_NE(server.take(first).find("NetConnection.Connect.Rejected"), std::string::npos);
    EXPECT_NE(server.failure, "");
    EXPECT_EQ(server.asked, "");
  }
  Server server;
  EXPECT_EQ(server.take({MessageType::kVideo, 1, 0, {0x17}}), "");
  EXPECT_EQ(server.take({MessageType::kWindowSize, 0, 0, {0, 0, 1, 0}}), "");
  server.connect();
  EXPECT_EQ(server.take({MessageType::kCommand, 0, 0, {2, 0, 9, 'c'}}), "");
  Message deep = command_message("publish", 2, 1, [](auto&) {});
  for (int i = 0; i < 100'000; ++i) deep.body.insert(deep.body.end(), {0x0a, 0, 0, 0, 1});
  EXPECT_EQ(server.take(deep), "");
  EXPECT_EQ(server.take({static_cast<MessageType>(77), 0, 0, {1}}), "");
  EXPECT_EQ(server.failure, "");
  EXPECT_EQ(server.dialogue.skipped().count, 3U);
  EXPECT_EQ(server.call("createStream", 2, 0), "command 0: '_result' 2 null 1\n");
}

TEST(ServerDialogue, RefusesATcUrlThatIsTooLong) {
  Server server;
  server.take(command_message("connect", 1, 0, [](flv::AmfWriter& amf) {
    amf.object([&] {
      amf.name("app").text("live");
      amf.name("tcUrl").text("rtmp://h/" + std::string(2040, 'x'));
    });
  }));
  EXPECT_EQ(server.failure, "tcUrl is 2049 bytes long; at most 2048 go");
}

TEST(ServerDialogue, DoesNotPublishAStreamTwiceNorOneThatIsNotThere) {
  Server server;
  server.take(ffmpeg_publishes());
  EXPECT_NE(server.call("publish", 9, 1, "other").find("in use already"), std::string::npos);
  EXPECT_NE(server.call("play", 9, 1, "other").find("NetStream.Play.Failed"), std::string::npos);
  EXPECT_NE(server.call("publish", 9, 7, "other").find("no such stream"), std::string::npos);
  EXPECT_NE(server.call("publish", 9, 0, "other").find("no such stream"), std::string::npos);
  server.take({MessageType::kVideo, 1, 0, {0x17}});
  EXPECT_EQ(server.media.size(), 1U);
}

TEST(ServerDialogue, PublishesAndPlaysOnOneConnection) {
  Server server;
  server.connect();
  server.call("createStream", 2, 0);
  server.call("createStream", 3, 0);
  server.call("publish", 4, 1, "one");
  server.call("play", 5, 2, "two");
  server.dialogue.send({2, flv::TagType::kAudio, 7, {0xaf, 1}});
  server.dialogue.send({1, flv::TagType::kAudio, 7, {0xaf, 1}});  // a publisher gets none
  EXPECT_EQ(messages_text(server.dialogue.take_output()), "audio 2: af01\n");
  EXPECT_EQ(server.take(command_message("play", 0, 2,
                                        [](flv::AmfWriter& amf) {
                                          amf.null();
                                          amf.boolean(false);
                                        })),
            "");
  server.dialogue.hang_up();
  server.call("createStream", 9, 0);
  EXPECT_EQ(server.asked, "connect live by \npublish 1 live/one\nplay 2 live/two\nend 2\nend 1\n");
}

TEST(ServerDialogue, TellsAPlayerOfTheEndAndAPublisherThatItIsPutOut) {
  Server server;
  server.take(ffmpeg_plays());
  server.dialogue.end(1, "the publisher has gone");
  EXPECT_EQ(messages_text(server.dialogue.take_output()),
            "user control 0: 000100000001\n"
            "command 1: 'onStatus' 0 null {level: 'status', code: "
            "'NetStream.Play.UnpublishNotify', description: 'the publisher has gone'}\n");
  Server other;
  other.take(ffmpeg_publishes());
  other.dialogue.end(1, "another publisher took over");
  EXPECT_EQ(messages_text(other.dialogue.take_output()),
            "command 1: 'onStatus' 0 null {level: 'error', code: 'NetStream.Publish.BadName', "
            "description: 'another publisher took over'}\n");
  other.take({MessageType::kVideo, 1, 0, {0x17}});
  EXPECT_TRUE(other.media.empty());
}

TEST(ServerDialogue, KeepsNoMoreStreamsThanItsLimit) {
  Server server;
  server.connect();
  for (int i = 0; i < 16; ++i) server.call("createStream", 2, 0);
  EXPECT_NE(server.call("createStream", 2, 0).find("'_error' 2"), std::string::npos);
  server.call_number("deleteStream", 1e300);
  server.call_number("deleteStream", -1);
  server.call_number("deleteStream", 3);
  EXPECT_EQ(server.call("createStream", 2, 0), "command 0: '_result' 2 null 17\n");
}

TEST(ServerDialogue, SaysNoToWhatItDoesNotKnow) {
  Server server;
  server.connect();
  EXPECT_EQ(server.call("eject", 0, 0), "");
  EXPECT_NE(server.call("eject", 5, 0).find("NetConnection.Call.Failed"), std::string::npos);
  EXPECT_EQ(server.dialogue.skipped().last, "unknown command 'eject'");
}

TEST(ServerDialogue, AsksOnlyThoseToReconnectThatCan) {
  Server classic;
  classic.connect();
  classic.dialogue.ask_reconnect("", "update");
  EXPECT_TRUE(classic.dialogue.take_output().empty());
  Server enhanced;
  enhanced.connect(true);
  enhanced.dialogue.ask_reconnect("rtmp://b/live", "update");
  EXPECT_EQ(messages_text(enhanced.dialogue.take_output()),
            "command 0: 'onStatus' 0 null {level: 'status', code: "
            "'NetConnection.Connect.ReconnectRequest', description: 'update', tcUrl: "
            "'rtmp://b/live'}\n");
}

TEST(ServerDialogue, NeverSaysAKey) {
  Server server;
  server.connect();
  server.call("createStream", 2, 0);
  std::string said = server.call("publish", 3, 1, "a/b?key=secret");
  said += server.call("publish", 3, 1, "a?key=secret" + std::string(255, 'x'));
  said += server.call("publish", 3, 9, "a?key=secret");
  said += server.call("publish", 3, 1, "a?key=secret");
  said += server.call("FCUnpublish", 3, 1, "a?key=secret") + server.asked;
  EXPECT_EQ((said + server.dialogue.skipped().last).find("secret"), std::string::npos) << said;
  EXPECT_EQ(server.key, "secret");
}

}  // namespace
}  // namespace weir::rtmp
