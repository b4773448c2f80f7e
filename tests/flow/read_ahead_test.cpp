#include "flow/read_ahead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <poll.h>
#include <atomic>
#include <chrono>

#include "support/matchers.h"

namespace weir::flow {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using ::testing::ElementsAre;
using State = Awaited<int>::State;

/// Counts up; then ends, fails, or waits for a stop.
class Numbers : public Source<int> {
 public:
  enum class Then { kEnd, kFail, kWait };
  Numbers(int count, Then then, StopSource& stop) : count_(count), then_(then), stop_(stop) {}

  Result<std::optional<int>> next() override {
    if (given < count_) return ++given;
    if (then_ == Then::kEnd) return std::nullopt;
    if (then_ == Then::kFail) return fail(Code::kBadInput, "broken");
    pollfd wait{stop_.fd(), POLLIN, 0};
    ::poll(&wait, 1, -1);
    return fail(Code::kStopped, "stopped");
  }
  std::atomic<int> given = 0;

 private:
  const int count_;
  const Then then_;
  StopSource& stop_;
};

std::int64_t one_byte(const int&) {
  return 1;
}

std::vector<int> read(Source<int>& source, Result<void>& outcome) {
  std::vector<int> out;
  while (true) {
    auto item = source.next();
    if (!item) outcome = fail(std::move(item).error());
    if (!item || !*item) return out;
    out.push_back(**item);
  }
}

TEST(ReadAhead, GivesEverythingInOrderAndThenTheEnd) {
  StopSource stop;
  Numbers numbers(3, Numbers::Then::kEnd, stop);
  ReadAhead<int> ahead(numbers, stop, 2, one_byte);
  Result<void> outcome;
  EXPECT_THAT(read(ahead, outcome), ElementsAre(1, 2, 3));
  EXPECT_TRUE(outcome);
}

TEST(ReadAhead, AFailureComesAfterTheItemsBeforeIt) {
  StopSource stop;
  Numbers numbers(2, Numbers::Then::kFail, stop);
  ReadAhead<int> ahead(numbers, stop, 100, one_byte);
  Result<void> outcome;
  EXPECT_THAT(read(ahead, outcome), ElementsAre(1, 2));
  EXPECT_THAT(outcome, FailsWith(Code::kBadInput, "broken"));
  EXPECT_FALSE(stop.requested());
}

TEST(ReadAhead, ReadsNoFurtherThanItsLimit) {
  StopSource stop;
  Numbers numbers(1000, Numbers::Then::kEnd, stop);
  ReadAhead<int> ahead(numbers, stop, 5, one_byte);
  for (int i = 1; i <= 10; ++i) EXPECT_EQ(**ahead.next(), i);
  EXPECT_LE(numbers.given, 10 + 2 * 5);
}

TEST(ReadAhead, GivesUpWaitingWhenPatienceEnds) {
  StopSource stop;
  Numbers numbers(1, Numbers::Then::kWait, stop);
  ReadAhead<int> ahead(numbers, stop, 100, one_byte);
  EXPECT_EQ(**ahead.next(), 1);
  EXPECT_EQ(ahead.next_within(1ms)->state, State::kNothingYet);
  stop.request();
  EXPECT_THAT(ahead.next_within(10s), FailsWith(Code::kStopped, "stopped"));
}

TEST(ReadAhead, LeavesASourceThatWaits) {
  StopSource stop;
  Numbers numbers(1, Numbers::Then::kWait, stop);
  {
    ReadAhead<int> ahead(numbers, stop, 100, one_byte);
    EXPECT_EQ(**ahead.next(), 1);
  }
  EXPECT_TRUE(stop.requested());
}

TEST(ReadAhead, LeavesASourceItIsFarAheadOf) {
  StopSource stop;
  Numbers numbers(1000, Numbers::Then::kEnd, stop);
  ReadAhead<int> ahead(numbers, stop, 1, one_byte);
}

}  // namespace
}  // namespace weir::flow
