#include "rtmp/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/tls.h"
#include "rtmp/clients.h"
#include "rtmp/hub.h"
#include "rtmp/listener.h"
#include "rtmp/server_dialogue.h"
#include "support/certificate.h"
#include "support/matchers.h"

namespace weir::rtmp {
namespace {

using flv::Tag;
using flv::TagType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Stamps from the end of 32 bits on, bodies of every size.
std::vector<Tag> some_tags() {
  std::vector<Tag> out;
  for (std::uint32_t i = 0; i < 60; ++i) {
    const std::int64_t time = std::int64_t{0xffff'ff00} + i * 20;
    out.push_back({i % 3 == 0 ? TagType::kVideo : TagType::kAudio, time,
                   Bytes(1 + i * i * 37, static_cast<std::uint8_t>(i))});
  }
  return out;
}

bool same(const Tag& a, const Tag& b) {
  return a.type == b.type && a.timestamp_ms == b.timestamp_ms && a.body == b.body;
}

bool same(const std::vector<Tag>& a, const std::vector<Tag>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Tag& one, const Tag& other) { return same(one, other); });
}

void publish_all(Client& client) {
  for (auto& tag : some_tags()) client.publish(std::move(tag));
  client.finish();
}

TEST(Client, WhatItPublishesIsPlayed) {
  Hub hub;
  Clients clients;
  Report player, publisher;
  clients.start(to(Purpose::kPlay, hub.url("x")), player);
  ASSERT_TRUE(hub.wait_until([](Hub& now) { return now.players.size() == 1; }));
  clients.start(to(Purpose::kPublish, hub.url("x?key=right")), publisher, publish_all);
  EXPECT_EQ(publisher.end().code, Code::kStopped);
  const Error end = player.end();
  EXPECT_EQ(end.code, Code::kStopped);
  EXPECT_THAT(end.what, HasSubstr("the stream has ended"));
  // The server speaks first, of what a player may do with the samples.
  std::erase_if(player.tags, [](const Tag& tag) { return tag.type == TagType::kScript; });
  EXPECT_TRUE(same(player.tags, some_tags()));
  hub.on_loop([&] {
    EXPECT_TRUE(same(hub.tags, some_tags()));
    EXPECT_THAT(hub.ends, ElementsAre("the peer has ended the stream"));
  });
}

TEST(Client, GoesThroughTls) {
  const support::Certificate certificate;
  if (!certificate.made()) GTEST_SKIP() << "no openssl to make a certificate with";
  auto server = net::make_tls_server(certificate.file(), certificate.key());
  ASSERT_THAT(server, support::IsOk());
  auto trusting = net::make_tls_client();
  trusting.load_verify_file(certificate.file());
  auto doubting = net::make_tls_client();
  Hub hub({}, &*server);
  auto options = to(Purpose::kPublish, hub.url("x?key=right"));
  options.url.secure = true;
  options.url.host = "localhost";
  Clients clients;
  Report good, doubted, bare;
  clients.start(options, good, publish_all, &trusting);
  EXPECT_EQ(good.end().code, Code::kStopped);
  clients.start(options, doubted, publish_all, &doubting);
  EXPECT_EQ(doubted.end().code, Code::kRefused);
  clients.start(options, bare, publish_all);
  EXPECT_EQ(bare.end().code, Code::kUsage);
  EXPECT_TRUE(hub.wait_until([](Hub& now) { return now.ends.size() == 1; }));
  hub.on_loop([&] { EXPECT_TRUE(same(hub.tags, some_tags())); });
}

TEST(Client, IsToldWhyTheServerSaysNo) {
  Hub hub;
  Clients clients;
  Report report;
  clients.start(to(Purpose::kPublish, hub.url("secret?key=wrong")), report);
  const Error end = report.end();
  EXPECT_EQ(end.code, Code::kRefused);
  EXPECT_THAT(end.what, HasSubstr("no such key"));
  EXPECT_THAT(end.what, testing::Not(HasSubstr("secret")));
}

TEST(Client, AServerThatIsNotThereIsKnownAtOnce) {
  Clients clients;
  Report report;
  clients.start(to(Purpose::kPublish, "rtmp://127.0.0.1:1/live/x"), report);
  EXPECT_EQ(report.end().what, "connection refused");
}

TEST(Client, IsToldThatTheServerPutItOut) {
  Hub hub;
  hub.on_loop([&] {
    hub.on_publish = [](ServedStream& stream) { stream.end("another publisher took over"); };
  });
  Clients clients;
  Report report;
  clients.start(to(Purpose::kPublish, hub.url("x?key=right")), report);
  EXPECT_THAT(report.end().what, HasSubstr("another publisher took over"));
}

TEST(Client, AHeldPublisherWaitsAndLosesNothing) {
  Hub hub;
  ServedStream* stream = nullptr;
  hub.on_loop([&] {
    hub.on_publish = [&](ServedStream& held) {
      stream = &held;
      held.hold(true);
    };
  });
  Clients clients;
  Report report;
  clients.start(to(Purpose::kPublish, hub.url("x?key=right")), report, publish_all);
  ASSERT_TRUE(hub.wait_until([&](Hub&) { return stream != nullptr; }));
  hub.on_loop([&] {
    EXPECT_THAT(hub.tags, IsEmpty());
    stream->hold(false);
  });
  ASSERT_TRUE(hub.wait_until([](Hub& now) { return now.ends.size() == 1; }));
  hub.on_loop([&] { EXPECT_TRUE(same(hub.tags, some_tags())); });
  EXPECT_EQ(report.end().code, Code::kStopped);
}

TEST(Client, AClientThatIsDestroyedIsNotToldAnything) {
  Hub hub;
  Report report;
  {
    Clients clients;
    clients.start(to(Purpose::kPublish, hub.url("x?key=right")), report);
    ASSERT_TRUE(hub.wait_until([](Hub& now) { return now.publishers.size() == 1; }));
  }
  EXPECT_TRUE(hub.wait_until([](Hub& now) { return now.ends.size() == 1; }));
  hub.on_loop(
      [&] { EXPECT_THAT(hub.ends, ElementsAre(testing::Ne("the peer has ended the stream"))); });
  EXPECT_THAT(report.tags, IsEmpty());
}

// Sends everybody elsewhere.
class Redirecting : public Session {
 public:
  Redirecting(Connection& connection, std::string url)
      : connection_(connection), url_(std::move(url)) {}
  Result<void> take(Message message) override {
    WEIR_TRY(dialogue_.take(std::move(message)));
    while (auto event = dialogue_.next()) dialogue_.redirect(url_, "it is over there");
    for (const auto& out : dialogue_.take_output()) WEIR_TRY(connection_.send(out));
    return {};
  }
  void ended(const Error&) override {}

 private:
  Connection& connection_;
  const std::string url_;
  ServerDialogue dialogue_{Capabilities{}};
};

TEST(Client, FollowsOneRedirection) {
  Hub hub;
  Clients clients;
  ListenOptions listen;
  listen.port = 0;
  auto elsewhere = hub.url("x");
  elsewhere.resize(elsewhere.size() - 2);
  auto listener = Listener::open(
      clients.loop().context(), listen, nullptr, Random::system(),
      [&](Connection& connection) { return std::make_unique<Redirecting>(connection, elsewhere); });
  ASSERT_THAT(listener, support::IsOk());
  const auto url = fmt::format("rtmp://127.0.0.1:{}/old/x?key=right", (*listener)->port());
  Report followed, stubborn;
  clients.start(to(Purpose::kPublish, url), followed, publish_all);
  EXPECT_EQ(followed.end().code, Code::kStopped);
  hub.on_loop([&] { EXPECT_TRUE(same(hub.tags, some_tags())); });
  auto options = to(Purpose::kPublish, url);
  options.follow = false;
  clients.start(options, stubborn);
  EXPECT_EQ(stubborn.end().code, Code::kRefused);
  clients.loop().stop();
}

}  // namespace
}  // namespace weir::rtmp
