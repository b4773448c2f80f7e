#include "ladder/pace.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"
#include "support/words.h"

namespace weir::ladder {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Key pictures every two seconds of a run that goes at a given speed.
struct Broadcast {
  support::FakeClock clock;
  support::Words log;
  Pace pace{clock, log, "buy a faster one"};
  double stream = 0;

  void pass(double seconds) {
    clock.advance(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
  }
  // `waiting`: the part of the time that the input is waited for.
  void go(double wall, double speed, double waiting = 0) {
    for (double gone = 0; gone < wall; gone += 2 / speed) {
      {
        const Pace::Waiting idle(pace);
        pass(waiting * 2 / speed);
      }
      pass((1 - waiting) * 2 / speed);
      stream += 2;
      pace.reach({std::llround(stream * 1000), {1, 1000}});
    }
  }
};

TEST(Pace, SaysHowSlowTheRunIsAndWhatToDo) {
  Broadcast run;
  run.go(20, 0.82);
  EXPECT_THAT(run.log.warnings, ElementsAre("encoding runs at 0.82x real time: buy a faster one"));
}

TEST(Pace, KeepsQuietWhileTheRunKeepsUp) {
  Broadcast run;
  run.go(120, 1, 0.3);
  run.go(120, 3, 0);
  EXPECT_THAT(run.log.warnings, IsEmpty());
}

TEST(Pace, ASlowSourceIsNoReasonToWarn) {
  Broadcast run;
  run.go(120, 0.5, 0.7);
  EXPECT_THAT(run.log.warnings, IsEmpty());
}

TEST(Pace, TheFirstSecondsDoNotCount) {
  Broadcast run;
  run.go(8, 0.4);
  EXPECT_THAT(run.log.warnings, IsEmpty());
}

TEST(Pace, ASourceThatComesTooFastAtFirstHidesNothingForLong) {
  Broadcast run;
  run.go(1, 20);
  run.go(40, 0.8);
  EXPECT_THAT(run.log.warnings, SizeIs(1));
}

TEST(Pace, ChunksThatComeOutInBunchesAreNotSlow) {
  Broadcast run;
  for (int bunch = 0; bunch < 30; ++bunch) {
    run.pass(7.5);
    run.go(0.3, 20);
    run.go(0.2, 20);
  }
  EXPECT_GT(run.stream, 120 * 1.9);
  EXPECT_THAT(run.log.warnings, IsEmpty());
}

TEST(Pace, RepeatsItselfOnceAMinute) {
  Broadcast run;
  run.go(10 + 3 * 60 + 10, 0.5);
  EXPECT_THAT(run.log.warnings, SizeIs(4));
}

TEST(Pace, SaysOnceWhenItIsOver) {
  Broadcast run;
  run.go(30, 0.8);
  run.go(60, 1.1);
  EXPECT_THAT(run.log.warnings, SizeIs(1));
  EXPECT_THAT(run.log.infos, ElementsAre("encoding keeps up with real time again"));
}

TEST(Pace, OneFastChunkIsNotTheEndOfIt) {
  Broadcast run;
  run.go(30, 0.6);
  run.go(2, 2);
  run.go(25, 0.6);
  EXPECT_THAT(run.log.infos, IsEmpty());
}

}  // namespace
}  // namespace weir::ladder
