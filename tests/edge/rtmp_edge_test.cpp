// The hub with the programs people use: ffmpeg publishes, rtmpdump and ffmpeg play.
#include "edge/rtmp_edge.h"

#include <fstream>
#include <future>
#include <iterator>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "edge/hub_timer.h"
#include "flv/body.h"
#include "net/event_loop.h"
#include "rtmp/peers.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::edge {
namespace {

using namespace std::chrono_literals;
using rtmp::there;
using support::IsOk;

class RtmpEdgeTest : public ::testing::Test {
 protected:
  template <typename Task>
  auto on_loop(Task task) {
    std::promise<decltype(task())> done;
    loop.post([&] {
      if constexpr (std::is_void_v<decltype(task())>) {
        task();
        done.set_value();
      } else {
        done.set_value(task());
      }
    });
    return done.get_future().get();
  }
  void SetUp() override {
    RtmpRules rules;
    rules.listen.port = 0;
    rules.keys = *rtmp::StreamKeys::parse("x:right\n");
    auto opened =
        RtmpEdge::open(loop.context(), std::move(rules), nullptr, hub, Random::system(), log);
    ASSERT_THAT(opened, IsOk());
    edge = std::move(*opened);
    on_loop([&] { timer.emplace(loop.context(), hub, Clock::system()); });
  }
  ~RtmpEdgeTest() override {
    on_loop([&] {
      timer.reset();
      edge.reset();
    });
    loop.stop();
  }
  std::string url(const std::string& rest) const {
    return "rtmp://127.0.0.1:" + std::to_string(edge->port()) + "/live/" + rest;
  }
  static HubLimits limits() {
    HubLimits out;
    out.live.batch = Micros{50'000};
    out.reconnect_window = Micros{1'500'000};
    return out;
  }
  /// The test publishes from within: what players get is then known to the byte.
  Publication publish(int frames) {
    return on_loop([&] {
      auto publication = *hub.publish("live/y", {});
      publication.take({flv::TagType::kVideo, 0,
                        flv::video_configuration(flv::kAvcId, Bytes{1, 100, 0, 31, 0xff})});
      for (int i = 0; i < frames; ++i)
        publication.take({flv::TagType::kVideo, i * 40,
                          flv::video_frame(flv::kAvcId, {.key = i == 0}, Bytes(70'000, 5))});
      return publication;
    });
  }

  NullLog log;
  Hub hub{limits(), Clock::system()};
  std::unique_ptr<RtmpEdge> edge;
  std::optional<HubTimer> timer;
  net::EventLoop loop;
};

TEST_F(RtmpEdgeTest, RtmpdumpGetsEveryTagOfAStream) {
  if (!there("rtmpdump")) GTEST_SKIP() << "no rtmpdump here";
  const support::TempFolder folder;
  const std::string file = folder / "out.flv";
  std::optional<Publication> publication = publish(30);
  auto played = std::async(std::launch::async, [&] {
    return rtmp::run({"rtmpdump", "-q", "-v", "-r", url("y"), "-o", file});
  });
  const auto until = std::chrono::steady_clock::now() + 10s;
  const auto watched = [&] { return hub.find("live/y")->viewers() == 1; };
  while (!on_loop(watched) && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  on_loop([&] { publication.reset(); });
  EXPECT_THAT(played.get(), IsOk());
  std::ifstream in(file, std::ios::binary);
  const auto got = rtmp::media_of(rtmp::read_flv(Bytes(std::istreambuf_iterator<char>(in), {})));
  ASSERT_EQ(got.size(), 31U);
  for (std::size_t i = 1; i < got.size(); ++i) {
    EXPECT_EQ(got[i].timestamp_ms, static_cast<std::int64_t>(i - 1) * 40);
    EXPECT_EQ(got[i].body.size(), 70'005U);
  }
}

TEST_F(RtmpEdgeTest, WhatFfmpegPublishesFfmpegPlaysWithoutAWord) {
  if (!there("ffmpeg")) GTEST_SKIP() << "no ffmpeg here";
  EXPECT_THAT(rtmp::ffmpeg_publishes(url("x?key=right")), IsOk());
  auto played = rtmp::run({"ffmpeg", "-v", "warning", "-xerror", "-i", url("x"), "-c", "copy", "-f",
                           "flv", "-flvflags", "no_duration_filesize", "-"});
  ASSERT_THAT(played, IsOk());
  const auto tags = rtmp::media_of(rtmp::read_flv(*played));
  EXPECT_GE(tags.size(), 50U) << "at least the last second, which is kept";
}

TEST_F(RtmpEdgeTest, WithoutTheKeyNobodyPublishes) {
  if (!there("ffmpeg")) GTEST_SKIP() << "no ffmpeg here";
  EXPECT_FALSE(rtmp::ffmpeg_publishes(url("x?key=wrong"), "quiet"));
  EXPECT_EQ(on_loop([&] { return hub.streams(); }), 0U);
}

TEST_F(RtmpEdgeTest, AnAddressOthersReachWantsKeys) {
  RtmpRules rules;
  rules.listen.address = "0.0.0.0";
  const auto opened =
      RtmpEdge::open(loop.context(), std::move(rules), nullptr, hub, Random::system(), log);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kUsage);
}

}  // namespace
}  // namespace weir::edge
