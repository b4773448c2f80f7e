#include "ladder/guard.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"
#include "support/words.h"

namespace weir::ladder {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::SizeIs;

constexpr double kChunk = 2;  // seconds
constexpr int kChunksInSegment = 3;

// A live run with made-up costs: chunks come in real time, wait for a free job, and take as long as
// the load says; when there is no room, the source waits.
class Broadcast {
 public:
  /// Seconds of work of all jobs together for a second of stream, at this spending.
  using Load = std::function<double(const Guard::Spending&)>;

  explicit Broadcast(int jobs = 1, std::vector<double> pixels = {2.07, 0.92, 0.41, 0.23},
                     int room = 5)
      : jobs_(jobs), room_(room), pixels_(std::move(pixels)) {
    guard.begin({kNotches, pixels_, room_, jobs_});
  }

  void go(double seconds, const Load& load, double source_speed = 1) {
    const double end = now_ + seconds;
    while (now_ < end) {
      const double done =
          running_.empty() ? 1e18 : *std::min_element(running_.begin(), running_.end());
      const double free = in_work() < room_ ? now_ : 1e18;
      const double close = std::max(next_arrival_, free);
      advance(std::min(done, close));
      if (done <= close)
        finish_one();
      else
        close_one(source_speed);
      begin_waiting(load);
    }
  }
  // As if the source had run on while the run stood still.
  void fall_behind(double seconds) { next_arrival_ -= seconds; }

  // What is left of a load at a spending, when every notch takes a quarter and renditions cost by
  // their pixels.
  double left(const Guard::Spending& at) const {
    double all = 0;
    double kept = 0;
    for (std::size_t i = 0; i < pixels_.size(); ++i) {
      all += pixels_[i];
      if (static_cast<int>(i) >= at.dropped) kept += pixels_[i];
    }
    return std::pow(0.75, at.notches) * kept / all;
  }
  Load steady(double load) const {
    return [this, load](const Guard::Spending& at) { return load * left(at); };
  }

  static constexpr int kNotches = 4;
  support::FakeClock clock;
  support::Words log;
  RealtimeGuard guard{clock, log};
  Guard::Spending spending;
  int changes = 0;
  std::vector<std::int64_t> changed_at;  // chunks where renditions went or came
  double delay() const { return now_ - next_arrival_; }

 private:
  int in_work() const { return static_cast<int>(waiting_.size() + running_.size()); }
  void advance(double to) {
    to = std::max(to, now_);
    clock.advance(std::chrono::nanoseconds(std::llround((to - now_) * 1e9)));
    now_ = to;
  }
  void close_one(double source_speed) {
    next_arrival_ += kChunk / source_speed;
    waiting_.push_back({});
    const auto next = guard.next({kChunk, chunks_ % kChunksInSegment == 0, in_work()});
    if (next.dropped != spending.dropped) changed_at.push_back(chunks_);
    changes += next.dropped != spending.dropped || next.notches != spending.notches;
    spending = next;
    waiting_.back().dropped = next.dropped;
    ++chunks_;
  }
  void begin_waiting(const Load& load) {
    while (!waiting_.empty() && static_cast<int>(running_.size()) < jobs_) {
      const Guard::Spending at{spending.notches, waiting_.front().dropped};
      waiting_.pop_front();
      running_.push_back(now_ + load(at) * kChunk * jobs_);
      guard.task_began();
    }
  }
  void finish_one() {
    running_.erase(std::min_element(running_.begin(), running_.end()));
    guard.task_ended();
  }

