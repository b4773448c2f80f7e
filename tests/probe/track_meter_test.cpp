#include "probe/track_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/packets.h"

namespace weir::probe {
namespace {

using media::Kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr AVRational kRate{25, 1};

// Packets of 40 ms and `bytes` bytes unless the style says otherwise.
TrackStats measure(std::string_view text, Kind kind = Kind::kVideo, std::string payload = "x",
                   std::int64_t duration = 40) {
  TrackMeter meter(kind, kRate);
  for (const auto& packet :
       support::packets(text, {.duration = duration, .payload = std::move(payload)}))
    meter.add(packet, packet.key());
  return meter.finish();
}

TEST(TrackMeter, GivesZerosForNoPackets) {
  const auto stats = measure("");
  EXPECT_EQ(stats.packets, 0);
  EXPECT_EQ(stats.duration_us(), 0);
  EXPECT_EQ(stats.average_bitrate, 0);
  EXPECT_THAT(stats.bitrate, IsEmpty());
}

TEST(TrackMeter, MeasuresStartEndAndRate) {
  const auto stats = measure("K80 d120 d160 d200");
  EXPECT_EQ(stats.start_us, 80'000);
  EXPECT_EQ(stats.end_us, 240'000);
  EXPECT_DOUBLE_EQ(stats.frame_rate, 25);
  EXPECT_TRUE(stats.constant_rate);
  EXPECT_FALSE(stats.reordered);
  EXPECT_EQ(stats.break_count(), 0);
}

TEST(TrackMeter, PutsReorderedPicturesInDisplayOrder) {
  const auto stats = measure("K80/0 d200/40 d120/80 d160/120 d320/160 d240/200 d280/240");
  EXPECT_TRUE(stats.reordered);
  EXPECT_EQ(stats.break_count(), 0);
  EXPECT_EQ(stats.start_us, 80'000);
  EXPECT_EQ(stats.end_us, 360'000);
}

TEST(TrackMeter, TellsOpenGroupsFromClosedOnes) {
  const auto open_groups = [](std::string_view text, bool idr) {
    TrackMeter meter(Kind::kVideo, kRate);
    bool first = true;
    for (const auto& packet : support::packets(text)) {
      meter.add(packet, packet.key() && (idr || first));
      first = false;
    }
    return meter.finish().open_groups;
  };
  // Two pictures are coded behind the second key picture and shown before it.
  EXPECT_EQ(open_groups("K80/0 d120/40 K240/80 d160/120 d200/160 d280/200", false), 1);
  EXPECT_EQ(open_groups("K80/0 d120/40 K240/80 d160/120 d200/160 d280/200", true), 0);
  EXPECT_EQ(open_groups("K80/0 d120/40 K160/80 d200/120", false), 0);
}

TEST(TrackMeter, CountsBitsInEverySecond) {
  const auto stats = measure("K0 d500 d1000 d1500 d3000", Kind::kVideo, std::string(125, 'x'), 500);
  EXPECT_THAT(stats.bitrate, ElementsAre(2000, 2000, 0, 1000));
  EXPECT_EQ(stats.peak_bitrate, 2000);
  EXPECT_EQ(stats.average_bitrate, 1429);
}

TEST(TrackMeter, FindsGapsOverlapsAndJumps) {
  const auto stats = measure("K0 d40 d180 d220 d230 d270 d5310 d5350 d5390 d5430 d5470 d5510");
  EXPECT_EQ(stats.gaps, 1);
  EXPECT_EQ(stats.overlaps, 1);
  EXPECT_EQ(stats.jumps, 1);
  ASSERT_EQ(stats.breaks.size(), 3u);
  EXPECT_EQ(stats.breaks[0].at_us, 80'000);
  EXPECT_EQ(stats.breaks[0].length_us, 100'000);
  EXPECT_EQ(stats.breaks[1].length_us, -30'000);
  EXPECT_EQ(stats.breaks[2].kind, Break::Kind::kJump);
  EXPECT_EQ(stats.breaks[2].length_us, 5'000'000);
  EXPECT_DOUBLE_EQ(stats.frame_rate, 25);
  EXPECT_TRUE(stats.constant_rate);
}

TEST(TrackMeter, HearsASmallGapInSoundOnly) {
  EXPECT_EQ(measure("K0 K40 K85 K125 K165", Kind::kAudio).gaps, 1);
  EXPECT_EQ(measure("K0 K40 K85 K125 K165", Kind::kVideo).gaps, 0);
}

TEST(TrackMeter, BelievesTheStampsWhereDurationsAreAlwaysWrong) {
  const auto stats = measure("K0 d80 d160 d240 d320");
  EXPECT_EQ(stats.break_count(), 0);
  EXPECT_DOUBLE_EQ(stats.frame_rate, 12.5);
}

TEST(TrackMeter, MeasuresGroupsOfPictures) {
  const auto stats = measure("K0 d40 d80 K120 d160 K200 d240");
  EXPECT_EQ(stats.keys, 3);
  EXPECT_EQ(stats.gop_frames.min(), 2);
  EXPECT_EQ(stats.gop_frames.max(), 3);
  EXPECT_EQ(stats.gop_us.max(), 120'000);
  EXPECT_EQ(stats.idr_us.min(), 80'000);
}

TEST(TrackMeter, CountsTheLastGroupOnlyIfItIsTheLongest) {
  EXPECT_EQ(measure("K0 d40 K80 d120 d160 d200").gop_frames.max(), 4);
  EXPECT_EQ(measure("K0 d40 K80").gop_frames.min(), 2);
  EXPECT_EQ(measure("K0 d40 d80").gop_frames.max(), 3);
}

TEST(TrackMeter, CountsDecodingTimesThatGoBack) {
  EXPECT_EQ(measure("K0/0 d40/40 d80/20 d120/60").dts_backwards, 1);
}

TEST(TrackMeter, StaysSmallWhateverTheStampsSay) {
  const auto stats = measure("K0 d9000000000000000 d-9000000000000000 d40 d4000000000000000");
  EXPECT_LE(stats.bitrate.size(), kMaxSeconds);
  EXPECT_LE(stats.breaks.size(), kMaxBreaks);
  TrackMeter meter(Kind::kVideo, kRate);
  for (int i = 0; i < 5000; ++i)  // no picture can be shown before dts 0 ends
    for (const auto& packet : support::packets(i % 2 == 0 ? "d100000/0" : "d0/0"))
      meter.add(packet, false);
  EXPECT_LE(meter.finish().breaks.size(), kMaxBreaks);
}

}  // namespace
}  // namespace weir::probe
