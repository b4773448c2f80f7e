#include "probe/similarity.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/coded_stream.h"

namespace weir::probe {
namespace {

media::Frame plain(int value) {
  media::Frame frame = support::moving_bar({.width = 64, .height = 48}, 0);
  for (int y = 0; y < 48; ++y)
    std::fill_n(frame.raw()->data[0] + y * frame.raw()->linesize[0], 64,
                static_cast<std::uint8_t>(value));
  return frame;
}

TEST(Psnr, FollowsTheMeanSquareOfTheDifference) {
  EXPECT_EQ(luma_psnr(*plain(100).raw(), *plain(100).raw()), kSame);
  EXPECT_NEAR(luma_psnr(*plain(100).raw(), *plain(101).raw()), 48.13, 0.01);
  EXPECT_NEAR(luma_psnr(*plain(100).raw(), *plain(110).raw()), 28.13, 0.01);
}

TEST(Ssim, IsOneForEqualPicturesAndLessForOthers) {
  const auto bar = support::moving_bar({.width = 64, .height = 48}, 0);
  EXPECT_DOUBLE_EQ(luma_ssim(*bar.raw(), *bar.raw()), 1);
  const double other = luma_ssim(*plain(100).raw(), *plain(200).raw());
  EXPECT_NEAR(other, 0.80, 0.01);  // equal structure, other brightness: 2ab / (a² + b²)
}

TEST(Summary, WeighsBadPicturesMoreInTheHarmonicMean) {
  std::vector<double> values(100, 40);
  values[7] = 10;
  for (int i = 0; i < 4; ++i) values[std::size_t(20 + i)] = 20;
  const Summary summary = summarise(values);
  EXPECT_NEAR(summary.mean, 38.9, 1e-9);
  EXPECT_NEAR(summary.harmonic_mean, 100 / (95.0 / 40 + 4.0 / 20 + 1.0 / 10), 1e-9);
  EXPECT_EQ(summary.fifth_percentile, 20);
  EXPECT_EQ(summary.worst, 10);
  EXPECT_EQ(summarise({}).mean, 0);
}

TEST(BestShift, FindsWhereOneLiesOnTheOther) {
  std::mt19937 random(5);
  std::vector<std::uint8_t> whole(400);
  for (auto& value : whole) value = static_cast<std::uint8_t>(random());
  const std::span<const std::uint8_t> all(whole);
  EXPECT_EQ(best_shift(all.subspan(60, 200), all, 4, 50), 15);
  EXPECT_EQ(best_shift(all, all.subspan(60, 200), 4, 50), -15);
  EXPECT_EQ(best_shift(all, all, 4, 50), 0);
  EXPECT_EQ(best_shift({}, all, 4, 50), 0);
  const std::vector<std::uint8_t> still(400, 7);
  EXPECT_EQ(best_shift(still, still, 4, 50), 0);
}

}  // namespace
}  // namespace weir::probe