  int jobs_;
  int room_;
  std::vector<double> pixels_;
  double now_ = 0;
  double next_arrival_ = kChunk;
  std::int64_t chunks_ = 0;
  std::deque<Guard::Spending> waiting_;
  std::vector<double> running_;  // when they end
};

TEST(Guard, LeavesARunAloneThatKeepsUp) {
  for (const int jobs : {1, 2, 4}) {
    Broadcast run(jobs);
    run.go(3600, run.steady(0.95));
    EXPECT_EQ(run.changes, 0) << jobs;
  }
}

TEST(Guard, LowersTheEffortUntilItKeepsUpAndStaysThere) {
  for (const int jobs : {1, 2, 4}) {
    Broadcast run(jobs);
    run.go(300, run.steady(1.3));
    EXPECT_THAT(run.spending.notches, AllOf(Ge(1), ::testing::Le(2))) << jobs;
    EXPECT_EQ(run.spending.dropped, 0) << jobs;
    const int changes = run.changes;
    run.go(3600, run.steady(1.3));
    EXPECT_EQ(run.changes, changes) << jobs;
    EXPECT_LT(run.delay(), 5) << jobs;
  }
}

TEST(Guard, SaysEachChangeOfEffort) {
  Broadcast run;
  run.go(300, run.steady(1.3));
  EXPECT_EQ(run.log.warnings.front(), "realtime guard: effort 4 of 5");
  run.go(600, run.steady(0.3));
  EXPECT_EQ(run.log.infos.back(), "realtime guard: effort 5 of 5");
}

TEST(Guard, DoesNotWaitUntilAllRoomIsTaken) {
  Broadcast run(1, {2.07, 0.92}, 16);
  run.go(20, run.steady(2));
  EXPECT_GE(run.spending.notches, 1);
}

// Full after ten seconds; chunks are finished after 18, 26, 32 and 36.5 s.
TEST(Guard, FarTooSlowTakesANotchEveryChunk) {
  Broadcast run;
  run.go(37, run.steady(4));
  EXPECT_EQ(run.spending.notches, 4);
}

TEST(Guard, GoesDownTheFasterTheSlowerTheRunIs) {
  Broadcast slow;
  slow.go(120, slow.steady(1.05));
  EXPECT_EQ(slow.spending.notches, 0);
  Broadcast slower;
  slower.go(120, slower.steady(4));
  EXPECT_EQ(slower.spending.notches, Broadcast::kNotches);
  EXPECT_GE(slower.spending.dropped, 1);
}

TEST(Guard, DropsTheTopOnlyAtTheCheapestEffortAndWhereASegmentBegins) {
  for (const int jobs : {1, 4}) {
    Broadcast run(jobs);
    run.go(600, run.steady(5));
    EXPECT_EQ(run.spending.notches, Broadcast::kNotches);
    EXPECT_EQ(run.spending.dropped, 1);
    run.go(600, run.steady(0.2));
    EXPECT_THAT(run.changed_at, SizeIs(2));
    for (const auto chunk : run.changed_at) EXPECT_EQ(chunk % kChunksInSegment, 0);
  }
}

// At the cheapest effort, two chunks that together take almost two seconds too long.
TEST(Guard, ShortTroubleCostsNoRendition) {
  Broadcast run;
  run.go(600, run.steady(2.95));
  ASSERT_EQ(run.spending.notches, Broadcast::kNotches);
  run.fall_behind(60);
  for (int i = 0; i < 5; ++i) {
    run.go(kChunk, run.steady(4.5));
    run.go(20, run.steady(2.8));
  }
  EXPECT_EQ(run.spending.dropped, 0);
}

TEST(Guard, TakesEverythingBackWhenThereIsTimeAgain) {
  Broadcast run;
  run.go(300, run.steady(12));
  EXPECT_GE(run.spending.dropped, 2);
  run.go(900, run.steady(0.5));
  EXPECT_EQ(run.spending.dropped, 0);
  EXPECT_EQ(run.spending.notches, 0);
}

TEST(Guard, BringsNothingBackThatWouldNotFitIn) {
  Broadcast run;
  run.go(300, run.steady(5));
  ASSERT_EQ(run.spending.dropped, 1);
  const int changes = run.changes;
  run.go(3600, run.steady(5));
  EXPECT_EQ(run.changes, changes);
}

TEST(Guard, KeepsTheLastRenditionHoweverSlowItIs) {
  Broadcast run;
  run.go(36'000, run.steady(200));
  EXPECT_EQ(run.spending.dropped, 3);
  Broadcast single(1, {2.07});
  single.go(36'000, single.steady(200));
  EXPECT_EQ(single.spending.dropped, 0);
  EXPECT_EQ(single.spending.notches, Broadcast::kNotches);
}

// A notch that costs three times as much: going up looks possible and is not.
TEST(Guard, TriesEverMoreRarelyWhatDoesNotFitIn) {
  Broadcast run;
  const Broadcast::Load load = [](const Guard::Spending& spending) {
    return 1.3 * std::pow(1.0 / 3, spending.notches);
  };
  run.go(3600, load);
  EXPECT_LT(run.changes, 2 * 12);
  const int changes = run.changes;
  run.go(3600, load);
  EXPECT_LT(run.changes - changes, 2 * 7);
}

TEST(Guard, ASlowSourceIsNoOverload) {
  Broadcast run;
  run.go(1200, run.steady(1.5), 0.5);
  EXPECT_EQ(run.changes, 0);
}

TEST(Guard, CatchesUpAfterAStandstillWithoutSavingAnything) {
  for (const int jobs : {1, 2, 4}) {
    Broadcast run(jobs);
    run.go(60, run.steady(0.8));
    run.fall_behind(60);
    run.go(1200, run.steady(0.8));
    EXPECT_EQ(run.changes, 0) << jobs;
    EXPECT_LT(run.delay(), 5) << jobs;
  }
}

TEST(Guard, AStandstillNowAndThenWhileItCatchesUpIsNoOverload) {
  Broadcast run(1, {2.07, 0.92}, 9);
  int started = 0;
  const Broadcast::Load bunches = [&](const Guard::Spending&) {
    return ++started % 9 == 0 ? 3.0 : 0.4;
  };
  run.fall_behind(300);
  run.go(600, bunches);
  EXPECT_EQ(run.changes, 0);
  EXPECT_LT(run.delay(), 10);
}

}  // namespace
}  // namespace weir::ladder
