#include "edge/api_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::edge {
namespace {

using namespace std::chrono_literals;

std::optional<guard::Lifetime> lifetime(unsigned status, const std::string& control,
                                        const std::string& vary = {}) {
  net::HttpResponse response;
  response.status = status;
  if (!control.empty()) response.headers.emplace_back("cache-control", control);
  if (!vary.empty()) response.headers.emplace_back("vary", vary);
  ApiCacheConfig config{.fresh = 1s, .refresh = 2s, .on_error = 3s, .negative = 4s, .jitter = 0};
  return lifetime_of(response, config, 0.5);
}

TEST(ApiAnswer, IsKeptAsTheConfigurationSaysWhenTheBackendSaysNothing) {
  const auto kept = lifetime(200, "");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->fresh, 1s);
  EXPECT_EQ(kept->refresh, 2s);
  EXPECT_EQ(kept->on_error, 3s);
}

TEST(ApiAnswer, IsKeptAsTheBackendSays) {
  const auto kept = lifetime(
      200, "max-age=10, S-MaxAge=20 , stale-while-revalidate=\"30\",stale-if-error=40, public");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->fresh, 20s);
  EXPECT_EQ(kept->refresh, 30s);
  EXPECT_EQ(kept->on_error, 40s);
  EXPECT_EQ(lifetime(200, "max-age=1e9")->fresh, 0s) << "what cannot be read has no time";
  EXPECT_EQ(lifetime(200, "max-age=-1")->fresh, 0s);
  EXPECT_EQ(lifetime(200, "max-age")->fresh, 0s);
  EXPECT_EQ(lifetime(200, "max-age=99999999999")->fresh, 365 * 24h);
}

TEST(ApiAnswer, IsNotKeptWhenItIsNotForAll) {
  for (const auto* control :
       {"no-store", "private", "no-cache", "max-age=9, No-Store", "private=\"set-cookie\""})
    EXPECT_FALSE(lifetime(200, control)) << control;
  EXPECT_FALSE(lifetime(200, "", "Accept, *"));
  EXPECT_TRUE(lifetime(200, "", "Accept"));
  for (const unsigned status : {201U, 206U, 302U, 401U, 429U, 500U})
    EXPECT_FALSE(lifetime(status, "max-age=9")) << status;
}

TEST(ApiAnswer, ThatThereIsNothingIsNeverStale) {
  const auto kept = lifetime(404, "stale-if-error=9");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->fresh, 4s);
  EXPECT_EQ(kept->refresh, 0s);
  EXPECT_EQ(kept->on_error, 0s);
}

TEST(ApiAnswer, SharesHeadAndContentInTheSameSecond) {
  net::HttpResponse response;
  response.status = 200;
  response.content = Bytes(10);
  const ApiAnswer answer(std::move(response), true);
  const auto one = answer.give({Served::kHit, 1, 2}), two = answer.give({Served::kHit, 1, 2});
  EXPECT_EQ(one.head, two.head);
  EXPECT_EQ(one.body, two.body);
  const auto later = answer.give({Served::kHit, 2, 1});
  EXPECT_NE(*later.head, *one.head);
  EXPECT_EQ(later.body, one.body);
}

TEST(ApiAnswer, IsToBeFetchedByOneInAWhile) {
  const ApiAnswer answer("", "text/plain");
  EXPECT_TRUE(answer.claim(1s, 250ms));
  EXPECT_FALSE(answer.claim(1s, 250ms));
  EXPECT_FALSE(answer.claim(1249ms, 250ms));
  EXPECT_TRUE(answer.claim(1250ms, 250ms));
}

}  // namespace
}  // namespace weir::edge
