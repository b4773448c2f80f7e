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

/// Ten pictures a second, with splices on these pictures that are known from `known` on.
Marks with_splices(const std::vector<std::int64_t>& splices, int count, std::int64_t known = 0,
                   GridOptions options = {2s, 6s}) {
  Grid grid(options);
  Marks marks;
  for (std::int64_t n = 0; n < count; ++n) {
    std::optional<media::Time> next;
    bool here = false;
    for (const auto at : splices) {
      here = here || at == n;
      if (at > n && n >= known && !next) next = media::Time{at, {1, 10}};
    }
    const Mark mark = grid.place({n, {1, 10}}, here, next);
    if (mark.key) marks.keys.push_back(n);
    if (mark.segment) marks.segments.push_back(n);
    EXPECT_EQ(mark.splice, mark.segment && here) << n;
  }
  return marks;
}

TEST(Grid, OpensASegmentAtASpliceAndCountsFromThere) {
  const auto marks = with_splices({85}, 170);
  EXPECT_THAT(marks.segments, ElementsAre(0, 60, 85, 145));
  EXPECT_THAT(marks.keys, ElementsAre(0, 20, 40, 60, 80, 85, 105, 125, 145, 165));
}

TEST(Grid, LetsABoundaryShortlyBeforeASpliceWaitForIt) {
  const auto marks = with_splices({63}, 130);
  EXPECT_THAT(marks.segments, ElementsAre(0, 63, 123));
  EXPECT_THAT(marks.keys, ElementsAre(0, 20, 40, 63, 83, 103, 123));
}

TEST(Grid, OpensNoTinySegmentForASpliceItLearnsOfTooLate) {
  const auto marks = with_splices({63}, 130, 61);
  EXPECT_THAT(marks.segments, ElementsAre(0, 60, 120));
  EXPECT_THAT(marks.keys, ElementsAre(0, 20, 40, 60, 63, 80, 100, 120));
}

TEST(Grid, HasOneSegmentForSplicesCloseTogether) {
  const auto marks = with_splices({30, 33}, 80);
  EXPECT_THAT(marks.segments, ElementsAre(0, 30));
  EXPECT_THAT(marks.keys, ElementsAre(0, 20, 30, 33, 50, 70));
}

// Segments of 6.3 s, rounded, have a target duration of 6 s: 6.5 s would be 7.
TEST(Grid, DoesNotWaitLongerThanTheTargetDurationAllows) {
  EXPECT_THAT(with_splices({65}, 70, 0, {6300ms, 6300ms}).segments, ElementsAre(0, 63));
  EXPECT_THAT(with_splices({64}, 70, 0, {6300ms, 6300ms}).segments, ElementsAre(0, 64));
}

TEST(Grid, GoesOnWhenASpliceItWaitedForIsCancelled) {
  Grid grid({2s, 6s});
  grid.place({0, {1, 10}});
  EXPECT_FALSE(grid.place({60, {1, 10}}, false, media::Time{62, {1, 10}}).segment);
  EXPECT_TRUE(grid.place({61, {1, 10}}).segment);
}

}  // namespace
}  // namespace weir::ladder
