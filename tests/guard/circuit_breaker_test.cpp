#include "guard/circuit_breaker.h"

#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"

namespace weir::guard {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Outcome = CircuitBreaker::Outcome;
using State = BreakerState;

struct Breaking : ::testing::Test {
  support::FakeClock clock;
  std::vector<std::string> changes;
  BreakerSettings settings;
  double dice = 0;

  CircuitBreaker make() {
    return CircuitBreaker(
        settings, clock, [this] { return dice; },
        [this](State from, State to) {
          changes.push_back(fmt::format("{} {}", to_string(from), to_string(to)));
        });
  }
  bool call(CircuitBreaker& breaker, Outcome outcome, nanoseconds took = 1ms) {
    auto pass = breaker.admit();
    if (!pass) return false;
    clock.advance(took);
    pass->done(outcome);
    return true;
  }
  void calls(CircuitBreaker& breaker, int count, Outcome outcome, nanoseconds took = 1ms) {
    for (int i = 0; i < count; ++i) call(breaker, outcome, took);
  }
};

TEST_F(Breaking, StaysClosedWhileCallsGoWell) {
  auto breaker = make();
  calls(breaker, 1000, Outcome::kGood);
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_THAT(changes, IsEmpty());
  EXPECT_EQ(breaker.retry_after(), 0s);
}

TEST_F(Breaking, OpensWhenHalfOfTheCallsFailAndAdmitsNoneThen) {
  auto breaker = make();
  calls(breaker, 3, Outcome::kGood);
  calls(breaker, 2, Outcome::kFailed);
  EXPECT_EQ(breaker.state(), State::kClosed);  // 2 of 5
  calls(breaker, 1, Outcome::kFailed);
  EXPECT_EQ(breaker.state(), State::kOpen);  // 3 of 6
  EXPECT_FALSE(call(breaker, Outcome::kGood));
  EXPECT_EQ(breaker.retry_after(), 1s);
  EXPECT_THAT(changes, ElementsAre("closed open"));
}

TEST_F(Breaking, FewCallsProveNothing) {
  auto breaker = make();
  calls(breaker, 4, Outcome::kFailed);
  EXPECT_EQ(breaker.state(), State::kClosed);
  clock.advance(11s);  // they leave the window
  calls(breaker, 4, Outcome::kFailed);
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_EQ(breaker.counts().calls, 4);
}

TEST_F(Breaking, SlowCallsOpenItToo) {
  auto breaker = make();
  calls(breaker, 5, Outcome::kGood, 1s);
  EXPECT_EQ(breaker.state(), State::kOpen);
}

TEST_F(Breaking, ProbesThatGoWellCloseIt) {
  auto breaker = make();
  calls(breaker, 5, Outcome::kFailed);
  clock.advance(1s - 1ns);
  EXPECT_FALSE(breaker.admit());
  clock.advance(1ns);
  auto one = breaker.admit(), two = breaker.admit();
  ASSERT_TRUE(one && two);
  EXPECT_FALSE(breaker.admit());  // two at a time
  one->done(Outcome::kGood);
  EXPECT_EQ(breaker.state(), State::kHalfOpen);
  two->done(Outcome::kGood);
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_EQ(breaker.counts().calls, 0);
  EXPECT_THAT(changes, ElementsAre("closed open", "open half-open", "half-open closed"));
}

TEST_F(Breaking, AProbeThatFailsOpensItAgain) {
  auto breaker = make();
  calls(breaker, 5, Outcome::kFailed);
  clock.advance(1s);
  EXPECT_TRUE(call(breaker, Outcome::kGood));
  EXPECT_TRUE(call(breaker, Outcome::kFailed));
  EXPECT_EQ(breaker.state(), State::kOpen);
  EXPECT_FALSE(breaker.admit());
}

TEST_F(Breaking, AProbeThatWasGivenUpMakesRoomForAnother) {
  auto breaker = make();
  calls(breaker, 5, Outcome::kFailed);
  clock.advance(1s);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(breaker.admit());
  EXPECT_EQ(breaker.state(), State::kHalfOpen);
}

TEST_F(Breaking, OutcomesFromBeforeTheChangeDoNotCount) {
  auto breaker = make();
  auto late = breaker.admit();
  calls(breaker, 5, Outcome::kFailed);
  clock.advance(1s);
  auto probe = breaker.admit();
  late->done(Outcome::kFailed);
  EXPECT_EQ(breaker.state(), State::kHalfOpen);
  probe->done(Outcome::kGood);
  EXPECT_EQ(breaker.state(), State::kHalfOpen);  // one more is wanted
}

TEST_F(Breaking, ChanceSpreadsTheProbes) {
  dice = 1;
  auto breaker = make();
  calls(breaker, 5, Outcome::kFailed);
  EXPECT_EQ(breaker.retry_after(), 1200ms);
}

TEST_F(Breaking, AnOperatorHoldsItEitherWay) {
  auto breaker = make();
  breaker.hold(BreakerHold::kOpen);
  EXPECT_FALSE(breaker.admit());
  EXPECT_EQ(breaker.state(), State::kOpen);
  breaker.hold(BreakerHold::kClosed);
  calls(breaker, 20, Outcome::kFailed);
  EXPECT_TRUE(breaker.admit());
  breaker.hold(BreakerHold::kNone);
  EXPECT_EQ(breaker.state(), State::kOpen);  // what the figures said meanwhile
}

/// The window kept as a list of calls.
TEST_F(Breaking, CountsWhatAListOfCallsWouldCount) {
  settings.least_calls = 1'000'000;
  auto breaker = make();
  struct Call {
    nanoseconds at;
    bool failed;
  };
  std::vector<Call> list;
  std::mt19937_64 random(3);
  for (int i = 0; i < 5000; ++i) {
    clock.advance(nanoseconds(random() % 400'000'000));
    const bool failed = random() % 3 == 0;
    breaker.admit()->done(failed ? Outcome::kFailed : Outcome::kGood);
    list.push_back({clock.monotonic(), failed});
    const auto counts = breaker.counts();
    std::int64_t surely = 0, perhaps = 0, failures = 0;
    for (const auto& call : list) {
      const auto age = clock.monotonic() - call.at;
      surely += age < settings.window - settings.window / settings.slices ? 1 : 0;
      perhaps += age < settings.window ? 1 : 0;
      failures += age < settings.window && call.failed ? 1 : 0;
    }
    ASSERT_GE(counts.calls, surely);
    ASSERT_LE(counts.calls, perhaps);
    ASSERT_LE(counts.failed, failures);
  }
}

}  // namespace
}  // namespace weir::guard
