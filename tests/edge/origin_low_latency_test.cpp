// What players of low latency ask an origin for, and what they get, by a clock that is turned by
// hand. Source: draft-pantos-hls-rfc8216bis sections 6.2.5 and 6.2.6.
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/gzip.h"
#include "edge/hls_origin.h"
#include "net/event_loop.h"
#include "support/fake_clock.h"
#include "support/http_peer.h"
#include "support/temp_folder.h"

namespace weir::edge {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using support::HttpPeer;

constexpr std::string_view kName = "720p/index.m3u8";

/// Segments of two seconds and four parts from number 0 on, up to `parts` parts in all.
std::string playlist_of(int parts, const std::string& end = {}) {
  std::string out =
      "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2\n"
      "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,CAN-SKIP-UNTIL=12.0\n"
      "#EXT-X-PART-INF:PART-TARGET=0.5\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-MAP:URI=\"init.mp4\"\n";
  for (int i = 0; i < parts; ++i) {
    out += fmt::format("#EXT-X-PART:DURATION=0.5,URI=\"{}.{}.m4s\"\n", i / 4, i % 4);
    if (i % 4 == 3) out += fmt::format("#EXTINF:2.0,\n{}.m4s\n", i / 4);
  }
  if (end.empty())
    out += fmt::format("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{}.{}.m4s\"\n", parts / 4, parts % 4);
  return out + end;
}

class OriginLowLatencyTest : public testing::Test {
 protected:
  OriginLowLatencyTest() {
    fs::create_directories(folder_.path() / "720p");
    publish(kParts);
    open(16);
  }
  ~OriginLowLatencyTest() override { loop_.stop(); }

  void open(std::size_t held) {
    OriginOptions options{.prefix = "/hls", .root = folder_.path().string(), .held = held};
    options.tick = Micros(2000);
    origin_ = std::move(*HlsOrigin::open(options, loop_.context(), clock_));
    routes_.add("/hls", *origin_);
    server_ = std::move(
        *HttpServer::open({.doors = {{.port = 0}}, .tick = Micros(2000)}, routes_, clock_));
  }
  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(folder_.path() / ".new") << bytes;
    fs::rename(folder_.path() / ".new", folder_.path() / name);
  }
  void publish(int parts, const std::string& end = {}) const {
    write(std::string(kName), playlist_of(parts, end));
  }
  /// Asks and does not wait for the answer.
  std::unique_ptr<HttpPeer> ask(const std::string& path, const std::string& fields = {}) const {
    auto peer = std::make_unique<HttpPeer>(server_->port());
    peer->send("GET /hls/720p/" + path + " HTTP/1.1\r\nHost: a\r\n" + fields +
               "Connection: close\r\n\r\n");
    return peer;
  }
  std::unique_ptr<HttpPeer> ask_for(const std::string& query) const {
    return ask("index.m3u8?" + query);
  }
  std::string get(const std::string& path, const std::string& fields = {}) const {
    return ask(path, fields)->read_all();
  }
  static std::string status(const std::string& answer) { return answer.substr(9, 3); }
  static std::string content(const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }
  bool holds(std::size_t count) const {
    for (int i = 0; i < 2000 && origin_->held() != count; ++i) std::this_thread::sleep_for(1ms);
    return origin_->held() == count;
  }

