#include "net/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::net {
namespace {

using namespace std::chrono_literals;
using ::testing::Eq;
using ::testing::Optional;

constexpr std::int64_t kNow = 784'111'777'000'000;  // 1994-11-06T08:49:37Z

TEST(Backoff, DoublesUpToTheLongest) {
  const RetryPolicy policy{.first = 200ms, .longest = 1500ms};
  EXPECT_EQ(backoff(policy, 1, 1), 200ms);
  EXPECT_EQ(backoff(policy, 2, 1), 400ms);
  EXPECT_EQ(backoff(policy, 3, 1), 800ms);
  EXPECT_EQ(backoff(policy, 4, 1), 1500ms);
  EXPECT_EQ(backoff(policy, 1'000'000, 1), 1500ms);
}

TEST(Backoff, ChanceTakesUpToHalfOfIt) {
  const RetryPolicy policy{.first = 200ms, .longest = 1s};
  EXPECT_EQ(backoff(policy, 1, 0), 100ms);
  EXPECT_EQ(backoff(policy, 1, 0.5), 150ms);
  EXPECT_EQ(backoff(policy, 9, 0), 500ms);
}

TEST(RetryAfter, IsANumberOfSeconds) {
  EXPECT_THAT(parse_retry_after("0", kNow), Optional(Eq(0s)));
  EXPECT_THAT(parse_retry_after("120", kNow), Optional(Eq(120s)));
  EXPECT_GE(*parse_retry_after("99999999999999999999", kNow), 24h);
}

TEST(RetryAfter, OrADate) {
  EXPECT_THAT(parse_retry_after("Sun, 06 Nov 1994 08:49:47 GMT", kNow), Optional(Eq(10s)));
  EXPECT_THAT(parse_retry_after("Sun, 06 Nov 1994 08:49:07 GMT", kNow), Optional(Eq(0s)));
}

TEST(RetryAfter, AnythingElseSaysNothing) {
  for (const char* bad : {"", "-1", "1.5", "soon", "1 ", "Sun, 06 Nov 1994 08:49:47 CET",
                          "Sun, 06 Now 1994 08:49:47 GMT", "Sun, 31 Feb 1994 08:49:47 GMT",
                          "Sun, 06 Nov 19x4 08:49:47 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"})
    EXPECT_EQ(parse_retry_after(bad, kNow), std::nullopt) << bad;
}

}  // namespace
}  // namespace weir::net
