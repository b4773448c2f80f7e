#include "edge/live_http.h"

#include <future>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "edge/hub_timer.h"
#include "edge/live.h"
#include "net/event_loop.h"
#include "support/http_peer.h"

namespace weir::edge {
namespace {

using support::HttpPeer;

class LiveHttpTest : public ::testing::Test {
 protected:
  LiveHttpTest() {
    on_loop([&] {
      live.emplace(loop.context(), hub);
      timer.emplace(loop.context(), hub, Clock::system());
      publication.emplace(*hub.publish("live/x", {}));
      publication->take(video_header());
      publication->take(picture(0, true));
      publication->take(picture(40, true));
    });
    routes.add("/live", *live);
    HttpServerOptions options;
    options.doors[0].port = 0;
    server = std::move(*HttpServer::open(options, routes, Clock::system()));
  }
  ~LiveHttpTest() override {
    server.reset();
    on_loop([&] {
      timer.reset();
      live.reset();
      publication.reset();
    });
    loop.stop();
  }
  void on_loop(const std::function<void()>& task) {
    std::promise<void> done;
    loop.post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }
  std::string get(const std::string& path, const std::string& method = "GET") {
    const HttpPeer peer(server->port());
    return peer.get(method + " " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  static HubLimits limits() {
    HubLimits out;
    out.live.batch = Micros{0};
    return out;
  }

  Hub hub{limits(), Clock::system()};
  std::optional<HubTimer> timer;
  std::optional<LiveHttp> live;
  std::optional<Publication> publication;
  HttpRoutes routes;
  std::unique_ptr<HttpServer> server;
  net::EventLoop loop;
};

TEST_F(LiveHttpTest, AStreamIsServedAsAFileWithoutAnEnd) {
  const HttpPeer peer(server->port());
  peer.send("GET /live/x.flv HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string head = peer.read_to("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\n")) << head;
  flv::TagReader reader;
  reader.feed(as_bytes(peer.read_some(flv::kFileHeaderSize)));
  const auto first = peer.read_some(video_header().body.size() + flv::kTagOverhead);
  reader.feed(as_bytes(first));
  const auto tag = reader.next();
  ASSERT_TRUE(tag && *tag);
  EXPECT_EQ((*tag)->body, video_header().body);
  on_loop([&] { EXPECT_EQ(live->viewers(), 1U); });
  EXPECT_EQ(server->counters().open, 1U);
}

TEST_F(LiveHttpTest, WhatNobodyPublishesIsNotThere) {
  for (const char* path : {"/live/y.flv", "/live/x", "/live/x.ts", "/live/%2e%2e/x.flv", "/live"})
    EXPECT_TRUE(get(path).starts_with("HTTP/1.1 404 ")) << path;
}

TEST_F(LiveHttpTest, AStreamCanOnlyBeGot) {
  EXPECT_TRUE(get("/live/x.flv", "DELETE").starts_with("HTTP/1.1 405 "));
}

TEST_F(LiveHttpTest, PagesOfAnyOriginMayReadAllAnswers) {
  for (const auto& [path, method] :
       std::vector<std::pair<std::string, std::string>>{{"/live/y.flv", "GET"},
                                                        {"/live/x.flv", "DELETE"},
                                                        {"/nothing", "GET"},
                                                        {"/live/x.flv", "OPTIONS"}}) {
    const HttpPeer peer(server->port());
    peer.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string head = peer.read_to("\r\n\r\n");
    const auto at = head.find("\r\nAccess-Control-Allow-Origin: *\r\n");
    ASSERT_NE(at, head.npos) << path << head;
    EXPECT_EQ(head.find("Access-Control-Allow-Origin", at + 10), head.npos) << "once";
    if (method != "OPTIONS") {
      EXPECT_NE(head.find("\r\nCache-Control: no-store\r\n"), head.npos);
    }
  }
}

constexpr std::string_view kUpgrade =
    "Host: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

TEST_F(LiveHttpTest, AStreamIsServedOverAWebSocket) {
  const HttpPeer peer(server->port());
  peer.send(std::string("GET /live/x.flv HTTP/1.1\r\n").append(kUpgrade));
  const std::string head = peer.read_to("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n")) << head;
  EXPECT_NE(head.find("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), head.npos);
  EXPECT_EQ(peer.read_some(5).substr(2), "FLV");
  peer.send(std::string("\x88\x80\0\0\0\0", 6));
  EXPECT_TRUE(peer.read_all().ends_with("\x88\x02\x03\xe8"));
}

TEST_F(LiveHttpTest, AWebSocketOfWhatNobodyPublishesIsNotThere) {
  const HttpPeer peer(server->port());
  EXPECT_TRUE(peer.get(std::string("GET /live/y.flv HTTP/1.1\r\n").append(kUpgrade))
                  .starts_with("HTTP/1.1 404 "));
}

}  // namespace
}  // namespace weir::edge
