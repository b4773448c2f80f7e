// How the quantiser of a chunk is dealt out to its pictures.
#include "ladder/quantisers.h"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::ladder {
namespace {

using codec::PictureType;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<int> all_p(const std::vector<double>& losses, double qp) {
  return quantisers(std::vector<PictureType>(losses.size(), PictureType::kP), losses, qp);
}

double mean(const std::vector<int>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

TEST(Quantisers, OfNothingAreNone) {
  EXPECT_THAT(all_p({}, 25), IsEmpty());
}

TEST(Quantisers, PicturesAlikeAreTreatedAlike) {
  EXPECT_THAT(all_p(std::vector<double>(50, 0.02), 25), Each(25));
}

TEST(Quantisers, TheMeanIsWhatWasAskedFor) {
  for (const double qp : {20.0, 20.3, 27.75}) {
    EXPECT_NEAR(mean(all_p(std::vector<double>(50, 0.02), qp)), qp, 0.02);
    std::vector<double> losses(25, 0.01);
    losses.resize(50, 0.03);
    EXPECT_NEAR(mean(all_p(losses, qp)), qp, 0.05);
  }
}

TEST(Quantisers, PicturesOthersArePredictedFromAreLower) {
  const std::vector<PictureType> types{PictureType::kI, PictureType::kP, PictureType::kB,
                                       PictureType::kB};
  EXPECT_THAT(quantisers(types, {0.02, 0.02, 0.02, 0.02}, 25), ElementsAre(24, 25, 27, 26));
}

TEST(Quantisers, AHardStretchIsLowerThanAnEasyOne) {
  std::vector<double> losses(25, 0.01);
  losses.resize(50, 0.03);
  const auto qps = all_p(losses, 25);
  EXPECT_LT(qps.back(), qps.front() - 2);
}

TEST(Quantisers, OnePictureAmongManyIsNoStretch) {
  std::vector<double> losses(50, 0.01);
  losses[25] = 0.02;
  for (const int qp : all_p(losses, 25)) EXPECT_NEAR(qp, 25, 1);
}

TEST(Quantisers, AStretchIsAtMostTwoStepsAside) {
  std::vector<double> losses(25, 0);
  losses.resize(50, 1);
  for (const int qp : all_p(losses, 25)) EXPECT_NEAR(qp, 25, 2);
}

TEST(Quantisers, NoneLeavesTheRange) {
  std::vector<double> losses(25, 0);
  losses.resize(50, 1);
  EXPECT_THAT(all_p(losses, 1), Each(::testing::Ge(1)));
  EXPECT_THAT(all_p(losses, 51), Each(::testing::Le(51)));
}

}  // namespace
}  // namespace weir::ladder
