#include "formats/dts_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::formats {
namespace {

using ::testing::ElementsAre;

std::vector<std::int64_t> run(DtsClock clock, std::vector<std::int64_t> pts) {
  for (auto& value : pts) value = clock.next(value);
  return pts;
}

TEST(DtsClock, IsThePtsWithoutReordering) {
  EXPECT_THAT(run({0, 40}, {0, 40, 80}), ElementsAre(0, 40, 80));
}

TEST(DtsClock, LagsByTheDelayWithReordering) {
  EXPECT_THAT(run({2, 40}, {0, 160, 80, 40, 120, 200}), ElementsAre(-80, -40, 0, 40, 80, 120));
}

TEST(DtsClock, FollowsAVariableRate) {
  EXPECT_THAT(run({1, 40}, {0, 100, 50, 300, 200}), ElementsAre(-40, 0, 50, 100, 200));
}

TEST(DtsClock, NeverStandsStill) {
  EXPECT_THAT(run({0, 40}, {100, 100, 90, 140}), ElementsAre(100, 101, 102, 140));
}

}  // namespace
}  // namespace weir::formats
