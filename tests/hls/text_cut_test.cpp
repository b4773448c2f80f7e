// Texts get the segments the pictures have.
#include "hls/text_cut.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/cue.h"

namespace weir::hls {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kText = 9;

media::Tracks tracks(int pictures) {
  media::Tracks out;
  for (int i = 0; i <= pictures; ++i) {
    media::Track track;
    track.index = i;
    track.kind = i < pictures ? media::Kind::kVideo : media::Kind::kAudio;
    out.push_back(track);
  }
  return out;
}

TextCutter cutter(int pictures, const std::vector<media::Cue>& cues = {}) {
  std::vector<media::Packet> packets;
  for (const auto& cue : cues) packets.push_back(media::cue_packet(cue));
  std::vector<TextLane> lanes;
  lanes.emplace_back(kText, std::move(packets));
  return {tracks(pictures), std::move(lanes)};
}

/// Segment `n` of two seconds; the stream begins at 0.04 s.
Segment segment(int track, std::int64_t n, bool gap = false) {
  Segment out;
  out.track = track;
  out.number = n;
  out.start = {1 + 50 * n, {1, 25}};
  out.duration = {50, {1, 25}};
  out.gap = gap;
  return out;
}

std::vector<std::string> words(const std::vector<Segment>& segments) {
  std::vector<std::string> out;
  for (const auto& each : segments) {
    EXPECT_EQ(each.track, kText);
    std::string line = fmt::format("{}{}", each.number, each.gap ? "G" : "");
    for (const auto& cue : each.packets) line += " " + media::cue_of(cue).text;
    out.push_back(line);
  }
  return out;
}

TEST(TextCutter, ACueIsInEverySegmentItIsShownInAndInNoOther) {
  auto cut = cutter(1, {{0, 2000, "", "", "a"},
                        {1000, 4001, "", "", "b"},
                        {1999, 2001, "", "", "c"},
                        {4000, 6000, "", "", "d"}});
  EXPECT_THAT(words(cut.take(segment(0, 0))), ElementsAre("0 a b c"));
  EXPECT_THAT(words(cut.take(segment(0, 1))), ElementsAre("1 b c"));
  EXPECT_THAT(words(cut.take(segment(0, 2))), ElementsAre("2 b d"));
  EXPECT_THAT(words(cut.take(segment(0, 3))), ElementsAre("3"));
}

TEST(TextCutter, TimesCountFromTheBeginOfTheFirstSegment) {
  auto cut = cutter(1, {{0, 10, "", "", "a"}});
  const auto out = cut.take(segment(0, 0));
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].origin.micros(), 40'000);
  EXPECT_EQ(out[0].start.micros(), 40'000);
  EXPECT_EQ(media::cue_of(out[0].packets.front()).start_ms, 0);
}

TEST(TextCutter, TheFirstPictureLeadsAndSoundDoesNot) {
  auto cut = cutter(2);
  EXPECT_THAT(cut.take(segment(2, 0)), IsEmpty());
  EXPECT_THAT(words(cut.take(segment(1, 0))), ElementsAre("0"));
  EXPECT_THAT(cut.take(segment(0, 0)), IsEmpty());
}

TEST(TextCutter, SoundLeadsWhereThereIsNoPicture) {
  auto cut = cutter(0);
  EXPECT_THAT(words(cut.take(segment(0, 0))), ElementsAre("0"));
}

TEST(TextCutter, ItIsAGapOnlyWhereNoPictureHasTheSegment) {
  auto cut = cutter(2, {{2500, 7000, "", "", "a"}});
  EXPECT_THAT(words(cut.take(segment(0, 0))), ElementsAre("0"));
  EXPECT_THAT(cut.take(segment(0, 1, true)), IsEmpty());
  EXPECT_THAT(cut.take(segment(0, 2)), IsEmpty()) << "1 is not known yet";
  EXPECT_THAT(words(cut.take(segment(1, 1, true))), ElementsAre("1G", "2 a"));
  EXPECT_THAT(cut.take(segment(0, 3, true)), IsEmpty());
  EXPECT_THAT(words(cut.take(segment(1, 3))), ElementsAre("3 a"));
}

TEST(TextCutter, AGapDoesNotWaitForEverForAPictureThatIsGone) {
  auto cut = cutter(2);
  for (std::int64_t n = 0; n < 3; ++n) EXPECT_THAT(cut.take(segment(0, n, true)), IsEmpty());
  EXPECT_THAT(words(cut.take(segment(0, 3, true))), ElementsAre("0G"));
  EXPECT_THAT(words(cut.take(segment(0, 4, true))), ElementsAre("1G"));
  EXPECT_THAT(words(cut.finish()), ElementsAre("2G", "3G", "4G"));
  EXPECT_THAT(cut.finish(), IsEmpty());
}

TEST(TextCutter, BreaksAreThoseOfThePictures) {
  auto cut = cutter(1);
  Segment broken = segment(0, 7);
  broken.discontinuity = true;
  const auto out = cut.take(broken);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_TRUE(out[0].discontinuity);
  EXPECT_EQ(out[0].number, 7);
}

}  // namespace
}  // namespace weir::hls
