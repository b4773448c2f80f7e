#include "formats/dts_clock.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::formats {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kHole = 1000;

std::vector<std::int64_t> run(DtsClock clock, std::vector<std::int64_t> pts,
                              std::set<int> keys = {0}) {
  for (int i = 0; i < std::ssize(pts); ++i)
    pts[static_cast<std::size_t>(i)] =
        clock.next(pts[static_cast<std::size_t>(i)], keys.contains(i));
  return pts;
}

TEST(DtsClock, IsThePtsWithoutReordering) {
  EXPECT_THAT(run({0, 40, kHole}, {0, 40, 80}), ElementsAre(0, 40, 80));
}

TEST(DtsClock, LagsByTheDelayWithReordering) {
  EXPECT_THAT(run({2, 40, kHole}, {0, 160, 80, 40, 120, 200}),
              ElementsAre(-80, -40, 0, 40, 80, 120));
}

TEST(DtsClock, FollowsAVariableRate) {
  EXPECT_THAT(run({1, 40, kHole}, {0, 100, 50, 300, 200}), ElementsAre(-40, 0, 50, 100, 200));
}

TEST(DtsClock, BeginsAnewAtAKeyPictureBehindAHole) {
  EXPECT_THAT(run({2, 40, kHole}, {0, 120, 80, 40, 6000, 6120, 6080, 6040}, {0, 4}),
              ElementsAre(-80, -40, 0, 40, 5920, 5960, 6000, 6040));
}

TEST(DtsClock, GoesBackWithAKeyPictureWhoseStampsBeginAnew) {
  EXPECT_THAT(run({2, 40, kHole}, {9000, 9120, 9080, 9040, 0, 120, 80, 40}, {0, 4}),
              ElementsAre(8920, 8960, 9000, 9040, -80, -40, 0, 40));
}

TEST(DtsClock, TakesASlowPictureForNoHole) {
  EXPECT_THAT(run({1, 40, kHole}, {0, 900, 1800, 1840}, {0, 1, 2, 3}),
              ElementsAre(-40, 0, 900, 1800));
  EXPECT_THAT(run({1, 40, kHole}, {0, 3000, 1500, 4500}), ElementsAre(-40, 0, 1500, 3000));
}

TEST(DtsClock, NeverStandsStill) {
  EXPECT_THAT(run({0, 40, kHole}, {100, 100, 90, 140}), ElementsAre(100, 101, 102, 140));
}

}  // namespace
}  // namespace weir::formats
