// What is expected of the chunks to come, from those seen and from the coded source.
#include "ladder/forecast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/profile.h"

namespace weir::ladder {
namespace {

using support::even_profile;
using support::profile;

media::Time seconds(double value) {
  return {static_cast<std::int64_t>(value * 1e6 + 0.5), media::kMicros};
}

// `count` chunks of two seconds from `begin` on.
void add(Forecast& forecast, int count, const ChunkFacts& facts, double begin = 0) {
  for (int i = 0; i < count; ++i)
    forecast.add(facts, seconds(begin + 2 * i), seconds(begin + 2 * i + 2));
}

constexpr ChunkFacts kUsual{1e6, 0.02};

TEST(Forecast, HarderChunksWeighMore) {
  Forecast forecast({}, 2);
  add(forecast, 1, kUsual);
  add(forecast, 1, {2e6, 0.02}, 2);
  add(forecast, 1, {1e6, 0.04}, 4);
  add(forecast, 1, kUsual, 6);
  EXPECT_GT(forecast.weight(1), forecast.weight(0));
  EXPECT_GT(forecast.weight(2), forecast.weight(0));
  EXPECT_EQ(forecast.weight(3), forecast.weight(0));
}

TEST(Forecast, AStillBlackChunkWeighsSomething) {
  Forecast forecast({}, 2);
  add(forecast, 1, {0, 0});
  EXPECT_GT(forecast.weight(0), 0);
  EXPECT_GT(forecast.after(0, 15).weight, 0);
}

TEST(Forecast, WithoutASourceWhatComesIsLikeWhatCame) {
  Forecast forecast({}, 2);
  add(forecast, 4, kUsual);
  EXPECT_FALSE(forecast.knows_end());
  const auto rest = forecast.after(3, 15);
  EXPECT_EQ(rest.seconds, 15);
  EXPECT_NEAR(rest.weight, 15 * forecast.weight(0), 1e-9 * rest.weight);
}

TEST(Forecast, WithoutASourceLongPastChunksAreForgotten) {
  Forecast forecast({}, 2);
  add(forecast, 100, {9e6, 0.2});
  add(forecast, 100, kUsual, 200);
  EXPECT_NEAR(forecast.after(199, 10).weight, 10 * forecast.weight(199), 1e-6);
}

TEST(Forecast, KnowsHowMuchOfTheSourceIsLeft) {
  Forecast forecast(even_profile(20), 2);
  EXPECT_TRUE(forecast.knows_end());
  add(forecast, 10, kUsual);
  for (int i = 0; i < 10; ++i) EXPECT_NEAR(forecast.after(i, 15).seconds, 18 - 2 * i, 1e-6);
}

TEST(Forecast, OfAnEvenSourceTheRestWeighsAsMuchASecondAsWhatWasSeen) {
  for (const double begin : {0.0, 0.08, 1000.0}) {
    Forecast forecast(even_profile(31, begin), 2);
    add(forecast, 15, kUsual, begin);
    for (int i = 0; i < 15; ++i) {
      const auto rest = forecast.after(i, 15);
      EXPECT_NEAR(rest.seconds, 29 - 2 * i, 1e-6);
      EXPECT_NEAR(rest.weight, rest.seconds * forecast.weight(0), 1e-3 * rest.weight);
    }
  }
}

TEST(Forecast, AtTheEndOfTheSourceNothingIsLeft) {
  Forecast forecast(even_profile(20), 2);
  add(forecast, 12, kUsual);
  for (const int last : {9, 10, 11}) {
    EXPECT_NEAR(forecast.after(last, 15).seconds, 0, 1e-6);
    EXPECT_NEAR(forecast.after(last, 15).weight, 0, 1e-6);
  }
}

TEST(Forecast, AHarderRestWeighsMoreAndAnEasierOneLess) {
  const auto rest_of = [](int later) {
    Forecast forecast(profile(20, [=](double at) { return at < 4 ? 1000 : later; }), 2);
    add(forecast, 2, kUsual);
    return forecast.after(1, 15);
  };
  const double same = rest_of(1000).weight;
  EXPECT_GT(rest_of(4000).weight, 1.2 * same);
  EXPECT_LT(rest_of(250).weight, same / 1.2);
  EXPECT_NEAR(rest_of(4000).seconds, 16, 1e-6);
}

TEST(Forecast, TheScaleOfTheSourcesBitsDoesNotMatter) {
  const auto rest_of = [](int factor) {
    Forecast forecast(profile(20, [=](double at) { return factor * (at < 10 ? 100 : 300); }), 2);
    add(forecast, 3, kUsual);
    return forecast.after(2, 15).weight;
  };
  EXPECT_NEAR(rest_of(1), rest_of(20), 1e-6 * rest_of(1));
}

TEST(Forecast, WhatComesLaterChangesNothingOfWhatWasSaid) {
  // Decisions may be made late; they must be those that would have been made early.
  for (const bool known : {false, true}) {
    Forecast forecast(known ? even_profile(20) : Profile(), 2);
    add(forecast, 2, kUsual);
    const auto before = forecast.after(1, 15);
    add(forecast, 5, {9e6, 0.3}, 4);
    const auto after = forecast.after(1, 15);
    EXPECT_EQ(before.seconds, after.seconds);
    EXPECT_EQ(before.weight, after.weight);
  }
}

TEST(Forecast, ASourceShorterThanAStepIsFine) {
  Forecast forecast(even_profile(0.2), 2);
  EXPECT_TRUE(forecast.knows_end());
  forecast.add(kUsual, seconds(0), seconds(0.2));
  EXPECT_NEAR(forecast.after(0, 15).seconds, 0, 1e-6);
  EXPECT_NEAR(forecast.after(0, 15).weight, 0, 1e-6);
}

}  // namespace
}  // namespace weir::ladder
