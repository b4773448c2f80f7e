// Renditions that the ladder drops and brings back.
#include <array>
#include <optional>
#include <random>

#include <gmock/gmock.h>

#include "hls/cut_stream.h"
#include "support/matchers.h"

namespace weir::hls {
namespace {

using namespace std::chrono_literals;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Outage : public Cut {
 protected:
  /// 720p comes until `from` and again from `to` on; 360p and sound all the time.
  static Stream stream(std::int64_t from, std::int64_t to, std::int64_t end, std::int64_t grid) {
    Stream out;
    out.video(0, 0, from, 2000).video(0, to, end, 2000).video(1, 0, end, 2000);
    out.audio(2, 0, end * 48).dropped(0, from);
    if (to < end) out.back(0, to);
    out.grid(grid, end);
    return out;
  }
  std::size_t pictures(int index) const {
    std::size_t count = 0;
    for (const auto& s : out.items)
      if (s.track == index) count += s.packets.size();
    return count;
  }

  const media::Tracks ladder{track(0, media::Kind::kVideo, kMillis, "720p"),
                             track(1, media::Kind::kVideo, kMillis, "360p"),
                             track(2, media::Kind::kAudio, kSamples, "audio")};
};

TEST_F(Outage, GapsStandWhereTheOthersHaveSegments) {
  auto dropped = stream(4000, 12'000, 18'000, 4000);
  ASSERT_THAT(run(ladder, dropped, {.target = {}, .strict = true}), IsOk());
  EXPECT_THAT(segments(0),
              ElementsAre("0+4000", "4000+4000G", "8000+4000G", "12000+4000", "16000+2000"));
  EXPECT_THAT(segments(1),
              ElementsAre("0+4000", "4000+4000", "8000+4000", "12000+4000", "16000+2000"));
  EXPECT_EQ(pictures(0), 100u + 150u);
}

TEST_F(Outage, SoundIsCutAsIfNothingHadHappened) {
  auto dropped = stream(4000, 12'000, 18'000, 4000);
  ASSERT_THAT(run(ladder, dropped), IsOk());
  const auto with_outage = segments(2);
  out.items.clear();
  auto whole = stream(18'000, 18'000, 18'000, 4000);
  ASSERT_THAT(run(ladder, whole), IsOk());
  EXPECT_EQ(with_outage, segments(2));
}

TEST_F(Outage, IsSaidOnceAndItsEndToo) {
  auto dropped = stream(4000, 12'000, 18'000, 4000);
  dropped.dropped(0, 8000).back(0, 14'000).back(1, 6000);
  ASSERT_THAT(run(ladder, dropped), IsOk());
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("rendition '720p' is dropped at 4.000 s")));
  EXPECT_THAT(words.infos, ElementsAre("rendition '720p' is back at 12.000 s"));
}

TEST_F(Outage, NothingWaits) {
  Cutter cutter(ladder, {}, words, out);
  auto dropped = stream(4000, 40'000, 8080, 4000);
  for (auto& item : dropped.in_order()) ASSERT_THAT(cutter.push(std::move(item)), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000G"));
  EXPECT_THAT(segments(1), ElementsAre("0+4000", "4000+4000"));
  EXPECT_THAT(segments(2), ElementsAre("0+4011", "4011+3989"));
  ASSERT_THAT(cutter.finish(), IsOk());
}

TEST_F(Outage, OfTheLastRenditionIsNoCauseToWaitEither) {
  auto dropped = stream(8000, 16'000, 18'000, 4000);
  ASSERT_THAT(run(ladder, dropped.dropped(1, 18'000)), IsOk());
  const auto first = segments(0);
  out.items.clear();
  Stream second;
  second.video(0, 0, 18'000, 2000).video(1, 0, 8000, 2000).video(1, 16'000, 18'000, 2000);
  second.dropped(1, 8000).back(1, 16'000).grid(4000, 18'000);
  ASSERT_THAT(run(two, second), IsOk());
  EXPECT_EQ(segments(1), first);
}

TEST_F(Outage, TillTheEndIsAsLongAsTheOthers) {
  auto dropped = stream(8000, 13'200, 13'200, 4000);
  ASSERT_THAT(run(ladder, dropped), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000", "8000+4000G", "12000+1200G"));
  EXPECT_THAT(segments(1), ElementsAre("0+4000", "4000+4000", "8000+4000", "12000+1200"));
}

TEST_F(Outage, TillTheEndAtABoundaryLeavesNoEmptySegment) {
  auto dropped = stream(8000, 12'000, 12'000, 4000);
  dropped.items.push_back(media::segment_event(3, {12'000, kMillis}, {4000, kMillis}));
  ASSERT_THAT(run(ladder, dropped), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000", "8000+4000G"));
}

TEST_F(Outage, OfEveryPictureIsCutByTheGrid) {
  Stream stream;
  stream.video(0, 0, 4000, 2000).video(1, 0, 4000, 2000).audio(2, 0, 14 * 48000);
  stream.video(0, 12'000, 14'000, 2000).video(1, 12'000, 14'000, 2000).grid(4000, 14'000);
  for (const int index : {0, 1}) stream.dropped(index, 4000).back(index, 12'000);
  ASSERT_THAT(run(ladder, stream), IsOk());
  for (const int index : {0, 1})
    EXPECT_THAT(segments(index), ElementsAre("0+4000", "4000+4000G", "8000+4000G", "12000+2000"));
  EXPECT_THAT(segments(2), ElementsAre("0+4011", "4011+3989", "8000+4011", "12011+2005"));
}

TEST_F(Outage, InMidSegmentKeepsThePartThatIsThere) {
  auto dropped = stream(6000, 12'000, 14'000, 4000);
  ASSERT_THAT(run(ladder, dropped), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000P", "8000+4000G", "12000+2000"));
  const auto part = std::ranges::find_if(out.items, &Segment::partial);
  ASSERT_NE(part, out.items.end());
  EXPECT_EQ(part->packets.size(), 50u);
  EXPECT_EQ(part->decode_end.ticks, 6000);
}

TEST_F(Outage, EndsWithTheNextCutWhenItIsBackInMidSegment) {
  auto dropped = stream(4000, 10'000, 14'000, 4000);
  ASSERT_THAT(run(ladder, dropped), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000G", "8000+4000G", "12000+2000"));
  EXPECT_EQ(pictures(0), 100u + 50u);
  EXPECT_THAT(words.infos, ElementsAre(HasSubstr("back at 10.000 s"),
                                       HasSubstr("50 pictures from its return to the cut at "
                                                 "12.000 s are left out")));
}

TEST_F(Outage, WithinOneSegmentLeavesItsBegin) {
  auto dropped = stream(10'000, 12'000, 18'000, 8000);
  ASSERT_THAT(run(ladder, dropped), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+8000", "8000+8000P", "16000+2000"));
}

TEST_F(Outage, TwiceInOneRun) {
  Stream twice;
  twice.video(0, 0, 4000, 2000).dropped(0, 4000);
  twice.video(0, 8000, 12'000, 2000).back(0, 8000).dropped(0, 12'000);
  twice.video(0, 20'000, 22'000, 2000).back(0, 20'000);
  twice.video(1, 0, 22'000, 2000).grid(4000, 22'000);
  ASSERT_THAT(run(two, twice), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000G", "8000+4000", "12000+4000G",
                                       "16000+4000G", "20000+2000"));
}

TEST_F(Outage, FollowsSharedKeyFramesWhereTheGridIsNotUsed) {
  auto dropped = stream(4000, 12'000, 18'000, 2000);
  ASSERT_THAT(run(ladder, dropped, {.target = 4s}), IsOk());
  EXPECT_THAT(segments(0),
              ElementsAre("0+4000", "4000+4000G", "8000+4000G", "12000+4000", "16000+2000"));
  EXPECT_THAT(segments(1),
              ElementsAre("0+4000", "4000+4000", "8000+4000", "12000+4000", "16000+2000"));
}

TEST_F(Outage, OfTheOnlyPictureLeavesTheClockToCutBy) {
  Stream stream;
  stream.video(0, 0, 4000, 2000).video(0, 12'000, 16'000, 2000).audio(1, 0, 16 * 48000);
  stream.dropped(0, 4000).back(0, 12'000);
  ASSERT_THAT(run(with_sound, stream, {.target = 4s}), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000G", "8000+4000G", "12000+4000"));
  EXPECT_THAT(segments(1), ElementsAre("0+4011", "4011+3989", "8000+4011", "12011+3989"));
}

TEST_F(Outage, TakesTheMarkOfADiscontinuityAndItsCut) {
  auto dropped = stream(4000, 12'000, 14'000, 4000);
  dropped.event(media::event::kDiscontinuity, 5900);
  ASSERT_THAT(run(ladder, dropped), IsOk());
  EXPECT_THAT(segments(0),
              ElementsAre("0+4000", "4000+2000G", "6000+2000DG", "8000+4000G", "12000+2000"));
}

TEST_F(Outage, IsOverWithAKeyFrameEvenWithoutAnEvent) {
  Stream stream;
  stream.video(0, 0, 4000, 2000).video(0, 9000, 10'000, 3000).video(0, 12'000, 14'000, 2000);
  stream.items.erase(stream.items.begin() +
                     100);  // the key frame at 9 s: what follows is of no use
  stream.video(1, 0, 14'000, 2000).dropped(0, 4000).grid(4000, 14'000);
  ASSERT_THAT(run(two, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000G", "8000+4000G", "12000+2000"));
  EXPECT_THAT(words.infos, ElementsAre("rendition '720p' is back at 12.000 s"));
}

TEST_F(Outage, ToldLateIsTheSame) {
  auto dropped = stream(4000, 12'000, 14'000, 4000);
  auto items = dropped.in_order();
  const auto event = std::find_if(items.begin(), items.end(), [](const auto& item) {
    const auto* e = std::get_if<media::Event>(&item);
    return e != nullptr && e->kind() == media::event::kRendition;
  });
  std::rotate(event, event + 1, event + 20);  // behind the key frame of the others
  Cutter cutter(ladder, {}, words, out);
  for (auto& item : items) ASSERT_THAT(cutter.push(std::move(item)), IsOk());
  ASSERT_THAT(cutter.finish(), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000G", "8000+4000G", "12000+2000"));
}

TEST_F(Outage, ToldEarlyLosesNoPicture) {
  auto dropped = stream(4000, 12'000, 14'000, 4000);
  auto items = dropped.in_order();
  const auto event = std::find_if(items.begin(), items.end(), [](const auto& item) {
    const auto* e = std::get_if<media::Event>(&item);
    return e != nullptr && e->kind() == media::event::kRendition;
  });
  std::rotate(event - 40, event, event + 1);
  Cutter cutter(ladder, {}, words, out);
  for (auto& item : items) ASSERT_THAT(cutter.push(std::move(item)), IsOk());
  ASSERT_THAT(cutter.finish(), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000G", "8000+4000G", "12000+2000"));
  EXPECT_EQ(pictures(0), 150u);
}

TEST_F(Outage, FromTheBeginHoldsNobodyUp) {
  auto dropped = stream(0, 8000, 10'000, 4000);
  ASSERT_THAT(run(ladder, dropped), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000G", "4000+4000G", "8000+2000"));
  EXPECT_THAT(segments(1), ElementsAre("0+4000", "4000+4000", "8000+2000"));
}

TEST_F(Outage, OfSoundOrOfNoTrackIsPassedOver) {
  Stream stream;
  stream.video(0, 0, 8000, 2000).audio(1, 0, 8 * 48000).grid(4000, 8000);
  ASSERT_THAT(run(with_sound, stream.dropped(1, 4000).dropped(7, 4000).back(0, 4000)), IsOk());
  EXPECT_THAT(segments(1), ElementsAre("0+4011", "4011+3989"));
  EXPECT_THAT(words.warnings, IsEmpty());
  EXPECT_THAT(words.infos, IsEmpty());
}

// Events at any time, in any order, also such as no ladder writes.
TEST_F(Outage, WhateverIsToldSegmentsFollowOneAnother) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::minstd_rand random(seed);
    const auto at = [&] { return static_cast<std::int64_t>(random() % 30'000); };
    Stream any;
    any.video(0, 0, 30'000, 2000).video(1, 0, 30'000, 2000).audio(2, 0, 30 * 48'000);
    if (seed % 2 == 0) any.grid(4000, 30'000);
    for (int n = 0; n < 6; ++n) {
      const int index = static_cast<int>(random() % 2);
      random() % 2 == 0 ? any.dropped(index, at()) : any.back(index, at());
      const std::int64_t from = at(), to = (from + at() / 2) / 2000 * 2000;
      std::erase_if(any.items, [&](const media::Item& item) {
        const auto* packet = std::get_if<media::Packet>(&item);
        const std::int64_t time = media::position(item).in(kMillis);
        return packet != nullptr && packet->track() == index && time >= from && time < to;
      });
    }
    out.items.clear();
    ASSERT_THAT(run(ladder, any), IsOk()) << seed;
    std::array<std::optional<media::Time>, 3> end;
    for (const auto& segment : out.items) {
      auto& last = end[static_cast<std::size_t>(segment.track)];
      EXPECT_EQ(segment.start.ticks, last.value_or(segment.start).ticks) << seed;
      EXPECT_GT(segment.duration.ticks, 0) << seed;
      EXPECT_EQ(segment.gap, segment.packets.empty()) << seed;
      EXPECT_TRUE(segment.gap || segment.packets[0].key()) << seed;
      last = segment.end();
    }
  }
}

}  // namespace
}  // namespace weir::hls
