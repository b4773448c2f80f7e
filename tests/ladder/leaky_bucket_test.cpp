// The buffer of the reference decoder, step by step, against sums done by hand.
#include "ladder/leaky_bucket.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::ladder {
namespace {

// 1000 bits a second into 1000 bits; milliseconds are bits.
LeakyBucket small() {
  return {1000, 1000};
}

media::Time ms(std::int64_t ticks) {
  return {ticks, {1, 1000}};
}

TEST(LeakyBucket, BeginsNineTenthsFull) {
  EXPECT_DOUBLE_EQ(LeakyBucket(1, 4000).fullness(), 3600);
  EXPECT_DOUBLE_EQ(LeakyBucket(123, 4000).rate(), 123);
  EXPECT_DOUBLE_EQ(LeakyBucket(123, 4000).size(), 4000);
}

TEST(LeakyBucket, TheFirstAccessUnitLeavesWithoutAnyTimeToFill) {
  for (const std::int64_t at : {-5000, 0, 5000}) {
    auto bucket = small();
    EXPECT_TRUE(bucket.take(ms(at), 100));
    EXPECT_DOUBLE_EQ(bucket.fullness(), 800);
  }
}

TEST(LeakyBucket, FillsWithTheTimeBetweenAndEmptiesWithTheBits) {
  auto bucket = small();
  EXPECT_TRUE(bucket.take(ms(0), 500));   // 900 - 500
  EXPECT_TRUE(bucket.take(ms(40), 100));  // 400 + 40 - 100
  EXPECT_DOUBLE_EQ(bucket.fullness(), 340);
  EXPECT_TRUE(bucket.take(ms(200), 440));  // 340 + 160 - 440
  EXPECT_DOUBLE_EQ(bucket.fullness(), 60);
  EXPECT_TRUE(bucket.take(ms(1000), 10));  // 60 + 800 - 10
  EXPECT_DOUBLE_EQ(bucket.fullness(), 850);
}

TEST(LeakyBucket, WhatFlowsInOverTheRimIsNotCounted) {
  auto bucket = small();
  EXPECT_TRUE(bucket.take(ms(0), 100));
  EXPECT_TRUE(bucket.take(ms(60'000), 300));  // full at 1000, not at 60800
  EXPECT_DOUBLE_EQ(bucket.fullness(), 700);
}

TEST(LeakyBucket, ExactlyFullIsFull) {
  auto bucket = small();
  EXPECT_TRUE(bucket.take(ms(0), 900));
  EXPECT_TRUE(bucket.take(ms(1000), 1000));  // filled to the rim, then emptied
  EXPECT_DOUBLE_EQ(bucket.fullness(), 0);
}

TEST(LeakyBucket, ExactlyEmptyStillHolds) {
  auto bucket = small();
  EXPECT_TRUE(bucket.take(ms(0), 900));
  EXPECT_DOUBLE_EQ(bucket.fullness(), 0);
  EXPECT_TRUE(bucket.take(ms(40), 40));
  EXPECT_DOUBLE_EQ(bucket.fullness(), 0);
}

TEST(LeakyBucket, OneBitTooManyHadNotArrived) {
  auto bucket = small();
  EXPECT_FALSE(bucket.take(ms(0), 901));
  auto later = small();
  EXPECT_TRUE(later.take(ms(0), 900));
  EXPECT_FALSE(later.take(ms(40), 41));
}

TEST(LeakyBucket, AnAccessUnitThatWasLateLeavesAnEmptyBufferAndNoDebt) {
  auto bucket = small();
  EXPECT_FALSE(bucket.take(ms(0), 5000));
  EXPECT_DOUBLE_EQ(bucket.fullness(), 0);
  EXPECT_TRUE(bucket.take(ms(100), 100));
  EXPECT_DOUBLE_EQ(bucket.fullness(), 0);
}

TEST(LeakyBucket, AnAccessUnitLargerThanTheBufferNeverHolds) {
  auto bucket = small();
  EXPECT_TRUE(bucket.take(ms(0), 0));
  EXPECT_FALSE(bucket.take(ms(3'600'000), 1001));
}

TEST(LeakyBucket, TimesCompareAcrossBases) {
  auto bucket = small();
  EXPECT_TRUE(bucket.take({0, {1, 90'000}}, 500));
  EXPECT_TRUE(bucket.take({1001, {1, 24'000}}, 0));  // 41.708 ms later
  EXPECT_NEAR(bucket.fullness(), 400 + 41.708333, 1e-6);
}

TEST(LeakyBucket, TimeThatStandsStillOrGoesBackFillsNothing) {
  auto bucket = small();
  EXPECT_TRUE(bucket.take(ms(100), 100));
  EXPECT_TRUE(bucket.take(ms(100), 100));
  EXPECT_TRUE(bucket.take(ms(60), 100));
  EXPECT_DOUBLE_EQ(bucket.fullness(), 600);
}

TEST(LeakyBucket, ASteadyStreamAtTheRateNeitherGainsNorLoses) {
  LeakyBucket bucket(3'000'000, 6'000'000);
  EXPECT_TRUE(bucket.take({0, {1, 30}}, 0));
  for (int i = 1; i <= 30 * 3600; ++i) ASSERT_TRUE(bucket.take({i, {1, 30}}, 100'000));
  EXPECT_NEAR(bucket.fullness(), 5'400'000, 1);
}

}  // namespace
}  // namespace weir::ladder
