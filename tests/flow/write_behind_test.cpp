#include "flow/write_behind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "support/matchers.h"

namespace weir::flow {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;

/// Takes numbers, one at a time when it is gated; fails or is done at a given one.
class Numbers : public Sink<int> {
 public:
  Result<Flow> push(int number) override {
    if (gate.valid()) gate.wait();
    if (number == fails_at) return fail(Code::kIo, "full");
    taken.push_back(number);
    return number == done_at ? Flow::kDone : Flow::kMore;
  }
  Result<void> finish() override {
    ++finished;
    return below;
  }
  int fails_at = -1, done_at = -1, finished = 0;
  Result<void> below;
  std::shared_future<void> gate;
  std::vector<int> taken;
};

std::int64_t one_byte(const int&) {
  return 1;
}

TEST(WriteBehind, HandsEverythingOnInOrderThenFinishes) {
  Numbers numbers;
  WriteBehind<int> behind(numbers, 2, one_byte);
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(*behind.push(i), Flow::kMore);
  EXPECT_THAT(behind.finish(), IsOk());
  EXPECT_THAT(numbers.taken, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(numbers.finished, 1);
}

TEST(WriteBehind, NothingIsFinishedToo) {
  Numbers numbers;
  WriteBehind<int> behind(numbers, 2, one_byte);
  EXPECT_THAT(behind.finish(), IsOk());
  EXPECT_EQ(numbers.finished, 1);
}

TEST(WriteBehind, AFailureBelowIsToldLaterAndWhatFollowsIsDropped) {
  Numbers numbers;
  numbers.fails_at = 2;
  WriteBehind<int> behind(numbers, 1, one_byte);
  Result<Flow> last = Flow::kMore;
  for (int i = 1; i < 100 && last; ++i) last = behind.push(i);
  EXPECT_THAT(last, FailsWith(Code::kIo, "full"));
  EXPECT_THAT(behind.push(100), FailsWith(Code::kIo, "full"));
  EXPECT_THAT(behind.finish(), FailsWith(Code::kIo, "full"));
  EXPECT_THAT(numbers.taken, ElementsAre(1));
  EXPECT_EQ(numbers.finished, 1);
}

TEST(WriteBehind, AFailureOfTheLastItemIsToldByFinish) {
  Numbers numbers;
  numbers.fails_at = 1;
  WriteBehind<int> behind(numbers, 9, one_byte);
  EXPECT_THAT(behind.push(1), IsOk());
  EXPECT_THAT(behind.finish(), FailsWith(Code::kIo, "full"));
}

TEST(WriteBehind, AFailureOfFinishingIsTold) {
  Numbers numbers;
  numbers.below = fail(Code::kIo, "late");
  WriteBehind<int> behind(numbers, 9, one_byte);
  EXPECT_THAT(behind.finish(), FailsWith(Code::kIo, "late"));
}

TEST(WriteBehind, DoneBelowIsDoneAbove) {
  Numbers numbers;
  numbers.done_at = 2;
  WriteBehind<int> behind(numbers, 1, one_byte);
  Flow flow = Flow::kMore;
  for (int i = 1; i < 100 && flow == Flow::kMore; ++i) flow = *behind.push(i);
  EXPECT_EQ(flow, Flow::kDone);
  EXPECT_THAT(behind.finish(), IsOk());
  EXPECT_THAT(numbers.taken, ElementsAre(1, 2));
}

TEST(WriteBehind, WaitsWhenTooMuchWaits) {
  Numbers numbers;
  std::promise<void> open;
  numbers.gate = open.get_future().share();
  WriteBehind<int> behind(numbers, 2, one_byte);
  std::atomic<int> pushed = 0;
  std::thread giver([&] {
    for (int i = 1; i <= 10; ++i, ++pushed) (void)behind.push(i);
  });
  while (pushed < 2) std::this_thread::yield();
  EXPECT_LE(pushed, 3);  // one is being taken, two wait
  open.set_value();
  giver.join();
  EXPECT_THAT(behind.finish(), IsOk());
  EXPECT_EQ(numbers.taken.size(), 10u);
}

TEST(WriteBehind, GoneBeforeTheEndItDropsWhatWaits) {
  Numbers numbers;
  std::promise<void> open;
  numbers.gate = open.get_future().share();
  std::jthread opener;  // joined before the promise goes
  {
    WriteBehind<int> behind(numbers, 9, one_byte);
    for (int i = 1; i <= 5; ++i) EXPECT_THAT(behind.push(i), IsOk());
    opener = std::jthread([&] {
      std::this_thread::yield();
      open.set_value();
    });
  }
  EXPECT_EQ(numbers.finished, 0);
}

}  // namespace
}  // namespace weir::flow
