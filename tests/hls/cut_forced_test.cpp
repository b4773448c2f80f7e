// Live streams whose key frames stay away.
#include <algorithm>

#include <gmock/gmock.h>

#include "hls/cut_stream.h"
#include "support/matchers.h"

namespace weir::hls {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::IsOk;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CutForced : public Cut {
 protected:
  static constexpr CutOptions kFourSeconds{.target = 4s};

  Result<void> run_within(Micros longest, const media::Tracks& tracks,
                          std::vector<media::Item> items, CutOptions options = kFourSeconds) {
    Cutter cutter(tracks, options, words, out, &parts);
    cutter.keep_within(longest);
    for (auto& item : items) {
      auto flow = cutter.push(std::move(item));
      if (!flow) return fail(std::move(flow).error());
    }
    return cutter.finish();
  }

  /// Decoding order I P b b P b b: each third picture is shown after the two that follow it.
  static std::vector<media::Item> with_b_frames(std::int64_t pictures) {
    std::vector<media::Item> items;
    for (std::int64_t n = 0; n < pictures; ++n) {
      auto p = packet(0, kMillis, n * 40, 40, n == 0);
      const std::int64_t ahead = n == 0 ? 0 : n % 3 == 1 ? 2 : -1;
      p.raw()->pts = (n + ahead + 1) * 40;
      items.push_back(std::move(p));
    }
    return items;
  }

  std::vector<bool> begins_with_key(int index) const {
    std::vector<bool> list;
    for (const auto& s : out.items)
      if (s.track == index && !s.packets.empty()) list.push_back(s.packets.front().key());
    return list;
  }
};

TEST_F(CutForced, ASegmentEndsWithoutAKeyFrameWhenNoneComesInTime) {
  Stream stream;
  stream.video(0, 0, 4000, 2000).video(0, 4000, 18'000, 14'000).video(0, 18'000, 24'000, 2000);
  ASSERT_THAT(run_within(4s, one, stream.in_order()), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000", "8000+4000", "12000+4000",
                                       "16000+2000", "18000+4000", "22000+2000"));
  EXPECT_THAT(begins_with_key(0), ElementsAre(true, true, false, false, false, true, true));
  EXPECT_THAT(words.warnings,
              ElementsAre("rendition '720p': no key frame came in time: segment 2 begins without "
                          "one at 8.000 s, and players that join there wait for the next"));
}

