#include "hls/low_latency.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/playlist.h"
#include "hls/playlist_text.h"
#include "support/golden.h"
#include "support/matchers.h"

namespace weir::hls {
namespace {

using namespace std::chrono_literals;
using support::IsOk;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Type = MediaPlaylist::Type;

MediaSegment segment(int number, Micros duration) {
  MediaSegment out;
  out.uri = fmt::format("seg-{:05}.m4s", number);
  out.duration = duration;
  out.map = "init.mp4";
  out.program_date_time_us = 1'790'000'000'000'000 + number * 2'000'000;
  return out;
}

/// Ten segments of two seconds and half of an eleventh; the last two have parts.
MediaPlaylist live() {
  MediaPlaylist out;
  out.type = Type::kLive;
  out.target_duration = 2;
  out.media_sequence = 7;
  for (int n = 7; n < 17; ++n) out.segments.push_back(segment(n, 2s));
  out.segments[1].discontinuity = true;
  for (const int n : {8, 9})
    for (int i = 0; i < 2; ++i)
      out.segments[static_cast<std::size_t>(n)].parts.push_back(
          {fmt::format("seg-{:05}.{}.m4s", n + 7, i), 1s, i == 0});
  out.open = segment(17, {});
  out.open->discontinuity = true;
  out.open->map = "init-1.mp4";
  out.open->parts = {{"seg-00017.0.m4s", 1s, true, false}, {"seg-00017.1.m4s", 250ms, false, true}};
  LowLatency chosen;
  chosen.part_target = 1s;
  chosen.part_hold_back = part_hold_back(1s);
  chosen.hold_back = 6s;
  chosen.can_skip_until = can_skip_until(2, 20s);
  chosen.preload_hint = "seg-00017.2.m4s";
  chosen.reports = {{"../360p/index.m3u8", 17, 1}, {"../audio/index.m3u8", 16, {}}};
  out.low_latency = chosen;
  return out;
}

TEST(LowLatencyPlaylist, Live) {
  support::expect_golden("hls/low_latency.m3u8", to_text(live()));
}

TEST(LowLatencyPlaylist, HintsAtNothingOnceItHasEnded) {
  auto playlist = live();
  playlist.ended = true;
  EXPECT_THAT(to_text(playlist), Not(HasSubstr("PRELOAD-HINT")));
  EXPECT_THAT(to_text(playlist), HasSubstr("#EXT-X-ENDLIST\n"));
}

TEST(LowLatencyPlaylist, NeedsVersion9OnlyWhereSomethingCanBeSkipped) {
  auto playlist = live();
  EXPECT_THAT(to_text(playlist), HasSubstr("#EXT-X-VERSION:9\n"));
  playlist.low_latency->can_skip_until.reset();
  EXPECT_THAT(to_text(playlist), HasSubstr("#EXT-X-VERSION:6\n"));
}

TEST(CanSkipUntil, IsSixTargetsWhereMoreIsListed) {
  EXPECT_EQ(can_skip_until(6, 37s), 36s);
  EXPECT_EQ(can_skip_until(6, 36s), std::nullopt);
}

TEST(DeltaUpdate, SkipsWhatEndsBeforeTheBoundary) {
  const auto delta = delta_update(to_text(live()));
  ASSERT_TRUE(delta);
  support::expect_golden("hls/low_latency_delta.m3u8", *delta);
  const auto read = read_playlist(*delta);
  ASSERT_THAT(read, IsOk());
  EXPECT_THAT(read->problems, IsEmpty());
  // Whole segments last 20 s: what ends more than 12 s before the end of them is skipped.
  EXPECT_EQ(read->media()->segments.size(), 10u - 3u);
}

TEST(DeltaUpdate, KeepsDateRangesAndLinesNobodyKnows) {
  const std::string text =
      "#EXTM3U\r\n#EXT-X-TARGETDURATION:1\r\n#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=6\r\n"
      "#EXT-X-MEDIA-SEQUENCE:4\r\n"
      "#EXT-X-KEY:METHOD=NONE\r\n#EXTINF:5,\r\na\r\n"
      "#EXT-X-DATERANGE:ID=\"x\",START-DATE=\"2026-01-01T00:00:00Z\"\r\n# said\r\n"
      "#EXT-X-BYTERANGE:5@7\r\n#EXTINF:1,\r\nb\r\n#EXTINF:6.5,\r\nc";
  EXPECT_EQ(delta_update(text),
            "#EXTM3U\r\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:1\r\n"
            "#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=6\r\n#EXT-X-MEDIA-SEQUENCE:4\r\n"
            "#EXT-X-SKIP:SKIPPED-SEGMENTS=2\n"
            "#EXT-X-DATERANGE:ID=\"x\",START-DATE=\"2026-01-01T00:00:00Z\"\r\n# said\r\n"
            "#EXTINF:6.5,\r\nc");
}

TEST(DeltaUpdate, KeepsAHigherVersion) {
  const auto delta = delta_update(
      "#EXTM3U\n#EXT-X-VERSION:12\n#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=1\n"
      "#EXTINF:1,\na\n#EXTINF:1.1,\nb\n");
  ASSERT_TRUE(delta);
  EXPECT_THAT(*delta, HasSubstr("#EXT-X-VERSION:12\n#EXT-X-SERVER"));
}

TEST(DeltaUpdate, IsNotMadeWhereItIsNotAllowedOrSkipsNothing) {
  auto playlist = live();
  playlist.low_latency->can_skip_until.reset();
  EXPECT_FALSE(delta_update(to_text(playlist)));
  playlist = live();
  playlist.segments.erase(playlist.segments.begin(), playlist.segments.begin() + 5);
  EXPECT_FALSE(delta_update(to_text(playlist)));
  EXPECT_FALSE(delta_update(*delta_update(to_text(live()))));
  playlist = live();
  playlist.ended = true;
  EXPECT_FALSE(delta_update(to_text(playlist)));
  EXPECT_FALSE(delta_update(""));
  EXPECT_FALSE(delta_update("<html>"));
}

TEST(DeltaUpdate, SurvivesAnyBytes) {
  const std::string good = to_text(live());
  for (std::size_t length = 0; length < good.size(); ++length)
    (void)delta_update(std::string_view(good).substr(0, length));
  std::minstd_rand random(3);
  for (int i = 0; i < 3000; ++i) {
    std::string bad = good;
    for (int n = 0; n < 4; ++n) bad[random() % bad.size()] = static_cast<char>(random() % 256);
    if (const auto delta = delta_update(bad)) {
      EXPECT_LE(delta->size(), bad.size() + 64);
    }
  }
  (void)delta_update(
      "#EXTM3U\n#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=0\n#EXTINF:9223372036854,\na\n"
      "#EXTINF:9223372036854,\nb\n#EXT-X-PART:DURATION=9223372036854,URI=\"c\"\n");
}

}  // namespace
}  // namespace weir::hls
