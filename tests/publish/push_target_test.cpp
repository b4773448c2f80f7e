#include "publish/push_target.h"

#include <gtest/gtest.h>

namespace weir::publish {
namespace {

using namespace std::chrono_literals;

/// Always the longest wait.
PushTarget target(PushRetry retry = {}) {
  return {retry, [] { return 1.0; }, 100s};
}
Error refused() {
  return {Code::kRefused, "the server refuses"};
}

TEST(PushTarget, ConnectsAtOnceAndPublishes) {
  PushTarget one = target();
  EXPECT_EQ(one.next_attempt(), 100s);
  one.connecting();
  EXPECT_FALSE(one.next_attempt());
  one.publishing(101s);
  EXPECT_EQ(one.state(), PushState::kPublishing);
  EXPECT_TRUE(one.ever());
  EXPECT_EQ(one.reconnects(), 0U);
  one.end();
  one.lost(refused(), 102s);
  EXPECT_EQ(one.state(), PushState::kEnded);
}

TEST(PushTarget, WaitsLongerAfterEveryFailureAndNeverGivesUp) {
  PushTarget one = target();
  std::vector<PushTarget::Time> waits;
  PushTarget::Time now = 100s;
  for (int i = 0; i < 100; ++i) {
    one.connecting();
    one.lost(refused(), now);
    ASSERT_EQ(one.state(), PushState::kWaiting);
    waits.push_back(*one.next_attempt() - now);
    now = *one.next_attempt();
  }
  EXPECT_EQ(waits[0], 500ms);
  EXPECT_EQ(waits[1], 1s);
  EXPECT_EQ(waits[2], 2s);
  EXPECT_EQ(waits[99], 30s);
  EXPECT_EQ(one.failure()->what, "the server refuses");
}

TEST(PushTarget, SpreadsItsWaits) {
  PushTarget one(
      {}, [] { return 0.0; }, 0s);
  one.lost(refused(), 0s);
  EXPECT_EQ(one.next_attempt(), 250ms);
}

TEST(PushTarget, ForgetsFailuresOnlyAfterASteadyConnection) {
  PushTarget one = target();
  one.lost(refused(), 100s);
  one.publishing(101s);
  EXPECT_FALSE(one.failure());
  one.lost(refused(), 102s);  // at once again: the waits go on growing
  EXPECT_EQ(one.next_attempt(), 103s);
  one.publishing(103s);
  one.lost(refused(), 113s);
  EXPECT_EQ(one.next_attempt(), 113500ms);
  EXPECT_EQ(one.reconnects(), 1U);
}

TEST(PushTarget, GivesUpAfterItsTimeWithoutSuccess) {
  PushTarget one = target({.give_up = 10s});
  one.lost(refused(), 109s);
  EXPECT_EQ(one.state(), PushState::kWaiting);
  one.lost(refused(), 110s);
  EXPECT_EQ(one.state(), PushState::kGivenUp);
  EXPECT_FALSE(one.next_attempt());
  one.end();
  EXPECT_EQ(one.state(), PushState::kGivenUp);

  PushTarget other = target({.give_up = 10s});
  other.publishing(101s);
  other.lost(refused(), 200s);  // all was well until now
  EXPECT_EQ(other.state(), PushState::kWaiting);
}

TEST(PushTarget, GivesUpAtOnceWhatCannotChange) {
  PushTarget one = target();
  one.lost({Code::kUnsupported, "the peer takes no hvc1"}, 100s);
  EXPECT_EQ(one.state(), PushState::kGivenUp);
}

TEST(PushTarget, ComesAgainAtOnceWhenAskedTo) {
  PushTarget one = target();
  one.publishing(101s);
  one.moved(105s);
  EXPECT_EQ(one.next_attempt(), 105s);
  one.publishing(105s);
  EXPECT_EQ(one.reconnects(), 1U);
  EXPECT_EQ(state_text(one.state()), "publishing");
}

}  // namespace
}  // namespace weir::publish