TEST_F(CutForced, WithoutALimitTheKeyFrameIsWaitedFor) {
  Stream stream;
  stream.video(0, 0, 20'000, 20'000);
  ASSERT_THAT(run(one, stream, {.target = 4s}), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+20000"));
}

TEST_F(CutForced, AKeyFrameThatIsLateByLittleIsWaitedFor) {
  Stream stream;
  stream.video(0, 0, 4400, 9000).video(0, 4400, 8400, 4000).video(0, 8400, 10'000, 4000);
  ASSERT_THAT(run_within(4s, one, stream.in_order()), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4400", "4400+4000", "8400+1600"));
  EXPECT_THAT(begins_with_key(0), Each(true));
}

TEST_F(CutForced, AKeyFrameThatWasPassedOverIsTakenInstead) {
  Stream stream;  // after two distances of 2.2 s one of 20 s
  stream.video(0, 0, 2200, 2200).video(0, 2200, 4400, 2200).video(0, 4400, 6600, 2200);
  stream.video(0, 6600, 12'600, 20'000);
  ASSERT_THAT(run_within(4s, one, stream.in_order()), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4400", "4400+2200", "6600+4000", "10600+2000"));
}

TEST_F(CutForced, TheGridGoesOnWhereItsKeyFramesStayAway) {
  Stream stream;
  stream.video(0, 0, 4000, 4000).video(0, 4000, 16'000, 12'000).video(0, 16'000, 20'000, 4000);
  stream.audio(1, 0, 20 * 48000).grid(4000, 20'000);
  ASSERT_THAT(run_within(4s, with_sound, stream.in_order(), {}), IsOk());
  EXPECT_THAT(segments(0),
              ElementsAre("0+4000", "4000+4000", "8000+4000", "12000+4000", "16000+4000"));
  EXPECT_EQ(segments(1).size(), 5u);
}

TEST_F(CutForced, RenditionsAreCutTogether) {
  Stream stream;
  stream.video(0, 0, 13'000, 20'000).video(1, 0, 13'000, 20'000).audio(2, 0, 13 * 48000);
  media::Tracks tracks = two;
  tracks.push_back(track(2, media::Kind::kAudio, kSamples, "audio"));
  ASSERT_THAT(run_within(4s, tracks, stream.in_order()), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000", "8000+4000", "12000+1000"));
  EXPECT_EQ(segments(1), segments(0));
  EXPECT_EQ(segments(2).size(), 4u);
}

TEST_F(CutForced, AKeyFrameOfOneRenditionIsBetterThanNone) {
  Stream stream;
  stream.video(0, 0, 4000, 4000).video(0, 4000, 16'000, 1900);
  stream.video(1, 0, 4000, 4000).video(1, 4000, 16'000, 20'000);
  ASSERT_THAT(run_within(4s, two, stream.in_order()), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+3800", "7800+3800", "11600+4400"));
  EXPECT_EQ(segments(1), segments(0));
  EXPECT_THAT(begins_with_key(0), Each(true));
  EXPECT_THAT(begins_with_key(1), ElementsAre(true, true, false, false));
}

TEST_F(CutForced, PicturesAreOnlyPartedWhereAllBeforeAreShownBefore) {
  ASSERT_THAT(run_within(4s, one, with_b_frames(250)), IsOk());
  ASSERT_FALSE(out.items.empty());
  std::int64_t shown_till = 0;
  for (const auto& segment : out.items) {
    EXPECT_LE(segment.duration.seconds(), 4.5);
    EXPECT_EQ(segment.start.ticks, shown_till == 0 ? 40 : shown_till);
    for (const auto& p : segment.packets) {
      EXPECT_GE(p.pts().ticks, segment.start.ticks);
      shown_till = std::max(shown_till, p.pts().ticks + 40);
    }
    EXPECT_EQ(segment.end().ticks, shown_till);
  }
}

TEST_F(CutForced, StrictRefusesIt) {
  Stream stream;
  stream.video(0, 0, 20'000, 20'000);
  EXPECT_THAT(run_within(4s, one, stream.in_order(), {.target = 4s, .strict = true}),
              FailsWith(Code::kRefused, HasSubstr("no key frame came in time")));
}

TEST_F(CutForced, PartsGoOnToo) {
  for (const auto& items : {0, 1}) {
    out.items.clear();
    parts.items.clear();
    Stream stream;
    stream.video(0, 0, 13'000, 20'000).audio(1, 0, 13 * 48000);
    auto in = items == 0 ? stream.in_order() : with_b_frames(325);
    ASSERT_THAT(run_within(4s, with_sound, std::move(in), {.target = 4s, .part = 500ms}), IsOk());
    std::int64_t end = -1;
    for (const auto& s : out.items) {
      if (s.track != 0) continue;
      EXPECT_LT(s.duration.seconds(), 4.5);
      EXPECT_TRUE(end < 0 || s.start.ticks == end) << s.start.ticks;
      end = s.end().ticks;
    }
    for (const auto& p : parts.items) EXPECT_LE(p.duration.seconds(), 0.5);
    std::int64_t pictures = 0;
    for (const auto& p : parts.items)
      if (p.track == 0) pictures += static_cast<std::int64_t>(p.packets.size());
    EXPECT_EQ(pictures, 325);
  }
}

TEST_F(CutForced, NothingIsForcedWhileARenditionIsDropped) {
  Stream stream;
  stream.video(0, 0, 4000, 4000).dropped(0, 4000).audio(1, 0, 20 * 48000);
  stream.back(0, 16'000).video(0, 16'000, 20'000, 4000).grid(4000, 20'000);
  ASSERT_THAT(run_within(4s, with_sound, stream.in_order(), {}), IsOk());
  EXPECT_THAT(segments(0),
              ElementsAre("0+4000", "4000+4000G", "8000+4000G", "12000+4000G", "16000+4000"));
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("is dropped at 4.000 s")));
}

}  // namespace
}  // namespace weir::hls
