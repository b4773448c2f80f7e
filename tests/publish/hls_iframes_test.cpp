// The I-frame playlist keeps in step with the media playlist it belongs to.
#include "publish/hls_iframes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::publish {
namespace {

using Type = hls::MediaPlaylist::Type;

media::Time at(std::int64_t ms) {
  return {ms, {1, 1000}};
}

hls::MediaSegment segment(int number, bool discontinuity = false) {
  hls::MediaSegment made;
  made.uri = "seg-" + std::to_string(number) + ".m4s";
  made.map = "init.mp4";
  made.discontinuity = discontinuity;
  made.program_date_time_us = 1'800'000'000'000'000 + 6'000'000 * number;
  return made;
}

// Six seconds with a key picture every two.
void add(HlsIFrames& iframes, int number, bool discontinuity = false) {
  const std::int64_t from = 6000 * number;
  iframes.add(
      segment(number, discontinuity),
      {{{24, 1000}, at(from)}, {{5000, 1100}, at(from + 2000)}, {{9000, 900}, at(from + 4000)}},
      at(from), at(from + 6000));
}

std::string text(HlsIFrames& iframes) {
  hls::MediaPlaylist playlist = iframes.playlist(2, false);
  playlist.target_duration = 6;
  return to_text(playlist);
}

TEST(HlsIFrames, EveryKeyPictureIsAStretchThatLastsToTheNext) {
  HlsIFrames iframes(Type::kVod, Micros(6'000'000));
  add(iframes, 0);
  EXPECT_EQ(text(iframes), R"(#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-I-FRAMES-ONLY
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.000Z
#EXTINF:2.000000,
#EXT-X-BYTERANGE:1000@24
seg-0.m4s
#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:02.000Z
#EXTINF:2.000000,
#EXT-X-BYTERANGE:1100@5000
seg-0.m4s
#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:04.000Z
#EXTINF:2.000000,
#EXT-X-BYTERANGE:900@9000
seg-0.m4s
)");
}

TEST(HlsIFrames, RatesAreThoseOfTheKeyPicturesAlone) {
  HlsIFrames iframes(Type::kVod, Micros(6'000'000));
  EXPECT_EQ(iframes.peak(), 0);
  add(iframes, 0);
  EXPECT_EQ(iframes.average(), 4000);  // 3000 bytes in six seconds
  EXPECT_EQ(iframes.peak(), 4200);     // 2100 bytes in four
}

TEST(HlsIFrames, AGapStaysOneEntry) {
  HlsIFrames iframes(Type::kLive, Micros(6'000'000));
  add(iframes, 0);
  hls::MediaSegment gap = segment(1);
  gap.gap = true;
  iframes.add(gap, {}, at(6000), at(12000));
  ASSERT_EQ(iframes.playlist(2, false).segments.size(), 4u);
  const auto& last = iframes.playlist(2, false).segments.back();
  EXPECT_TRUE(last.gap);
  EXPECT_FALSE(last.range);
  EXPECT_EQ(last.duration, Micros(6'000'000));
}

TEST(HlsIFrames, WhatLeavesTheWindowLeavesWithAllItsPicturesAndIsCounted) {
  HlsIFrames iframes(Type::kLive, Micros(6'000'000));
  add(iframes, 0, true);
  add(iframes, 1);
  iframes.remove_first();
  const auto& playlist = iframes.playlist(2, false);
  EXPECT_EQ(playlist.media_sequence, 3);
  EXPECT_EQ(playlist.discontinuity_sequence, 1);
  ASSERT_EQ(playlist.segments.size(), 3u);
  EXPECT_EQ(playlist.segments.front().uri, "seg-1.m4s");
}

TEST(HlsIFrames, OnlyTheFirstPictureAfterABreakIsMarked) {
  HlsIFrames iframes(Type::kLive, Micros(6'000'000));
  add(iframes, 0);
  add(iframes, 1, true);
  std::vector<bool> marks;
  for (const auto& entry : iframes.playlist(2, false).segments)
    marks.push_back(entry.discontinuity);
  EXPECT_THAT(marks, ::testing::ElementsAre(false, false, false, true, false, false));
}

}  // namespace
}  // namespace weir::publish
