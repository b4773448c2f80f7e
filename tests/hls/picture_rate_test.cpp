#include "hls/picture_rate.h"

#include <gtest/gtest.h>

#include "support/packets.h"

namespace weir::hls {
namespace {

constexpr AVRational kNone{0, 1};

/// `count` pictures, the nth of them at n * numerator / denominator milliseconds, rounded.
std::vector<media::Packet> pictures(int count, AVRational step_ms, std::int64_t from = 0) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text +=
        fmt::format("d{} ", from + av_rescale_rnd(i, step_ms.num, step_ms.den, AV_ROUND_NEAR_INF));
  return support::packets(text);
}

bool same(AVRational a, AVRational b) {
  return av_cmp_q(a, b) == 0;
}

TEST(PictureRate, WhatWasToldStandsWhereNothingWasCounted) {
  EXPECT_TRUE(same(PictureRate().rate({25, 1}), {25, 1}));
  EXPECT_TRUE(same(PictureRate().rate(kNone), kNone));
}

TEST(PictureRate, WhatWasToldStandsWhereItIsNearlyTrue) {
  PictureRate rate;
  rate.add(pictures(100, {1001, 30}));
  EXPECT_TRUE(same(rate.rate({30, 1}), {30, 1}));
}

TEST(PictureRate, AGuessOfAContainerIsPutRight) {
  PictureRate rate;
  rate.add(pictures(100, {1001, 30}));
  EXPECT_TRUE(same(rate.rate({1000, 1}), {30'000, 1001}));
}

TEST(PictureRate, AFewPicturesDoNotSpeakAgainstWhatWasTold) {
  PictureRate rate;
  rate.add(pictures(11, {40, 1}));
  EXPECT_TRUE(same(rate.rate({50, 1}), {50, 1}));
}

TEST(PictureRate, HolesDoNotLowerIt) {
  PictureRate rate;
  rate.add(pictures(50, {40, 1}));
  rate.add(pictures(50, {40, 1}, 9'000));
  rate.add(pictures(50, {40, 1}, 60'000));
  EXPECT_TRUE(same(rate.rate(kNone), {25, 1}));
  EXPECT_TRUE(same(rate.rate({25, 1}), {25, 1}));
}

TEST(PictureRate, AStepBackDoesNotCount) {
  PictureRate rate;
  rate.add(pictures(50, {40, 1}, 5'000));
  rate.add(pictures(50, {40, 1}));
  EXPECT_TRUE(same(rate.rate(kNone), {25, 1}));
}

TEST(PictureRate, RatesWithoutANameAreToldToTheThousandth) {
  PictureRate rate;
  rate.add(pictures(100, {80, 1}));
  EXPECT_TRUE(same(rate.rate(kNone), {12'500, 1000}));
}

TEST(PictureRate, APictureASecondIsNoHole) {
  PictureRate rate;
  rate.add(pictures(30, {1000, 1}));
  EXPECT_TRUE(same(rate.rate(kNone), {1, 1}));
}

}  // namespace
}  // namespace weir::hls
