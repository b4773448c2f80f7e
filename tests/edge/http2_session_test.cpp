#include "edge/http2_session.h"

#include <functional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/http2_peer.h"

namespace weir::edge {
namespace {

using namespace std::chrono_literals;
using support::http2_frame;
using support::Http2Peer;

class Http2SessionTest : public ::testing::Test, public Http2Events {
 protected:
  void asked(std::int32_t stream, const HttpRequest& request) override {
    requests.push_back(std::string(request.method) + " " + std::string(request.host) + " " +
                       std::string(request.path) + "?" + std::string(request.query) +
                       (request.has_content() ? " +" : ""));
    if (act) act(stream, request);
  }
  void refused(unsigned status) override { refusals.push_back(status); }
  void ended(std::int32_t stream) override { ends.push_back(stream); }

  void text(std::int32_t stream, const std::string& content, std::string_view fields = "") {
    HttpAnswer out;
    out.size = content.size();
    out.head = std::make_shared<const std::string>(make_head(200, out.size, fields));
    out.body = std::make_shared<const std::string>(content);
    session.answer(stream, std::move(out), "Date: today\r\n");
  }
  /// Until both have nothing to say.
  void talk() {
    for (bool more = true; more;) {
      const std::string asks = peer.take();
      session.feed(as_bytes(asks), now);
      std::string says;
      session.take(says, 1 << 20);
      peer.feed(says);
      more = !asks.empty() || !says.empty();
    }
  }
  /// Bytes of our own making, behind a client's first words.
  void send(const std::string& bytes) {
    talk();
    session.feed(as_bytes(bytes), now);
    talk();
  }

  void ask_and_reset() {
    const auto stream = peer.ask("/a");
    talk();
    peer.reset(stream);
    talk();
  }

