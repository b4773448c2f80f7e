#include "rtmp/wire.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtmp/chunks.h"
#include "support/counting_random.h"
#include "support/matchers.h"

namespace weir::rtmp {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Two wires with nothing between them.
class Pair {
 public:
  explicit Pair(WireLimits limits = {}) : server(Role::kServer, random_, limits) {}

  // Until nobody has anything to say.
  void talk() {
    bool more = true;
    while (more) {
      const bool to_server = give(client.take_output(), server, at_server);
      const bool to_client = give(server.take_output(), client, at_client);
      more = to_server || to_client;
    }
  }
  Pair& open() {
    talk();
    server.trust();
    client.trust();
    return *this;
  }

 private:
  support::CountingRandom random_;

 public:
  Wire server;
  Wire client{Role::kClient, random_};
  std::vector<Message> at_server, at_client;
  std::optional<Error> failure;

 private:
  bool give(const Bytes& bytes, Wire& to, std::vector<Message>& out) {
    to.feed(bytes);
    while (!failure) {
      auto message = to.next();
      if (!message) failure = message.error();
      if (!message || !*message) break;
      out.push_back(std::move(**message));
    }
    return !bytes.empty() && !failure;
  }
};

// Chunks of a peer that is no Wire.
Bytes chunks(const std::vector<Message>& messages) {
  ChunkWriter writer;
  Bytes out;
  for (const auto& message : messages) EXPECT_THAT(writer.write(message, 3, out), IsOk());
  return out;
}

// A server wire behind its handshake, and what comes out of it, taken apart.
class Opened {
 public:
  explicit Opened(WireLimits limits = {}) : wire(Role::kServer, random_, limits) {
    Bytes hello;
    ClientHandshake client(random_, hello);
    feed(hello);
    Bytes echo;
    EXPECT_THAT(client.receive(wire.take_output(), echo), IsOk());
    feed(echo);
    EXPECT_TRUE(wire.open());
  }
  std::vector<Message> feed(const Bytes& bytes) {
    std::vector<Message> out;
    wire.feed(bytes);
    while (true) {
      auto message = wire.next();
      if (!message) failure = message.error();
      if (!message || !*message) return out;
      out.push_back(std::move(**message));
    }
  }
  std::vector<Message> output() { return read_whole(wire.take_output()).messages; }

 private:
  support::CountingRandom random_;

