#include "hls/cut.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/cut_stream.h"
#include "support/matchers.h"
#include "support/packets.h"

namespace weir::hls {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(Cut, FollowsTheGridEvenWhereMoreKeyFramesAre) {
  Stream stream;
  stream.video(0, 0, 10'000, 1000).grid(4000, 10'000);
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000", "8000+2000"));
  EXPECT_THAT(words.warnings, IsEmpty());
}

TEST_F(Cut, KeepsEveryPacketOnceAndInOrder) {
  Stream stream;
  stream.video(0, 0, 9000, 2000).audio(1, 0, 9 * 48000).grid(4000, 9000);
  ASSERT_THAT(run(with_sound, stream), IsOk());
  for (const int index : {0, 1}) {
    std::vector<std::int64_t> stamps;
    for (const auto& s : out.items)
      for (const auto& p : s.packets)
        if (s.track == index) stamps.push_back(p.dts().ticks);
    EXPECT_EQ(stamps.size(), index == 0 ? 225u : 422u);
    EXPECT_TRUE(std::is_sorted(stamps.begin(), stamps.end(), std::less_equal<>()));
  }
}

TEST_F(Cut, CutsLateAndSaysSoWhereTheGridHasNoKeyFrame) {
  Stream stream;
  stream.video(0, 0, 9000, 3000).grid(4000, 9000);
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+6000", "6000+3000"));
  ASSERT_FALSE(words.warnings.empty());
  EXPECT_THAT(words.warnings[0],
              HasSubstr("rendition '720p': the key frame for the cut at 4.000 s is at 6.000 s"));
}

TEST_F(Cut, SoundBeforeTheFirstGridEventDoesNotHideTheGrid) {
  Stream stream;
  stream.video(0, 80, 8080, 2000).audio(1, 0, 8 * 48000);
  stream.items.push_back(media::segment_event(0, {80, kMillis}, {4000, kMillis}));
  stream.items.push_back(media::segment_event(1, {4080, kMillis}, {4000, kMillis}));
  ASSERT_THAT(run(with_sound, stream), IsOk());
  EXPECT_THAT(words.infos, IsEmpty());
}

TEST_F(Cut, StrictRefusesARenditionOffTheGrid) {
  Stream stream;
  stream.video(0, 0, 9000, 3000).grid(4000, 9000);
  EXPECT_THAT(run(one, stream, {.target = {}, .strict = true}),
              FailsWith(Code::kRefused, HasSubstr("720p")));
}

TEST_F(Cut, SoundIsCutNearestToThePictureAndNeverDrifts) {
  Stream stream;
  stream.video(0, 0, 60'000, 2000).audio(1, 0, 60 * 48000).grid(2000, 60'000);
  ASSERT_THAT(run(with_sound, stream), IsOk());
  std::int64_t n = 0;
  for (const auto& s : out.items) {
    if (s.track != 1) continue;
    EXPECT_LE(std::abs(s.start.ticks - n * 96000), 512) << "segment " << n;
    EXPECT_EQ(s.start.ticks, s.packets.front().pts().ticks);
    ++n;
  }
  EXPECT_EQ(n, 30);
}

TEST_F(Cut, SoundThatBeginsBeforeThePictureBelongsToTheFirstSegment) {
  Stream stream;
  stream.video(0, 80, 8080, 4000).audio(1, 0, 8 * 48000);
  stream.items.push_back(media::segment_event(0, {80, kMillis}, {4000, kMillis}));
  stream.items.push_back(media::segment_event(1, {4080, kMillis}, {4000, kMillis}));
  ASSERT_THAT(run(with_sound, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("80+4000", "4080+4000"));
  EXPECT_THAT(segments(1), ElementsAre("0+4075", "4075+3925"));
}

TEST_F(Cut, SoundThatLeadsThePictureByMuchIsLeftOutUntilThen) {
  Stream stream;
  stream.video(0, 1000, 9000, 2000).audio(1, 0, 9 * 48000).audio(2, 960 * 48, 9 * 48000);
  media::Tracks tracks = with_sound;
  tracks.push_back(track(2, media::Kind::kAudio, kSamples, "other"));
  ASSERT_THAT(run(tracks, stream, {.target = 4s}), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("1000+4000", "5000+4000"));
  // 46 frames of 1024 samples end at 981 ms, 47 at 1003.
  EXPECT_THAT(segments(1), ElementsAre("1003+3989", "4992+4011"));
  EXPECT_THAT(segments(2), ElementsAre("960+4032", "4992+4011"));
  EXPECT_THAT(words.warnings,
              ElementsAre("rendition 'audio': sound begins 1.000 s before the first picture and is "
                          "left out until then"));
}

TEST_F(Cut, SoundThatComesLateButLeadsIsLeftOutToo) {
  Stream stream;
  stream.video(0, 3000, 7000, 2000);
  auto items = stream.in_order();
  Stream late;
  late.audio(1, 0, 7 * 48000);
  for (auto& item : late.in_order()) items.push_back(std::move(item));
  Cutter cutter(with_sound, {.target = 2s}, words, out);
  for (auto& item : items) ASSERT_THAT(cutter.push(std::move(item)), IsOk());
  ASSERT_THAT(cutter.finish(), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("3000+2000", "5000+2000"));
  EXPECT_EQ(segments(1).size(), 2u);
  EXPECT_EQ(segments(1).front().substr(0, 5), "3008+");
}

TEST_F(Cut, ALeadThatDoesNotMakeTheFirstSegmentTooLongIsKept) {
  Stream stream;
  stream.video(0, 470, 8470, 4000).audio(1, 0, 8 * 48000);
  ASSERT_THAT(run(with_sound, stream, {.target = 4s}), IsOk());
  EXPECT_EQ(segments(1).front().substr(0, 2), "0+");
  EXPECT_THAT(words.warnings, IsEmpty());
}

TEST_F(Cut, WithoutAGridCutsAtTheKeyFramesAllRenditionsShare) {
  Stream stream;
  stream.video(0, 0, 16'000, 2000).video(1, 0, 16'000, 4000);
  ASSERT_THAT(run(two, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000", "8000+4000", "12000+4000"));
  EXPECT_EQ(segments(0), segments(1));
  EXPECT_THAT(words.infos, ElementsAre(HasSubstr("no cut grid")));
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("every 4.000 s do not divide segments of 6s")));
}

TEST_F(Cut, WithoutAGridTakesTheKeyFrameNearestToTheTarget) {
  Stream stream;
  stream.video(0, 0, 8000, 480);
  ASSERT_THAT(run(one, stream, {.target = 2s}), IsOk());
  EXPECT_THAT(segments(0),
              ElementsAre("0+1920", "1920+1920", "3840+1920", "5760+1920", "7680+320"));
}

TEST_F(Cut, AWrongGuessIsPutRightAtTheKeyFrameBefore) {
  Stream stream;  // after two short groups a long one: the cut has to be at 4 s, not at 12 s
  stream.video(0, 0, 4000, 2000).video(0, 4000, 12'000, 8000).video(0, 12'000, 14'000, 2000);
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+8000", "12000+2000"));
}

TEST_F(Cut, AnAskedForLengthOtherThanTheGridsIsCutOnSharedKeyFrames) {
  Stream stream;
  stream.video(0, 0, 12'000, 2000).grid(6000, 12'000);
  ASSERT_THAT(run(one, stream, {.target = 4s}), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000", "8000+4000"));
  EXPECT_THAT(words.infos, ElementsAre(HasSubstr("the cut grid has 6s")));
}

TEST_F(Cut, SoundAloneIsCutAtMultiplesOfTheTarget) {
  Stream stream;
  stream.audio(0, 0, 14 * 48000);
  ASSERT_THAT(run(sound, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+5995", "5995+6016", "12011+2005"));
}

TEST_F(Cut, SoundThatGoesOnAfterThePictureIsStillCut) {
  Stream stream;
  stream.video(0, 0, 4000, 2000).audio(1, 0, 30 * 48000);
  ASSERT_THAT(run(with_sound, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000"));
  EXPECT_THAT(segments(1),
              ElementsAre("0+5995", "5995+6016", "12011+5995", "18005+5995", "24000+6016"));
}

TEST_F(Cut, ADiscontinuityEndsTheSegmentOfEveryTrackAndMarksTheNext) {
  Stream stream;
  stream.video(0, 0, 8000, 1000).audio(1, 0, 8 * 48000).grid(4000, 8000);
  stream.event(media::event::kDiscontinuity, 2900);
  ASSERT_THAT(run(with_sound, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+3000", "3000+1000D", "4000+4000"));
  EXPECT_THAT(segments(1), ElementsAre("0+3008", "3008+1003D", "4011+3989"));
}

TEST_F(Cut, LostTimeBecomesGapsAndNumbersStayTogether) {
  Stream stream;
  stream.video(0, 0, 20'000, 2000).audio(1, 0, 48000 * 3).audio(1, 48000 * 13, 48000 * 20);
  stream.grid(4000, 20'000);
  ASSERT_THAT(run(with_sound, stream), IsOk());
  EXPECT_THAT(segments(0),
              ElementsAre("0+4000", "4000+4000", "8000+4000", "12000+4000", "16000+4000"));
  EXPECT_THAT(segments(1),
              ElementsAre("0+4000", "4000+4000G", "8000+4000G", "12000+4008", "16008+4011"));
}

TEST_F(Cut, ATrackThatBeginsLateGetsGapsForWhatItMissed) {
  Stream stream;
  stream.video(0, 0, 12'000, 2000).audio(1, 48000 * 5, 48000 * 12).grid(4000, 12'000);
  ASSERT_THAT(run(with_sound, stream), IsOk());
  EXPECT_THAT(segments(1), ElementsAre("0+4000G", "4000+4008", "8008+4011"));
}

TEST_F(Cut, PicturesBeforeTheFirstKeyFrameAreDroppedAndThatIsSaid) {
  Stream stream;
  for (auto& p : support::packets("d0 d40 K80 d120")) stream.items.push_back(std::move(p));
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("80+80"));
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("before the first key frame")));
}

TEST_F(Cut, AStreamWithoutKeyFramesDoesNotGrowInMemory) {
  Stream stream;
  stream.video(0, 0, 60'000, 600'000);
  EXPECT_THAT(run(one, stream, {.target = {}, .max_held = 1000}),
              FailsWith(Code::kBadInput, HasSubstr("no key frame")));
}

TEST_F(Cut, AnEmptyStreamGivesNothingAndFinishesBelow) {
  Stream stream;
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(out.items, IsEmpty());
  EXPECT_EQ(out.finished, 1);
}

TEST_F(Cut, AnEndInMidSegmentHandsOnTheShortRest) {
  Stream stream;
  stream.video(0, 0, 4400, 2000).grid(4000, 4400);
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+400"));
}

TEST_F(Cut, AFailureBelowComesUpAndFinishIsStillPassedOn) {
  Stream stream;
  stream.video(0, 0, 12'000, 2000).grid(4000, 12'000);
  out.fail_at = 1;
  EXPECT_THAT(run(one, stream), FailsWith(Code::kIo, HasSubstr("disk full")));
  EXPECT_EQ(out.items.size(), 1u);
  EXPECT_EQ(out.finished, 1);
}

TEST_F(Cut, StopsAskingWhenBelowIsDone) {
  Stream stream;
  stream.video(0, 0, 20'000, 2000).grid(4000, 20'000);
  out.done_at = 2;
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_EQ(out.items.size(), 2u);
  EXPECT_EQ(out.finished, 1);
}

}  // namespace
}  // namespace weir::hls
