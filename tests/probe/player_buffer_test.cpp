#include "probe/player_buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::probe {
namespace {

constexpr std::int64_t kS = 1'000'000;
constexpr auto kVideo = PlayerLane::kVideo, kAudio = PlayerLane::kAudio;
using ::testing::Optional;

PlayerBuffer both() {
  return PlayerBuffer(true, true, {1 * kS, 1 * kS});
}
PlayerBuffer pictures() {
  return PlayerBuffer(true, false, {1 * kS, 1 * kS});
}

TEST(PlayerBuffer, BeginsWhenEveryLaneHasEnough) {
  auto buffer = both();
  buffer.add(kVideo, 0, 2 * kS, 3 * kS);
  EXPECT_FALSE(buffer.playing());
  buffer.add(kAudio, 0, kS / 2, 4 * kS);
  EXPECT_FALSE(buffer.playing());
  buffer.add(kAudio, kS / 2, kS, 5 * kS);
  EXPECT_TRUE(buffer.playing());
  EXPECT_THAT(buffer.figures().startup_us, Optional(5 * kS));
  EXPECT_THAT(buffer.position_us(), Optional(0));
}

TEST(PlayerBuffer, BeginsAtTheFirstMomentThatEveryLaneHas) {
  auto buffer = both();
  buffer.add(kVideo, 10 * kS, 12 * kS, 0);
  buffer.add(kAudio, 10 * kS + 50'000, 12 * kS, 0);
  EXPECT_THAT(buffer.position_us(), Optional(10 * kS + 50'000));
}

TEST(PlayerBuffer, PlaysAtTheSpeedOfTheClock) {
  auto buffer = pictures();
  buffer.add(kVideo, 0, 4 * kS, 1 * kS);
  buffer.advance(3 * kS);
  EXPECT_THAT(buffer.position_us(), Optional(2 * kS));
  EXPECT_EQ(buffer.level_us(), 2 * kS);
  EXPECT_EQ(buffer.figures().played_us, 2 * kS);
  EXPECT_EQ(buffer.figures().stall_count, 0);
}

TEST(PlayerBuffer, StallsFromTheMomentItRunsDryUntilThereIsEnough) {
  auto buffer = pictures();
  buffer.add(kVideo, 0, 2 * kS, 0);
  buffer.advance(5 * kS);
  EXPECT_TRUE(buffer.stalled());
  buffer.add(kVideo, 2 * kS, 2 * kS + kS / 2, 6 * kS);
  EXPECT_TRUE(buffer.stalled());
  buffer.add(kVideo, 2 * kS + kS / 2, 4 * kS, 7 * kS);
  EXPECT_TRUE(buffer.playing());
  const auto figures = buffer.figures();
  ASSERT_EQ(figures.stall_count, 1);
  EXPECT_EQ(figures.stalls[0].at_us, 2 * kS);
  EXPECT_EQ(figures.stalls[0].length_us, 5 * kS);
  EXPECT_EQ(figures.stalls[0].media_us, 2 * kS);
  EXPECT_EQ(figures.stalled_us, 5 * kS);
}

TEST(PlayerBuffer, CountsAStallThatStillLasts) {
  auto buffer = pictures();
  buffer.add(kVideo, 0, 2 * kS, 0);
  buffer.advance(9 * kS);
  EXPECT_EQ(buffer.figures().stall_count, 1);
  EXPECT_EQ(buffer.figures().stalled_us, 7 * kS);
  EXPECT_FALSE(buffer.playing());
}

TEST(PlayerBuffer, StallsWhenOneLaneOfTwoRunsDry) {
  auto buffer = both();
  buffer.add(kVideo, 0, 10 * kS, 0);
  buffer.add(kAudio, 0, 3 * kS, 0);
  buffer.advance(4 * kS);
  EXPECT_TRUE(buffer.stalled());
  EXPECT_THAT(buffer.position_us(), Optional(3 * kS));
}

TEST(PlayerBuffer, JumpsOverAHoleThatMediaFollows) {
  auto buffer = both();
  for (const auto lane : {kVideo, kAudio}) buffer.add(lane, 0, 2 * kS, 0);
  buffer.add(kVideo, 5 * kS, 8 * kS, 0);
  buffer.add(kAudio, 2 * kS, 8 * kS, 0);
  buffer.advance(3 * kS);
  EXPECT_THAT(buffer.position_us(), Optional(6 * kS));
  EXPECT_EQ(buffer.figures().skip_count, 1);
  EXPECT_EQ(buffer.figures().skipped_us, 3 * kS);
  EXPECT_EQ(buffer.figures().stall_count, 0);
}

TEST(PlayerBuffer, TakesSmallHolesForNone) {
  auto buffer = pictures();
  buffer.add(kVideo, 0, kS, 0);
  buffer.add(kVideo, kS + PlayerBuffer::kHole, 2 * kS, 0);
  EXPECT_EQ(buffer.level_us(), 2 * kS);
}

TEST(PlayerBuffer, TakesStretchesInAnyOrderAndMoreThanOnce) {
  PlayerBuffer buffer(true, false, {3 * kS, 1 * kS});
  buffer.add(kVideo, 2 * kS, 4 * kS, 0);
  buffer.add(kVideo, 0, 3 * kS, 0);
  buffer.add(kVideo, 2 * kS, 4 * kS, 0);
  EXPECT_EQ(buffer.level_us(), 4 * kS);
}

TEST(PlayerBuffer, EndsWithoutAStallWhenNothingFollows) {
  auto buffer = pictures();
  buffer.add(kVideo, 0, kS, 0);
  buffer.end(0);
  buffer.advance(5 * kS);
  EXPECT_TRUE(buffer.ended());
  EXPECT_EQ(buffer.figures().stall_count, 0);
  EXPECT_EQ(buffer.figures().played_us, kS);
}

TEST(PlayerBuffer, PlaysWhatIsTooShortToBeginWithWhenNothingFollows) {
  auto buffer = pictures();
  buffer.add(kVideo, 0, kS / 2, 0);
  EXPECT_FALSE(buffer.playing());
  buffer.end(kS);
  EXPECT_THAT(buffer.figures().startup_us, Optional(kS));
}

TEST(PlayerBuffer, NeverStartsOnNothing) {
  auto buffer = both();
  buffer.add(kVideo, 0, 100 * kS, 0);
  buffer.add(kVideo, 5, 5, 0);
  buffer.advance(50 * kS);
  EXPECT_EQ(buffer.position_us(), std::nullopt);
  EXPECT_EQ(buffer.figures().startup_us, std::nullopt);
}

TEST(PlayerBuffer, HoldsABoundedNumberOfStretches) {
  auto buffer = pictures();
  for (std::int64_t i = 1; i < 3000; ++i) buffer.add(kVideo, i * kS, i * kS + kS / 4, 0);
  buffer.advance(1);
  EXPECT_EQ(buffer.position_us(), std::nullopt);
}

}  // namespace
}  // namespace weir::probe
