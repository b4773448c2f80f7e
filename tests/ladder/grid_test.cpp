#include "ladder/grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::ladder {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

struct Marks {
  std::vector<std::int64_t> keys;
  std::vector<std::int64_t> segments;
};

Marks place(Grid grid, media::Time step, int count, std::int64_t first = 0) {
  Marks marks;
  for (int n = 0; n < count; ++n) {
    const Mark mark = grid.place({first + n * step.ticks, step.base});
    if (mark.key) marks.keys.push_back(n);
    if (mark.segment) marks.segments.push_back(n);
  }
  return marks;
}

TEST(Grid, PutsKeysAtEveryGopAndSegmentsAtTheirMultiple) {
  const auto marks = place(Grid({2s, 6s}), {1, {1, 24}}, 24 * 14);
  EXPECT_THAT(marks.keys, ElementsAre(0, 48, 96, 144, 192, 240, 288));
  EXPECT_THAT(marks.segments, ElementsAre(0, 144, 288));
}

TEST(Grid, DoesNotDriftAtFractionalRates) {
  // Two hours at 23.976: the k-th segment begins with the first picture at or after 6 k seconds.
  const auto marks = place(Grid({2s, 6s}), {1001, {1, 24'000}}, 172'629);
  ASSERT_EQ(marks.segments.size(), 1201U);
  for (std::int64_t k = 0; k <= 1200; ++k) {
    const std::int64_t n = marks.segments[static_cast<std::size_t>(k)];
    EXPECT_GE(n * 1001, k * 6 * 24'000);
    EXPECT_LT((n - 1) * 1001, k * 6 * 24'000);
  }
}

TEST(Grid, StartsAtTheFirstPictureWhereverItLies) {
  const auto marks = place(Grid({2s, 6s}), {1, {1, 25}}, 151, 987'654);
  EXPECT_THAT(marks.keys, ElementsAre(0, 50, 100, 150));
}

TEST(Grid, OpensEverySegmentWithAKeyWhenTheGopDoesNotDivideIt) {
  const auto marks = place(Grid({4s, 6s}), {1, {1, 10}}, 130);
  EXPECT_THAT(marks.keys, ElementsAre(0, 40, 60, 100, 120));
  EXPECT_THAT(marks.segments, ElementsAre(0, 60, 120));
}

TEST(Grid, HasOneKeyAfterAHoleOverSeveralGops) {
  Grid grid({2s, 6s});
  grid.place({0, {1, 10}});
  EXPECT_TRUE(grid.place({250, {1, 10}}).segment);
  EXPECT_FALSE(grid.place({251, {1, 10}}).key);
  EXPECT_TRUE(grid.place({260, {1, 10}}).key);
}

TEST(Grid, NumbersSegmentsWithoutAGapAlsoAcrossARestart) {
  Grid grid({2s, 6s});
  EXPECT_EQ(grid.place({0, {1, 1}}).number, 0);
  EXPECT_EQ(grid.place({7, {1, 1}}).number, 1);
  grid.restart();
  const Mark mark = grid.place({9, {1, 1}});
  EXPECT_TRUE(mark.segment);
  EXPECT_EQ(mark.number, 2);
}

}  // namespace
}  // namespace weir::ladder