  static constexpr int kParts = 42;  // ten segments, and two parts of number 10
  support::TempFolder folder_;
  support::FakeClock clock_;
  net::EventLoop loop_;
  std::unique_ptr<HlsOrigin> origin_;
  HttpRoutes routes_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(OriginLowLatencyTest, WhatIsThereIsGivenAtOnce) {
  for (const std::string query : {"_HLS_msn=0", "_HLS_msn=9", "_HLS_msn=9&_HLS_part=3",
                                  "_HLS_msn=10&_HLS_part=1", "_HLS_msn=9&_HLS_part=4"})
    EXPECT_EQ(content(get("index.m3u8?" + query)), playlist_of(kParts)) << query;
}

TEST_F(OriginLowLatencyTest, APlaylistIsHeldUntilItHasThePart) {
  const auto player = ask_for("_HLS_msn=10&_HLS_part=3");
  ASSERT_TRUE(holds(1));
  publish(kParts + 1);
  const auto other = ask_for("_HLS_msn=10&_HLS_part=3");
  ASSERT_TRUE(holds(2));
  publish(kParts + 2);
  for (const auto* peer : {player.get(), other.get()}) {
    const std::string answer = peer->read_all();
    EXPECT_EQ(status(answer), "200");
    EXPECT_EQ(content(answer), playlist_of(kParts + 2));
    EXPECT_NE(answer.find("\r\nCache-Control: max-age=12\r\n"), answer.npos);
  }
  EXPECT_EQ(origin_->held(), 0U);
}

TEST_F(OriginLowLatencyTest, OrUntilItHasTheSegment) {
  const auto player = ask_for("_HLS_msn=10");
  ASSERT_TRUE(holds(1));
  publish(kParts + 1);
  const auto next = ask_for("_HLS_msn=11&_HLS_part=0");
  ASSERT_TRUE(holds(2));
  publish(kParts + 2);
  EXPECT_EQ(content(player->read_all()), playlist_of(kParts + 2));
  EXPECT_EQ(origin_->held(), 1U);
  publish(kParts + 3);
  EXPECT_EQ(content(next->read_all()), playlist_of(kParts + 3));
}

TEST_F(OriginLowLatencyTest, AStateThatIsSkippedAnswersToo) {
  const auto player = ask_for("_HLS_msn=10&_HLS_part=2");
  ASSERT_TRUE(holds(1));
  publish(kParts + 9);
  EXPECT_EQ(content(player->read_all()), playlist_of(kParts + 9));
}

TEST_F(OriginLowLatencyTest, ManyWaitAtOnce) {
  std::vector<std::unique_ptr<HttpPeer>> players;
  for (int i = 0; i < 16; ++i) players.push_back(ask_for("_HLS_msn=10&_HLS_part=2"));
  ASSERT_TRUE(holds(16));
  publish(kParts + 1);
  for (const auto& each : players) EXPECT_EQ(content(each->read_all()), playlist_of(kParts + 1));
}

TEST_F(OriginLowLatencyTest, TheEndOfTheStreamAnswersWhoeverWaits) {
  const auto player = ask_for("_HLS_msn=11");
  ASSERT_TRUE(holds(1));
  publish(kParts, "#EXT-X-ENDLIST\n");
  EXPECT_EQ(content(player->read_all()), playlist_of(kParts, "#EXT-X-ENDLIST\n"));
  EXPECT_EQ(status(get("index.m3u8?_HLS_msn=99")), "200");
}

TEST_F(OriginLowLatencyTest, APlaylistThatGoesIsNotThere) {
  const auto player = ask_for("_HLS_msn=11");
  ASSERT_TRUE(holds(1));
  fs::remove(folder_.path() / kName);
  EXPECT_EQ(status(player->read_all()), "404");
}

TEST_F(OriginLowLatencyTest, WhatNoPlayerAsksForIsRefused) {
  for (const std::string query : {"_HLS_part=0", "_HLS_msn=12", "_HLS_msn=10&_HLS_part=8",
                                  "_HLS_msn=-1", "_HLS_msn=a", "_HLS_msn=1&_HLS_msn=2"})
    EXPECT_EQ(status(get("index.m3u8?" + query)), "400") << query;
  EXPECT_EQ(origin_->held(), 0U);
}

TEST_F(OriginLowLatencyTest, AfterThreeTargetDurationsThereIsNoneToBeHad) {
  const auto player = ask_for("_HLS_msn=11");
  const auto part = ask("10.2.m4s");
  ASSERT_TRUE(holds(2));
  clock_.advance(5900ms);
  publish(kParts);
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(origin_->held(), 2U);
  clock_.advance(200ms);
  for (const auto* peer : {player.get(), part.get()}) {
    const std::string answer = peer->read_all();
    EXPECT_EQ(status(answer), "503");
    EXPECT_NE(answer.find("\r\nRetry-After: "), answer.npos);
  }
}

TEST_F(OriginLowLatencyTest, WhoeverLeavesIsForgotten) {
  auto player = ask_for("_HLS_msn=11");
  auto part = ask("10.2.m4s");
  const auto stays = ask_for("_HLS_msn=10&_HLS_part=2");
  ASSERT_TRUE(holds(3));
  player.reset();
  part.reset();
  EXPECT_TRUE(holds(1));
  publish(kParts + 1);
  EXPECT_EQ(status(stays->read_all()), "200");
}

TEST_F(OriginLowLatencyTest, NoMoreAreHeldThanMayBe) {
  std::vector<std::unique_ptr<HttpPeer>> players;
  for (int i = 0; i < 16; ++i) players.push_back(ask_for("_HLS_msn=11"));
  ASSERT_TRUE(holds(16));
  EXPECT_EQ(status(get("index.m3u8?_HLS_msn=11")), "503");
  EXPECT_EQ(status(get("10.2.m4s")), "503");
  EXPECT_EQ(status(get("index.m3u8?_HLS_msn=9")), "200");
  players.pop_back();
  ASSERT_TRUE(holds(15));
  players.push_back(ask_for("_HLS_msn=11"));
  EXPECT_TRUE(holds(16));
}

TEST_F(OriginLowLatencyTest, AHintedPartIsHeldUntilItIsThereAndGivenWhole) {
  get("index.m3u8");
  const auto player = ask("10.2.m4s");
  const auto ranged = ask("10.2.m4s", "Range: bytes=2-\r\n");
  ASSERT_TRUE(holds(2));
  // Written elsewhere and moved, nothing of it is seen before.
  write("720p/.10.2.m4s.tmp", "01234");
  std::this_thread::sleep_for(10ms);
  EXPECT_EQ(origin_->held(), 2U);
  write("720p/10.2.m4s", "0123456789");
  EXPECT_EQ(content(player->read_all()), "0123456789");
  const std::string part = ranged->read_all();
  EXPECT_EQ(status(part), "206");
  EXPECT_EQ(content(part), "23456789");
}

TEST_F(OriginLowLatencyTest, WhatNobodyHintsAtIsNotThere) {
  get("index.m3u8");
  for (const std::string name : {"10.3.m4s", "11.0.m4s", "10.m4s", "../10.2.m4s"})
    EXPECT_EQ(status(get(name)), "404") << name;
  // What is hinted at is known though nobody has asked for the playlist since.
  publish(kParts + 1);
  const auto player = ask("10.3.m4s");
  ASSERT_TRUE(holds(1));
  write("720p/10.3.m4s", "x");
  EXPECT_EQ(content(player->read_all()), "x");
}

TEST_F(OriginLowLatencyTest, AHintThatIsTakenBackIsNotThere) {
  get("index.m3u8");
  const auto player = ask("10.2.m4s");
  ASSERT_TRUE(holds(1));
  publish(kParts, "#EXT-X-DISCONTINUITY\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"ad/0.m4s\"\n");
  EXPECT_EQ(status(player->read_all()), "404");
  const auto other = ask("ad/0.m4s");
  ASSERT_TRUE(holds(1));
  fs::create_directories(folder_.path() / "720p/ad");
  write("720p/ad/0.m4s", "x");
  publish(kParts + 1);
  EXPECT_EQ(content(other->read_all()), "x");
}

TEST_F(OriginLowLatencyTest, ADeltaUpdateLeavesOutWhatPlayersHave) {
  const std::string delta = content(get("index.m3u8?_HLS_skip=YES"));
  EXPECT_NE(delta.find("#EXT-X-SKIP:SKIPPED-SEGMENTS="), delta.npos);
  EXPECT_LT(delta.size(), playlist_of(kParts).size());
  EXPECT_EQ(content(get("index.m3u8?_HLS_skip=v2")), delta);
  EXPECT_EQ(content(get("index.m3u8?_HLS_skip=yes")), playlist_of(kParts));
  const std::string zipped = content(get("index.m3u8?_HLS_skip=YES", "Accept-Encoding: gzip\r\n"));
  EXPECT_EQ(zipped, as_text(gzip(as_bytes(delta))));
}

TEST_F(OriginLowLatencyTest, ADeltaUpdateCanBeWaitedFor) {
  const auto player = ask_for("_HLS_msn=10&_HLS_part=2&_HLS_skip=YES");
  ASSERT_TRUE(holds(1));
  publish(kParts + 1);
  const std::string delta = content(player->read_all());
  EXPECT_EQ(delta, content(get("index.m3u8?_HLS_skip=YES")));
  EXPECT_NE(delta.find("10.2.m4s"), delta.npos);
}

TEST_F(OriginLowLatencyTest, NothingIsLeftOutOfAnEndedPlaylist) {
  publish(kParts, "#EXT-X-ENDLIST\n");
  const std::string whole = playlist_of(kParts, "#EXT-X-ENDLIST\n");
  std::string answer;
  for (int i = 0; i < 1000 && answer != whole; ++i)
    answer = content(get("index.m3u8?_HLS_skip=YES"));
  EXPECT_EQ(answer, whole);
}

TEST_F(OriginLowLatencyTest, DirectivesAreForMediaPlaylistsOnly) {
  write("720p/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nindex.m3u8\n");
  write("720p/9.m4s", "x");
  EXPECT_EQ(status(get("master.m3u8?_HLS_msn=99&_HLS_part=x")), "200");
  EXPECT_EQ(status(get("9.m4s?_HLS_part=1")), "200");
}

TEST_F(OriginLowLatencyTest, WhoeverWaitsAtTheEndIsToldSo) {
  const auto player = ask_for("_HLS_msn=11");
  ASSERT_TRUE(holds(1));
  origin_->drain();
  EXPECT_EQ(status(player->read_all()), "503");
  EXPECT_EQ(status(get("index.m3u8?_HLS_msn=11")), "503");
  EXPECT_EQ(status(get("index.m3u8")), "200");
}

TEST_F(OriginLowLatencyTest, ConnectionsGoOnBehindAHeldRequest) {
  const HttpPeer peer(server_->port());
  const std::string ask = " HTTP/1.1\r\nHost: a\r\n\r\n";
  peer.send("GET /hls/720p/index.m3u8?_HLS_msn=10&_HLS_part=2" + ask + "GET /hls/720p/9.m4s" + ask);
  ASSERT_TRUE(holds(1));
  publish(kParts + 1);
  EXPECT_EQ(peer.next_answer(), "HTTP/1.1 200 OK|" + playlist_of(kParts + 1));
  EXPECT_EQ(peer.next_answer().substr(0, 22), "HTTP/1.1 404 Not Found");
}

}  // namespace
}  // namespace weir::edge
