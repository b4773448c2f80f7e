#include "probe/adaptation.h"

#include <functional>

#include <gtest/gtest.h>

#include "probe/player_buffer.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kS = 1'000'000;
const std::vector<std::int64_t> kLadder{200'000, 700'000, 1'200'000, 2'500'000, 4'500'000};

AdaptationState state(std::size_t current, double level_s, std::optional<std::int64_t> bps) {
  return {kLadder, current, static_cast<std::int64_t>(level_s * 1e6), 18 * kS, bps};
}

TEST(ThroughputEstimate, IsTheLowerOfTheQuickAndTheSlowAverage) {
  ThroughputEstimate estimate;
  EXPECT_EQ(estimate.bps(), std::nullopt);
  for (int i = 0; i < 30; ++i) estimate.add(1'250'000, kS);
  EXPECT_NEAR(static_cast<double>(*estimate.bps()), 10e6, 1e3);
  estimate.add(125'000, 3 * kS);  // a third of a megabit: one half-life of the quick one
  EXPECT_NEAR(static_cast<double>(*estimate.bps()), (10e6 + 1e6 / 3) / 2, 1e5);
}

TEST(ThroughputEstimate, LeavesOutWhatIsTooSmallToTell) {
  ThroughputEstimate estimate;
  estimate.add(100, 1);
  EXPECT_EQ(estimate.bps(), std::nullopt);
}

TEST(Adaptation, BeginsWithTheLowestWhileNothingIsKnown) {
  EXPECT_EQ(adapt(state(0, 0, {})), 0u);
}

TEST(Adaptation, GoesByThroughputWhileLittleIsBuffered) {
  EXPECT_EQ(adapt(state(0, 2, 3'000'000)), 3u);  // 2.7 of 3 Mb/s may be used
  EXPECT_EQ(adapt(state(4, 2, 1'000'000)), 1u);
  EXPECT_EQ(adapt(state(4, 8.9, 100'000)), 0u);
}

TEST(Adaptation, TakesTheHighestWithAFullBuffer) {
  EXPECT_EQ(adapt(state(3, 18, 50'000'000)), 4u);
}

TEST(Adaptation, KeepsARateAboveTheThroughputWhileTheBufferCarriesIt) {
  EXPECT_GE(adapt(state(3, 17, 2'000'000)), 3u);
  EXPECT_LT(adapt(state(3, 10, 2'000'000)), 3u);
}

TEST(Adaptation, DoesNotClimbAboveTheThroughput) {
  EXPECT_EQ(adapt(state(2, 18, 1'400'000)), 2u);
}

TEST(Adaptation, HasNoChoiceWithoutAChoice) {
  EXPECT_EQ(adapt({{500'000}, 0, 0, 18 * kS, 1}), 0u);
  EXPECT_EQ(adapt({{}, 0, 0, 0, {}}), 0u);
  EXPECT_EQ(adapt({{500'000, 500'000}, 0, 18 * kS, 18 * kS, 10'000'000}), 1u);
}

/// A player of segments of 2 s behind a link, on a clock of the test's own.
struct Link {
  explicit Link(std::function<double(std::int64_t)> rate) : bps(std::move(rate)) {}
  void run(std::int64_t until) {
    while (now < until) {
      while (buffer.level_us() > 14 * kS) buffer.advance(now += kS / 10);
      AdaptationState at{kLadder, current, buffer.level_us(), 16 * kS, estimate.bps()};
      const std::size_t next = adapt(at);
      switches += next == current ? 0 : 1;
      current = next;
      const std::int64_t bytes = kLadder[current] * 2 / 8;
      const auto took = static_cast<std::int64_t>(double(bytes) * 8 / bps(now) * 1e6);
      now += took;
      estimate.add(bytes, took);
      buffer.add(PlayerLane::kVideo, media, media + 2 * kS, now);
      media += 2 * kS;
    }
  }
  std::function<double(std::int64_t)> bps;
  PlayerBuffer buffer{true, false, {}};
  ThroughputEstimate estimate;
  std::size_t current = 0;
  int switches = 0;
  std::int64_t now = 0, media = 0;
};

TEST(Adaptation, FindsTheRateOfASteadyLinkAndStaysThere) {
  Link link([](std::int64_t) { return 3e6; });
  link.run(60 * kS);
  const int before = link.switches;
  link.run(300 * kS);
  EXPECT_EQ(link.current, 3u);
  EXPECT_EQ(link.switches, before);
  EXPECT_EQ(link.buffer.figures().stall_count, 0);
}

TEST(Adaptation, SurvivesALinkThatFallsToATenthAndComesBack) {
  Link link([](std::int64_t now) { return now > 60 * kS && now < 120 * kS ? 0.5e6 : 6e6; });
  link.run(59 * kS);
  EXPECT_EQ(link.current, 4u);
  link.run(110 * kS);
  EXPECT_EQ(link.current, 0u);
  link.run(200 * kS);
  EXPECT_EQ(link.current, 4u);
  EXPECT_LE(link.buffer.figures().stall_count, 1);
}

}  // namespace
}  // namespace weir::probe
