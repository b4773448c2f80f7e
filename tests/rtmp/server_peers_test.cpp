// The server with the programs people use: ffmpeg publishes, rtmpdump and ffmpeg play.
#include <fstream>
#include <future>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtmp/hub.h"
#include "rtmp/peers.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::rtmp {
namespace {

using support::IsOk;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// A player in the background, asked for before anything is published.
std::future<Result<Bytes>> play(Hub& hub, std::vector<std::string> command) {
  auto out = std::async(std::launch::async, [command] { return run(command); });
  EXPECT_TRUE(hub.wait_until([](Hub& now) { return now.players.size() == 1; }));
  return out;
}

TEST(ServerPeers, WhatFfmpegPublishesRtmpdumpPlays) {
  if (!there("ffmpeg") || !there("rtmpdump")) GTEST_SKIP() << "no ffmpeg or no rtmpdump here";
  Hub hub;
  const support::TempFolder folder;
  const std::string file = folder / "out.flv";
  auto played = play(hub, {"rtmpdump", "-q", "-v", "-r", hub.url("x"), "-o", file});
  EXPECT_THAT(ffmpeg_publishes(hub.url("x?key=right")), IsOk());
  EXPECT_THAT(played.get(), IsOk());
  std::ifstream in(file, std::ios::binary);
  const auto got = media_of(read_flv(Bytes(std::istreambuf_iterator<char>(in), {})));
  hub.on_loop([&] {
    const auto sent = media_of(hub.tags);
    ASSERT_EQ(got.size(), sent.size());
    EXPECT_GT(sent.size(), 130u);
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i].body, sent[i].body);
      EXPECT_EQ(got[i].timestamp_ms, sent[i].timestamp_ms);
    }
    EXPECT_THAT(hub.ends, ElementsAre("the peer has ended the stream"));
    EXPECT_EQ(hub.publishers[0].name.app, "live");
    EXPECT_EQ(hub.publishers[0].name.stream, "x");
    EXPECT_EQ(hub.publishers[0].address, "127.0.0.1");
  });
}

TEST(ServerPeers, FfmpegPlaysWhatFfmpegPublishes) {
  if (!there("ffmpeg")) GTEST_SKIP() << "no ffmpeg here";
  Hub hub;
  auto played = play(hub, {"ffmpeg", "-v", "error", "-i", hub.url("x"), "-c", "copy", "-f", "flv",
                           "-flvflags", "no_duration_filesize", "-"});
  EXPECT_THAT(ffmpeg_publishes(hub.url("x?key=right")), IsOk());
  auto file = played.get();
  ASSERT_THAT(file, IsOk());
  const auto got = media_of(read_flv(*file));
  // Beside these ffmpeg sends, and writes, the codec headers and an end of sequence.
  EXPECT_GT(got.size(), 130u);
}

TEST(ServerPeers, FfmpegIsToldThatItsKeyIsWrong) {
  if (!there("ffmpeg")) GTEST_SKIP() << "no ffmpeg here";
  Hub hub;
  EXPECT_FALSE(ffmpeg_publishes(hub.url("x?key=wrong"), "quiet"));
  hub.on_loop([&] { EXPECT_THAT(hub.publishers, SizeIs(0)); });
}

TEST(ServerPeers, APublisherThatIsPutOutIsGone) {
  if (!there("ffmpeg")) GTEST_SKIP() << "no ffmpeg here";
  Hub hub;
  hub.on_loop([&] {
    hub.on_publish = [](ServedStream& stream) { stream.end("another publisher took over"); };
  });
  static_cast<void>(ffmpeg_publishes(hub.url("x?key=right"), "quiet"));
  EXPECT_TRUE(hub.wait_until([](Hub& now) { return now.ends.size() == 1; }));
  hub.on_loop([&] { EXPECT_THAT(hub.ends, ElementsAre("closed")); });
}

}  // namespace
}  // namespace weir::rtmp
