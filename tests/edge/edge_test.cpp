// The server as a whole, without programs around it.
#include "edge/edge.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text_file.h"
#include "edge/page_http.h"
#include "support/http_peer.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::edge {
namespace {

using support::FailsWith;
using support::HttpPeer;
using support::IsOk;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class EdgeTest : public ::testing::Test {
 protected:
  EdgeTest() {
    config.http = Door{"127.0.0.1", 0};
    config.rtmp = Door{"127.0.0.1", 0};
    std::filesystem::create_directory(folder.path() / "hls");
    std::ofstream(folder.path() / "hls" / "a.m3u8") << "#EXTM3U\n";
    std::filesystem::create_directory(folder.path() / "hls" / "b");
    std::ofstream(folder.path() / "hls" / "b" / "a.m3u8") << "#EXTM3U\n#EXT-X-TARGETDURATION:6\n";
    config.hls = {{"/hls", (folder.path() / "hls").string()}};
  }
  void open() {
    auto opened = Edge::open(config, {Clock::system(), Random::system(), log});
    ASSERT_THAT(opened, IsOk());
    edge = std::move(*opened);
  }
  std::string get(const std::string& path, const std::string& method = "GET") const {
    const HttpPeer peer(*edge->ports().http);
    peer.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return peer.read_all();
  }

  support::TempFolder folder;
  NullLog log;
  EdgeConfig config;
  std::unique_ptr<Edge> edge;
};

TEST_F(EdgeTest, SaysHowItFares) {
  open();
  EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(get("/readyz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(get("/streams"), HasSubstr("\"streams\":[]}"));
  const auto metrics = get("/metrics");
  EXPECT_THAT(metrics, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(metrics, HasSubstr("\nweir_edge_http_answers_total{class=\"2xx\"} 3\n"));
  EXPECT_THAT(metrics, HasSubstr("\nweir_edge_rtmp_connections 0\n"));
  EXPECT_THAT(get("/healthz", "POST"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(get("/healthz/x"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(get("/hls/a.m3u8"), HasSubstr("#EXTM3U"));
  EXPECT_THAT(get("/presentations"), HasSubstr("\"url\":\"/hls/b/a.m3u8\""));
}

TEST_F(EdgeTest, HasAPageAtItsRoot) {
  open();
  const auto answer = get("/");
  if (page_files().empty())
    EXPECT_THAT(answer, HasSubstr("without its player page"));
  else
    EXPECT_THAT(answer, HasSubstr("/page/main.js"));
  EXPECT_THAT(get("/page/nothing"), StartsWith("HTTP/1.1 404 "));
}

TEST_F(EdgeTest, MetricsAreForWhomTheyAreFor) {
  config.metrics_from = {"192.0.2.0/24"};
  open();
  EXPECT_THAT(get("/metrics"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(EdgeTest, IsNotReadyWhenItIsFull) {
  config.connections = 2;
  open();
  const HttpPeer one(*edge->ports().http);
  one.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(one.read_to("\r\n"), StartsWith("HTTP/1.1 200 "));
  const HttpPeer two(*edge->ports().http);
  two.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(two.read_to("\r\n"), StartsWith("HTTP/1.1 503 "));
}

TEST_F(EdgeTest, WritesALineOfEveryAnswer) {
  config.access_log = (folder.path() / "log").string();
  open();
  get("/hls/a.m3u8?token=secret");
  get("/nothing");
  HttpPeer(*edge->ports().http).get("GET / HTTP/1.1\n\n");
  edge->flush_log();
  const std::string text = *read_text_file(config.access_log);
  EXPECT_THAT(text,
              HasSubstr("\"path\":\"/hls/a.m3u8\",\"method\":\"GET\",\"status\":200,\"bytes\":8,"));
  EXPECT_THAT(text, HasSubstr("\"path\":\"/nothing\",\"method\":\"GET\",\"status\":404"));
  EXPECT_THAT(text, HasSubstr("\"status\":400"));
  EXPECT_EQ(text.find("secret"), std::string::npos);
}

TEST_F(EdgeTest, DrainedItHasNobodyAndEndsAtOnce) {
  open();
  const HttpPeer idle(*edge->ports().http);
  edge->drain();
  EXPECT_EQ(idle.read_some(1), "");
  EXPECT_FALSE(HttpPeer(*edge->ports().http).is_connected());
}

TEST_F(EdgeTest, NamesWhatCannotBeHad) {
  config.hls[0].root = "/nowhere/at/all";
  EXPECT_THAT(Edge::open(config, {Clock::system(), Random::system(), log}),
              FailsWith(Code::kIo, HasSubstr("/nowhere/at/all")));
  EXPECT_THAT(Edge::check(config, log), FailsWith(Code::kIo, HasSubstr("/nowhere/at/all")));
  config.hls.clear();
  config.access_log = "/nowhere/log";
  EXPECT_THAT(Edge::open(config, {Clock::system(), Random::system(), log}),
              FailsWith(Code::kIo, HasSubstr("/nowhere/log")));
}

}  // namespace
}  // namespace weir::edge