  std::function<void(std::int32_t, const HttpRequest&)> act;
  std::vector<std::string> requests;
  std::vector<unsigned> refusals;
  std::vector<std::int32_t> ends;
  std::chrono::nanoseconds now{1s};
  Http2Peer peer;
  Http2Session session{{}, *this};
};

TEST_F(Http2SessionTest, ARequestIsAnsweredInTheWordsOfHttp2) {
  act = [&](std::int32_t stream, const HttpRequest& request) {
    EXPECT_EQ(request.field("User-Agent"), "x");
    text(stream, "hello", "Content-Type: text/plain\r\nConnection: close\r\n");
  };
  const auto stream = peer.ask("/a/b?c=1", {{"user-agent", "x"}});
  talk();
  EXPECT_EQ(requests, std::vector<std::string>{"GET a /a/b?c=1"});
  const auto& answer = peer.answers[stream];
  EXPECT_EQ(answer.fields, (std::map<std::string, std::string>{{":status", "200"},
                                                               {"content-length", "5"},
                                                               {"content-type", "text/plain"},
                                                               {"date", "today"}}));
  EXPECT_EQ(answer.content, "hello");
  EXPECT_TRUE(answer.ended);
  EXPECT_EQ(ends, std::vector<std::int32_t>{stream});
  EXPECT_EQ(session.streams(), 0U);
}

TEST_F(Http2SessionTest, StreamsAreAnsweredInAnyOrder) {
  std::vector<std::int32_t> streams;
  for (int i = 0; i < 50; ++i) streams.push_back(peer.ask("/" + std::to_string(i)));
  talk();
  ASSERT_EQ(requests.size(), 50U);
  for (auto at = streams.rbegin(); at != streams.rend(); ++at) text(*at, std::to_string(*at));
  talk();
  for (const auto stream : streams) EXPECT_EQ(peer.answers[stream].content, std::to_string(stream));
}

TEST_F(Http2SessionTest, SendsNoMoreThanTheClientGivesRoomFor) {
  std::string large(300'000, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 7 / 5);
  act = [&](std::int32_t stream, const HttpRequest&) { text(stream, large); };
  const auto stream = peer.ask("/a");
  talk();
  EXPECT_EQ(peer.answers[stream].content.size(), 65'535U);
  EXPECT_TRUE(session.is_blocked());
  peer.make_room(stream, 300'000);
  talk();
  EXPECT_EQ(peer.answers[stream].content, large);
  EXPECT_EQ(session.content_sent(), large.size());
  EXPECT_FALSE(session.is_blocked());
}

TEST_F(Http2SessionTest, AHeadHasNoContent) {
  act = [&](std::int32_t stream, const HttpRequest&) { text(stream, "hello"); };
  const auto stream = peer.ask("/a", {}, "HEAD");
  talk();
  EXPECT_EQ(peer.answers[stream].fields["content-length"], "5");
  EXPECT_EQ(peer.answers[stream].content, "");
  EXPECT_TRUE(peer.answers[stream].ended);
}

TEST_F(Http2SessionTest, ContentIsNotWaitedFor) {
  act = [&](std::int32_t stream, const HttpRequest&) { text(stream, "no"); };
  const auto stream = peer.ask("/a", {}, "PUT", true);
  talk();
  EXPECT_EQ(requests, std::vector<std::string>{"PUT a /a? +"});
  EXPECT_EQ(peer.answers[stream].content, "no");
  EXPECT_TRUE(peer.answers[stream].ended);
  EXPECT_EQ(peer.answers[stream].error, NGHTTP2_NO_ERROR);
}

TEST_F(Http2SessionTest, RefusesWhatHttp11WouldRefuse) {
  for (const char* path : {"a", "/a b", "/a#b", "*", "/a HTTP/1.1"}) peer.ask(path);
  peer.ask("/" + std::string(5000, 'a'));
  peer.ask("/", {{"x", std::string(8000, 'a')}, {"y", std::string(1000, 'a')}});
  Http2Peer::Fields many;
  for (int i = 0; i < 70; ++i) many.emplace_back("x" + std::to_string(i), "y");
  peer.ask("/", many);
  talk();
  EXPECT_EQ(requests.size(), 0U);
  EXPECT_EQ(refusals, (std::vector<unsigned>{400, 414, 431, 431})) << "the rest by nghttp2";
  EXPECT_EQ(session.streams(), 0U);
  EXPECT_FALSE(peer.was_sent_away);
}

TEST_F(Http2SessionTest, NothingIsSmuggledInAField) {
  peer.ask("/", {{"x", "1\r\nContent-Length: 5"}});
  peer.ask("/", {{"transfer-encoding", "chunked"}});
  peer.ask("/", {{"connection", "close"}});
  peer.ask("/", {{"content-length", "1"}, {"content-length", "2"}});
  peer.ask("/", {{":path", "/b"}});
  peer.ask("/", {}, "GET /b HTTP/1.1\r\nx:");
  talk();
  EXPECT_EQ(requests.size(), 0U);
  for (const auto& [stream, answer] : peer.answers) EXPECT_TRUE(answer.ended) << stream;
}

TEST_F(Http2SessionTest, MoreStreamsThanAreAllowedAreRefused) {
  for (int i = 0; i < 150; ++i) peer.ask("/a");
  talk();
  EXPECT_EQ(requests.size(), 100U);
  EXPECT_EQ(session.streams(), 100U);
}

TEST_F(Http2SessionTest, RapidResetsEndTheConnection) {
  for (int i = 0; i < 1000 && !peer.was_sent_away; ++i) {
    ask_and_reset();
  }
  EXPECT_TRUE(peer.was_sent_away);
  EXPECT_EQ(peer.away_error, NGHTTP2_ENHANCE_YOUR_CALM);
  EXPECT_LE(requests.size(), 201U);
  EXPECT_TRUE(session.is_over());
}

TEST_F(Http2SessionTest, ResetsNowAndThenAreNone) {
  for (int i = 0; i < 1000; ++i) {
    ask_and_reset();
    now += 100ms;
  }
  EXPECT_FALSE(peer.was_sent_away);
}

// Of the GOAWAY at the end; -1: there is none.
int last_error(std::string_view bytes) {
  int out = -1;
  while (bytes.size() >= 9) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const std::size_t size = static_cast<std::size_t>(at(0) << 16 | at(1) << 8 | at(2));
    if (at(3) == NGHTTP2_GOAWAY) out = at(9 + 7);
    bytes.remove_prefix(std::min(9 + size, bytes.size()));
  }
  return out;
}

TEST_F(Http2SessionTest, FloodsOfIdleFramesEndTheConnection) {
  const std::string settings = http2_frame(4, 0, 0, "");
  const std::string ping = http2_frame(6, 0, 0, std::string(8, 'x'));
  const std::string priority = http2_frame(2, 0, 1, std::string("\0\0\0\3\1", 5));
  for (const std::string& frame : {settings, ping, priority}) {
    Http2Session flooded({}, *this);
    Http2Peer client;
    flooded.feed(as_bytes(client.take()), now);
    std::string says;
    bool goes_on = true;
    int count = 0;
    for (; count < 2000 && goes_on; ++count) {
      goes_on = flooded.feed(as_bytes(frame), now);
      flooded.take(says, 1 << 20);
    }
    EXPECT_LE(count, 600);
    flooded.take(says, 1 << 20);
    EXPECT_EQ(last_error(says), NGHTTP2_ENHANCE_YOUR_CALM);
    EXPECT_TRUE(flooded.is_over());
  }
}

TEST_F(Http2SessionTest, AHeadWithoutAnEndIsBounded) {
  talk();
  const std::string begin = http2_frame(1, 1, 1,
                                        std::string("\x82\x87\x84\x41\x01"
                                                    "a",
                                                    6));
  std::size_t bytes = begin.size();
  bool goes_on = session.feed(as_bytes(begin), now);
  EXPECT_TRUE(session.in_head());
  const std::string more = http2_frame(9, 0, 1, std::string("\x40\x01x\x01y", 5));
  for (; goes_on && bytes < 1'000'000; bytes += more.size())
    goes_on = session.feed(as_bytes(more), now);
  EXPECT_FALSE(goes_on);
  EXPECT_LT(bytes, 50'000U);
  EXPECT_EQ(requests.size(), 0U);
}

TEST_F(Http2SessionTest, GarbageEndsTheConnection) {
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), std::string(100, '\0'),
        std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") + std::string(100, 'x')}) {
    Http2Session garbled({}, *this);
    garbled.feed(as_bytes(bytes), now);
    std::string last;
    garbled.take(last, 1 << 20);
    EXPECT_TRUE(garbled.is_over()) << bytes;
  }
}

TEST_F(Http2SessionTest, TheClientIsToldToComeWithHttp11) {
  act = [&](std::int32_t stream, const HttpRequest&) { session.require_http1(stream); };
  const auto stream = peer.ask("/live/x.flv");
  talk();
  EXPECT_TRUE(peer.answers[stream].ended);
  EXPECT_EQ(peer.answers[stream].error, NGHTTP2_HTTP_1_1_REQUIRED);
  EXPECT_FALSE(peer.was_sent_away);
}

TEST_F(Http2SessionTest, WhatIsUnderWayIsAnsweredBeforeItGoesAway) {
  const auto stream = peer.ask("/a");
  talk();
  session.go_away();
  talk();
  EXPECT_TRUE(peer.was_sent_away);
  EXPECT_FALSE(session.is_over());
  text(stream, "hello");
  talk();
  EXPECT_EQ(peer.answers[stream].content, "hello");
  EXPECT_TRUE(session.is_over());
}

TEST_F(Http2SessionTest, RobustAgainstChangedBytes) {
  Http2Peer client;
  for (int i = 0; i < 5; ++i) client.ask("/a/b/c?d", {{"range", "bytes=0-1"}}, "GET", i % 2 == 0);
  const std::string good = client.take();
  std::mt19937 dice(7);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = good;
    for (unsigned i = dice() % 4; i > 0; --i)
      bytes[dice() % bytes.size()] = static_cast<char>(dice());
    Http2Session other({}, *this);
    std::string says;
    for (std::size_t at = 0; at < bytes.size(); at += 17) {
      other.feed(as_bytes(std::string_view(bytes).substr(at, 17)), now);
      other.take(says, 1 << 20);
    }
  }
}

}  // namespace
}  // namespace weir::edge
