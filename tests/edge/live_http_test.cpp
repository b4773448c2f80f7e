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
    options.port = 0;
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

}  // namespace
}  // namespace weir::edge
