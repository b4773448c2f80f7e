#include "base/sparing_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/words.h"

namespace weir {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(SparingLog, SaysSoManyInAWindowAndThenHowManyThereWere) {
  support::Words words;
  SparingLog log(words, 2, 10s);
  for (const auto* line : {"a", "b", "c", "d"}) log.warning(5s, line);
  EXPECT_THAT(words.warnings, ElementsAre("a", "b"));
  log.warning(14s, "e");
  log.warning(15s, "f");
  EXPECT_THAT(words.warnings,
              ElementsAre("a", "b", "3 more lines of this kind were left out", "f"));
}

TEST(SparingLog, NothingIsLeftOutOfFewLines) {
  support::Words words;
  SparingLog log(words, 2, 10s);
  for (const auto at : {0s, 9s, 10s, 100s}) log.warning(at, "line");
  EXPECT_THAT(words.warnings, ElementsAre("line", "line", "line", "line"));
}

}  // namespace
}  // namespace weir
