#include "probe/rate_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::probe {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(RateMeter, FindsTheFullestWindowWhereverItBegins) {
  RateMeter meter;
  // 3000 bytes between 0.9 s and 1.1 s: seconds counted from the first packet would share them.
  for (const auto& [at, bytes] :
       {std::pair{0, 100}, {900'000, 1500}, {1'100'000, 1500}, {3'000'000, 1}})
    meter.add(at, bytes);
  const auto peaks = meter.peaks();
  ASSERT_THAT(peaks, SizeIs(2));
  EXPECT_EQ(peaks[0].window_us, 1'000'000);
  EXPECT_EQ(peaks[0].bitrate, 24'000);
  EXPECT_EQ(peaks[1].window_us, 6'000'000);
  EXPECT_EQ(peaks[1].bitrate, 3101 * 8 / 6);
}

TEST(RateMeter, EndsAWindowBeforeItsLength) {
  RateMeter meter;
  meter.add(0, 125);
  meter.add(1'000'000, 125);
  EXPECT_EQ(meter.peaks()[0].bitrate, 1000);
}

TEST(RateMeter, FillsTheBucketBetweenPackets) {
  RateMeter meter(100'000);
  // 10 000 bits leave between two packets of 30 000 and 50 000 bits.
  meter.add(0, 30'000 / 8);
  meter.add(100'000, 50'000 / 8);
  const auto buckets = meter.buckets(100'000);
  ASSERT_FALSE(buckets.empty());
  EXPECT_EQ(buckets[0].rate, 100'000);
  EXPECT_EQ(buckets[0].bits, 70'000);
  EXPECT_EQ(buckets.back().bits, 50'000);
  for (std::size_t i = 1; i < buckets.size(); ++i) EXPECT_LT(buckets[i].bits, buckets[i - 1].bits);
}

TEST(RateMeter, StartsAtTheRateAskedFor) {
  RateMeter meter;
  meter.add(0, 1000);
  EXPECT_GE(meter.buckets(1'000'000).at(0).rate, 1'000'000);
  EXPECT_THAT(RateMeter().buckets(0), IsEmpty());
}

TEST(RateMeter, SurvivesTimesThatGoBackOrFar) {
  RateMeter meter;
  meter.add(std::int64_t{1} << 60, 10);
  meter.add(-(std::int64_t{1} << 60), 10);
  EXPECT_EQ(meter.peaks()[0].bitrate, 160);
}

}  // namespace
}  // namespace weir::probe