 public:
  Wire wire;
  std::optional<Error> failure;
};

const Message kConnect = message(MessageType::kCommand, 0, 0, "connect");
const Message kAnswer = message(MessageType::kCommand, 0, 0, "_result");

TEST(Wire, MessagesGoBothWaysBehindTheHandshake) {
  Pair pair;
  EXPECT_FALSE(pair.client.open());
  pair.open();
  EXPECT_TRUE(pair.client.open() && pair.server.open());
  const Message picture{MessageType::kVideo, 1, 40, Bytes(100'000, 'v')};
  EXPECT_THAT(pair.client.send(kConnect), IsOk());
  EXPECT_THAT(pair.client.send(picture), IsOk());
  pair.talk();
  EXPECT_THAT(pair.server.send(kAnswer), IsOk());
  pair.talk();
  EXPECT_THAT(pair.at_server, ElementsAre(kConnect, picture));
  EXPECT_THAT(pair.at_client, ElementsAre(kAnswer));
  EXPECT_TRUE(pair.server.facts().digest);
  EXPECT_FALSE(pair.server.facts().bad_echo);
  EXPECT_EQ(pair.server.facts().received, pair.client.facts().sent);
  EXPECT_EQ(pair.client.facts().received, pair.server.facts().sent);
}

TEST(Wire, AServerAnnouncesItselfBeforeItsFirstAnswer) {
  Opened server;
  EXPECT_THAT(server.output(), IsEmpty());
  EXPECT_THAT(server.feed(chunks({kConnect})), ElementsAre(kConnect));
  EXPECT_THAT(server.wire.send(kAnswer), IsOk());
  const Bytes window = {0, 0x26, 0x25, 0xa0};
  const Bytes bandwidth = {0, 0x26, 0x25, 0xa0, 2};
  EXPECT_THAT(server.output(),
              ElementsAre(Message{MessageType::kWindowSize, 0, 0, window},
                          Message{MessageType::kSetPeerBandwidth, 0, 0, bandwidth}, kAnswer));
}

TEST(Wire, HalfAWindowIsAcknowledged) {
  Opened server;
  server.wire.trust();
  EXPECT_THAT(server.feed(chunks({{MessageType::kWindowSize, 0, 0, {0, 0, 0x40, 0}}})), IsEmpty());
  const std::uint64_t before = server.wire.facts().received;
  server.feed(chunks({{MessageType::kAudio, 1, 0, Bytes(4000)}}));
  server.output();
  server.feed(chunks({{MessageType::kAudio, 1, 0, Bytes(4500)}}));
  const auto out = server.output();
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].type, MessageType::kAcknowledgement);
  Bytes count;
  ByteWriter(count).u32(server.wire.facts().received);
  EXPECT_EQ(out[0].body, count);
  EXPECT_GT(server.wire.facts().received, before + 8500);
}

// Encoders that wait for acknowledgements stop for good where a server counts otherwise.
TEST(Wire, AcknowledgementsGoRoundAt4GB) {
  Opened server;
  server.wire.trust();
  Bytes bytes;
  ChunkWriter writer;
  writer.set_chunk_size(kLongestMessage, bytes);
  server.feed(bytes);
  Bytes round;
  EXPECT_THAT(writer.write({MessageType::kVideo, 1, 0, Bytes(8'000'000)}, 6, round), IsOk());
  ChunkReader reader;
  Reading answers;
  while (server.wire.facts().received <= 0x1'0000'0000) {
    EXPECT_EQ(server.feed(round).size(), 1u);
    const Bytes sent = server.wire.take_output();
    reader.feed(sent);
    drain(reader, answers);
  }
  ASSERT_GT(answers.messages.size(), 500u);
  EXPECT_EQ(answers.messages.back().type, MessageType::kAcknowledgement);
  Bytes count;
  ByteWriter(count).u32(server.wire.facts().received - 0x1'0000'0000);
  EXPECT_EQ(answers.messages.back().body, count);
}

TEST(Wire, APingIsAnsweredAndItsAnswerIsNobodysBusiness) {
  Opened server;
  const auto out = server.feed(chunks({{MessageType::kUserControl, 0, 0, {0, 6, 1, 2, 3, 4}},
                                       {MessageType::kUserControl, 0, 0, {0, 7, 1, 2, 3, 4}},
                                       {MessageType::kUserControl, 0, 0, {0, 3, 0, 0, 0, 1}},
                                       {MessageType::kUserControl, 0, 0, {0}}}));
  EXPECT_THAT(out, ElementsAre(Message{MessageType::kUserControl, 0, 0, {0, 3, 0, 0, 0, 1}}));
  const auto sent = server.output();
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(sent[0], (Message{MessageType::kUserControl, 0, 0, {0, 7, 1, 2, 3, 4}}));
  server.wire.ping(0x01020304);
  EXPECT_EQ(server.output().back(), (Message{MessageType::kUserControl, 0, 0, {0, 6, 1, 2, 3, 4}}));
}

TEST(Wire, BandwidthIsAnsweredWithAWindowOnce) {
  Opened server;
  const Message bandwidth{MessageType::kSetPeerBandwidth, 0, 0, {0, 1, 0, 0, 2}};
  EXPECT_THAT(server.feed(chunks({bandwidth, bandwidth})), IsEmpty());
  EXPECT_THAT(server.output(), ElementsAre(Message{MessageType::kWindowSize, 0, 0, {0, 1, 0, 0}}));
}

TEST(Wire, ControlMessagesThatAreTooShortMeanNothing) {
  Opened server;
  std::vector<Message> all;
  for (const auto type : {MessageType::kAcknowledgement, MessageType::kWindowSize,
                          MessageType::kSetPeerBandwidth, MessageType::kUserControl})
    all.push_back({type, 0, 0, {}});
  EXPECT_THAT(server.feed(chunks(all)), IsEmpty());
  EXPECT_FALSE(server.failure);
  EXPECT_THAT(server.output(), IsEmpty());
}

TEST(Wire, AStrangerMaySendOnlySoMuch) {
  const Message data{MessageType::kData, 1, 0, Bytes(5000)};
  const std::vector<Message> many(20, data);
  Opened stranger;
  const auto out = stranger.feed(chunks(many));
  EXPECT_LE(out.size(), 12u);
  ASSERT_TRUE(stranger.failure);
  EXPECT_EQ(stranger.failure->code, Code::kRefused);
  EXPECT_THAT(stranger.wire.next(), FailsWith(Code::kRefused, HasSubstr("65536 bytes")));
  Opened friendly;
  friendly.wire.trust();
  EXPECT_EQ(friendly.feed(chunks(many)).size(), 20u);
}

TEST(Wire, TrustMayComeWithAMessageInTheSamePiece) {
  Opened server;
  std::vector<Message> messages(20, {MessageType::kData, 0, 0, Bytes(5000)});
  messages.insert(messages.begin(), kConnect);
  const Bytes bytes = chunks(messages);
  server.wire.feed(bytes);
  EXPECT_EQ(**server.wire.next(), kConnect);
  server.wire.trust();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(**server.wire.next(), messages[1]);
  EXPECT_FALSE(*server.wire.next());
}

TEST(Wire, AFailureOfTheHandshakeOrTheChunksStays) {
  const support::CountingRandom random;
  Wire wire(Role::kServer, random);
  const Bytes web = to_bytes("GET / HTTP/1.1\r\n\r\n");
  wire.feed(web);
  EXPECT_THAT(wire.next(), FailsWith(Code::kBadInput, HasSubstr("does not speak RTMP")));
  EXPECT_THAT(wire.next(), FailsWith(Code::kBadInput, HasSubstr("does not speak RTMP")));
  Opened server;
  server.feed({0xff});
  EXPECT_TRUE(server.failure);
}

}  // namespace
}  // namespace weir::rtmp
