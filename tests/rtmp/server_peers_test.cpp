// The server with the programs people use: ffmpeg publishes, rtmpdump and ffmpeg play.
#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/command.h"
#include "flv/tag.h"
#include "rtmp/hub.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::rtmp {
namespace {

using namespace std::chrono_literals;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::SizeIs;

Result<Bytes> run(const std::vector<std::string>& arguments) {
  return run_command(arguments, {.timeout = 20s, .output = 10 << 20});
}

// In PATH.
bool there(const std::string& program) {
  std::istringstream path(std::getenv("PATH"));
  for (std::string folder; std::getline(path, folder, ':');)
    if (::access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  return false;
}

// Two seconds of picture and sound.
Result<Bytes> publish(const std::string& url, const std::string& words = "error") {
  const std::string pictures = "testsrc=size=128x96:rate=25:duration=2";
  std::vector<std::string> command{"ffmpeg", "-v", words, "-f", "lavfi", "-i", pictures};
  for (const char* more : {"-f", "lavfi", "-i", "sine=duration=2", "-c:v", "libx264", "-preset",
                           "ultrafast", "-g", "25", "-c:a", "aac", "-f", "flv"})
    command.emplace_back(more);
  command.push_back(url);
  return run(command);
}

std::vector<flv::Tag> read_flv(ByteView bytes) {
  flv::TagReader reader;
  reader.feed(bytes);
  std::vector<flv::Tag> out;
  while (true) {
    auto tag = reader.next();
    EXPECT_THAT(tag, IsOk());
    if (!tag || !*tag) return out;
    out.push_back(std::move(**tag));
  }
}

// Without the end of a sequence, for which players have no use.
std::vector<flv::Tag> media_of(const std::vector<flv::Tag>& tags) {
  std::vector<flv::Tag> out;
  for (const auto& tag : tags)
    if (tag.type != flv::TagType::kScript && tag.body.size() > 5) out.push_back(tag);
  return out;
}

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
  EXPECT_THAT(publish(hub.url("x?key=right")), IsOk());
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
  EXPECT_THAT(publish(hub.url("x?key=right")), IsOk());
  auto file = played.get();
  ASSERT_THAT(file, IsOk());
  const auto got = media_of(read_flv(*file));
  // Beside these ffmpeg sends, and writes, the codec headers and an end of sequence.
  EXPECT_GT(got.size(), 130u);
}

TEST(ServerPeers, FfmpegIsToldThatItsKeyIsWrong) {
  if (!there("ffmpeg")) GTEST_SKIP() << "no ffmpeg here";
  Hub hub;
  EXPECT_FALSE(publish(hub.url("x?key=wrong"), "quiet"));
  hub.on_loop([&] { EXPECT_THAT(hub.publishers, SizeIs(0)); });
}

TEST(ServerPeers, APublisherThatIsPutOutIsGone) {
  if (!there("ffmpeg")) GTEST_SKIP() << "no ffmpeg here";
  Hub hub;
  hub.on_loop([&] {
    hub.on_publish = [](ServedStream& stream) { stream.end("another publisher took over"); };
  });
  static_cast<void>(publish(hub.url("x?key=right"), "quiet"));
  EXPECT_TRUE(hub.wait_until([](Hub& now) { return now.ends.size() == 1; }));
  hub.on_loop([&] { EXPECT_THAT(hub.ends, ElementsAre("closed")); });
}

}  // namespace
}  // namespace weir::rtmp
