#include "flow/through.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "support/matchers.h"

namespace weir::flow {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Numbers : public Source<int> {
 public:
  Numbers(int last, bool fails) : last_(last), fails_(fails) {}
  Result<std::optional<int>> next() override {
    if (at_ < last_) return std::optional<int>(++at_);
    if (fails_) return fail(Code::kIo, "the source breaks");
    return std::optional<int>();
  }

 private:
  int at_ = 0;
  int last_;
  bool fails_;
};

// Gives each number twice, the last one only when it is finished.
class Twice : public Stage<int, int> {
 public:
  using Stage::Stage;
  Result<Flow> push(int item) override {
    if (item == bad) return fail(Code::kBadInput, "{} is bad", item);
    if (held_) {
      WEIR_TRY(emit(*held_));
      WEIR_TRY(emit(*held_));
    }
    held_ = item;
    return Flow::kMore;
  }
  Result<void> finish() override {
    if (held_) WEIR_TRY(emit(*held_));
    return finish_next();
  }
  int bad = -1;

 private:
  std::optional<int> held_;
};

struct ThroughTest : ::testing::Test {
  Result<void> run(Source<int>& source) {
    Through<int> through(source, stage, waiting);
    while (true) {
      WEIR_TRY_ASSIGN(const auto item, through.next());
      if (!item) return {};
      out.push_back(*item);
    }
  }
  Waiting<int> waiting;
  Twice stage{waiting};
  std::vector<int> out;
};

TEST_F(ThroughTest, GivesWhatTheStageMakesAndWhatItHeld) {
  Numbers source(3, false);
  ASSERT_THAT(run(source), IsOk());
  EXPECT_THAT(out, ElementsAre(1, 1, 2, 2, 3));
}

TEST_F(ThroughTest, NothingInIsNothingOut) {
  Numbers source(0, false);
  ASSERT_THAT(run(source), IsOk());
  EXPECT_THAT(out, ElementsAre());
}

TEST_F(ThroughTest, AFailureOfTheSourceComesBehindWhatTheStageHeld) {
  Numbers source(2, true);
  EXPECT_THAT(run(source), FailsWith(Code::kIo, HasSubstr("source breaks")));
  EXPECT_THAT(out, ElementsAre(1, 1, 2));
}

TEST_F(ThroughTest, AFailureOfTheStageComesAtOnce) {
  Numbers source(5, false);
  stage.bad = 3;
  EXPECT_THAT(run(source), FailsWith(Code::kBadInput, HasSubstr("3 is bad")));
  EXPECT_THAT(out, ElementsAre(1, 1));
}

}  // namespace
}  // namespace weir::flow
