#include "flow/pump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "support/collect.h"
#include "support/matchers.h"

namespace weir::flow {
namespace {

using support::Collect;
using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Gives `items`, then ends, or fails with `failure` when there is one.
class Numbers : public Source<int> {
 public:
  explicit Numbers(std::vector<int> items, Result<void> outcome = {})
      : items_(std::move(items)), outcome_(std::move(outcome)) {}

  Result<std::optional<int>> next() override {
    if (given < items_.size()) return items_[given++];
    ++ends;
    if (!outcome_) return fail(outcome_.error());
    return std::nullopt;
  }

  std::size_t given = 0;
  int ends = 0;

 private:
  std::vector<int> items_;
  Result<void> outcome_;
};

TEST(Pump, MovesEverythingInOrderThenFinishesOnce) {
  Numbers source({1, 2, 3});
  Collect<int> sink;
  EXPECT_THAT(pump(source, sink), IsOk());
  EXPECT_THAT(sink.items, ElementsAre(1, 2, 3));
  EXPECT_EQ(sink.finished, 1);
}

TEST(Pump, AnEmptySourceStillFinishesTheSink) {
  Numbers source({});
  Collect<int> sink;
  EXPECT_THAT(pump(source, sink), IsOk());
  EXPECT_THAT(sink.items, IsEmpty());
  EXPECT_EQ(sink.finished, 1);
}

TEST(Pump, AFailingSourceIsReportedAfterTheSinkIsFinished) {
  Numbers source({1, 2}, fail(Code::kBadInput, "cut off"));
  Collect<int> sink;
  EXPECT_THAT(pump(source, sink), FailsWith(Code::kBadInput, "cut off"));
  EXPECT_THAT(sink.items, ElementsAre(1, 2));
  EXPECT_EQ(sink.finished, 1);
}

TEST(Pump, AStopIsAnEndLikeAnyOther) {
  Numbers source({1}, fail(Code::kStopped, "stopped"));
  Collect<int> sink;
  EXPECT_THAT(pump(source, sink), IsOk());
  EXPECT_EQ(sink.finished, 1);
}

TEST(Pump, AFailureBelowEndsItAndAsksTheSourceNoMore) {
  Numbers source({1, 2, 3});
  Collect<int> sink;
  sink.fail_at = 2;
  EXPECT_THAT(pump(source, sink), FailsWith(Code::kIo, "disk full"));
  EXPECT_EQ(source.given, 2u);
  EXPECT_EQ(sink.finished, 1);
}

TEST(Pump, DoneBelowIsACleanEnd) {
  Numbers source({1, 2, 3});
  Collect<int> sink;
  sink.done_at = 2;
  EXPECT_THAT(pump(source, sink), IsOk());
  EXPECT_EQ(source.given, 2u);
  EXPECT_EQ(source.ends, 0);
  EXPECT_EQ(sink.finished, 1);
}

TEST(Pump, AFailureOfFinishIsReported) {
  Numbers source({1});
  Collect<int> sink;
  sink.finish_result = fail(Code::kIo, "cannot rename");
  EXPECT_THAT(pump(source, sink), FailsWith(Code::kIo, "cannot rename"));
}

TEST(Pump, TheCauseIsReportedAndNotItsEcho) {
  Numbers source({1}, fail(Code::kBadInput, "cut off"));
  Collect<int> sink;
  sink.finish_result = fail(Code::kIo, "nothing to finish");
  EXPECT_THAT(pump(source, sink), FailsWith(Code::kBadInput, "cut off"));
}

}  // namespace
}  // namespace weir::flow
