// A rung with its own rate gets one picture for each of its steps.
#include "ladder/chunk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::ladder {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

GridFrame picture(std::int64_t pts, AVRational base, bool key = false) {
  GridFrame made;
  made.frame.raw()->pts = pts;
  made.frame.raw()->time_base = base;
  made.mark.key = key;
  return made;
}

// Stamps kept of `count` pictures at first, first + step, …, rounded to the base.
std::vector<std::int64_t> kept(AVRational rate, AVRational source, AVRational base, int count,
                               std::int64_t first = 0) {
  Thinner thinner(rate);
  std::vector<std::int64_t> stamps;
  for (int n = 0; n < count; ++n) {
    const std::int64_t pts = first + av_rescale_q(n, av_inv_q(source), base);
    if (thinner.keeps(picture(pts, base, n == 0))) stamps.push_back(pts);
  }
  return stamps;
}

TEST(Chunk, LastsFromItsFirstPictureToTheNextChunk) {
  Chunk chunk;
  chunk.pictures.push_back(picture(50, {1, 25}, true));
  chunk.pictures.push_back(picture(51, {1, 25}));
  chunk.end = {8000, {1, 2000}};
  EXPECT_EQ(chunk.begin(), (media::Time{2, {1, 1}}));
  EXPECT_DOUBLE_EQ(chunk.seconds(), 2);
}

TEST(Chunk, IsWholeGroupsOfPicturesAndASecondAtLeast) {
  EXPECT_DOUBLE_EQ(chunk_seconds(Micros(2'000'000)), 2);
  EXPECT_DOUBLE_EQ(chunk_seconds(Micros(1'000'000)), 1);
  EXPECT_DOUBLE_EQ(chunk_seconds(Micros(500'000)), 1);
  EXPECT_DOUBLE_EQ(chunk_seconds(Micros(600'000)), 1.2);
}

TEST(Thinner, WithoutARateKeepsEverything) {
  EXPECT_THAT(kept({0, 1}, {1000, 1}, {1, 1000}, 100), SizeIs(100));
}

TEST(Thinner, HalfTheRateIsEverySecondPicture) {
  EXPECT_THAT(kept({30, 1}, {60, 1}, {1, 60}, 8), ElementsAre(0, 2, 4, 6));
  EXPECT_THAT(kept({25, 1}, {50, 1}, {1, 90'000}, 6), ElementsAre(0, 3600, 7200));
}

TEST(Thinner, HalvesEvenlyWhereverTheSourceBegins) {
  for (const std::int64_t first : {0, 1, 7, 1000, 1001, 54'321})
    EXPECT_THAT(kept({30, 1}, {60, 1}, {1, 60}, 8, first),
                ElementsAre(first, first + 2, first + 4, first + 6));
}

TEST(Thinner, ARateThatDoesNotDivideKeepsAsManyAsItSays) {
  EXPECT_THAT(kept({25, 1}, {30, 1}, {1, 90'000}, 3000), SizeIs(2500));
  EXPECT_THAT(kept({10, 1}, {24'000, 1001}, {1, 24'000}, 2400), SizeIs(1001));
}

TEST(Thinner, ARateAtOrAboveTheSourceKeepsEverything) {
  EXPECT_THAT(kept({30, 1}, {30, 1}, {1, 30}, 300), SizeIs(300));
  EXPECT_THAT(kept({60, 1}, {30, 1}, {1, 30}, 300), SizeIs(300));
  EXPECT_THAT(kept({30'000, 1001}, {30'000, 1001}, {1, 30'000}, 300), SizeIs(300));
  EXPECT_THAT(kept({2997, 100}, {30'000, 1001}, {1, 30'000}, 300), SizeIs(300));
}

TEST(Thinner, StampsRoundedToMillisecondsLoseNoPicture) {
  for (const AVRational rate :
       {AVRational{30, 1}, {60, 1}, {24'000, 1001}, {30'000, 1001}, {24, 1}})
    for (const std::int64_t first : {0, 1, 17, 80})
      EXPECT_THAT(kept(rate, rate, {1, 1000}, 600, first), SizeIs(600))
          << av_q2d(rate) << " from " << first;
}

TEST(Thinner, HalvesEvenlyWhenStampsAreRoundedToMilliseconds) {
  const auto stamps = kept({30, 1}, {60, 1}, {1, 1000}, 600, 80);
  ASSERT_THAT(stamps, SizeIs(300));
  for (std::size_t i = 1; i < stamps.size(); ++i)
    EXPECT_NEAR(static_cast<double>(stamps[i] - stamps[i - 1]), 33.3, 1);
}

TEST(Thinner, KeepsEveryKeyPicture) {
  Thinner thinner({1, 1});
  std::vector<int> kept_at;
  for (int n = 0; n < 50; ++n)
    if (thinner.keeps(picture(n, {1, 25}, n == 0 || n == 7 || n == 8))) kept_at.push_back(n);
  EXPECT_THAT(kept_at, ElementsAre(0, 7, 8, 25));
}

TEST(Thinner, AHoleIsNotMadeUpFor) {
  Thinner thinner({10, 1});
  std::vector<std::int64_t> kept_at;
  for (const std::int64_t pts : {0, 50, 100, 150, 1000, 1050, 1100, 1150})
    if (thinner.keeps(picture(pts, {1, 1000}, pts == 0))) kept_at.push_back(pts);
  EXPECT_THAT(kept_at, ElementsAre(0, 100, 1000, 1100));
}

}  // namespace
}  // namespace weir::ladder
