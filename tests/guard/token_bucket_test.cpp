#include "guard/token_bucket.h"

#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "guard/bucket_table.h"

namespace weir::guard {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr Quota kTenASecond{.tokens = 10, .per = 1s, .burst = 3};

TEST(TokenBucket, ABurstGoesAtOnceAndThenAnEvenFlow) {
  BucketState state{0};
  const nanoseconds now = 100s;
  for (int left = 2; left >= 0; --left) {
    const Verdict verdict = take(state, kTenASecond, now);
    EXPECT_TRUE(verdict.allowed);
    EXPECT_EQ(verdict.remaining, left);
    EXPECT_EQ(verdict.full_after, (3 - left) * 100ms);
  }
  const Verdict refused = take(state, kTenASecond, now);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, 100ms);
  EXPECT_FALSE(take(state, kTenASecond, now + 99ms).allowed);
  EXPECT_TRUE(take(state, kTenASecond, now + 100ms).allowed);
  EXPECT_FALSE(take(state, kTenASecond, now + 150ms).allowed);
}

TEST(TokenBucket, WhatIsRefusedTakesNothing) {
  BucketState state{0};
  EXPECT_TRUE(take(state, kTenASecond, 1s, 2).allowed);
  const Verdict refused = take(state, kTenASecond, 1s, 2);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.remaining, 1);
  EXPECT_EQ(refused.retry_after, 100ms);
  EXPECT_TRUE(take(state, kTenASecond, 1s, 1).allowed);
}

TEST(TokenBucket, MoreThanABurstIsNeverAllowed) {
  BucketState state{0};
  const Verdict refused = take(state, kTenASecond, 1s, 4);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, nanoseconds::max());
  EXPECT_EQ(state.load(), 0);
}

TEST(TokenBucket, OddRatesHaveAnIntervalToo) {
  EXPECT_EQ((Quota{.tokens = 3, .per = 1s}.interval()), nanoseconds(333'333'333));
  EXPECT_EQ((Quota{.tokens = 4'000'000'000, .per = 1s}.interval()), nanoseconds(1));
  EXPECT_EQ((Quota{.tokens = 0, .per = 1s}.interval()), 1s);
}

/// A bucket as it is told of in words: so many tokens, and one more at every interval.
struct Words {
  std::int64_t burst;
  nanoseconds interval;
  double tokens = static_cast<double>(burst);
  nanoseconds last{};

  bool take(nanoseconds now, std::int64_t cost) {
    tokens += static_cast<double>((now - last).count()) / static_cast<double>(interval.count());
    tokens = std::min(tokens, static_cast<double>(burst));
    last = now;
    if (tokens + 1e-6 < static_cast<double>(cost)) return false;
    tokens -= static_cast<double>(cost);
    return true;
  }
};

TEST(TokenBucket, DoesAsTheBucketOfWordsWhateverComes) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    const Quota quota{.tokens = 1 + static_cast<std::int64_t>(random() % 1000),
                      .per = 1s,
                      .burst = 1 + static_cast<std::int64_t>(random() % 50)};
    BucketState state{0};
    Words words{quota.burst, quota.interval()};
    nanoseconds now = 0s;
    for (int i = 0; i < 500; ++i) {
      now += nanoseconds(random() % (3 * static_cast<std::uint64_t>(quota.interval().count())));
      const auto cost = 1 + static_cast<std::int64_t>(random() % 5);
      ASSERT_EQ(take(state, quota, now, cost).allowed, words.take(now, cost)) << round << ' ' << i;
    }
  }
}

TEST(TokenBucket, RetryAfterIsTheEarliestThatIsAllowed) {
  std::mt19937_64 random(11);
  BucketState state{0};
  nanoseconds now = 0s;
  for (int i = 0; i < 1000; ++i) {
    now += nanoseconds(random() % 100'000'000);
    const auto cost = 1 + static_cast<std::int64_t>(random() % 3);
    const Verdict verdict = take(state, kTenASecond, now, cost);
    if (verdict.allowed) continue;
    BucketState early{state.load()}, due{state.load()};
    EXPECT_FALSE(take(early, kTenASecond, now + verdict.retry_after - 1ns, cost).allowed);
    EXPECT_TRUE(take(due, kTenASecond, now + verdict.retry_after, cost).allowed);
  }
}

TEST(TokenBucket, ManyThreadsTakeNoMoreThanThereIs) {
  BucketState state{0};
  const Quota quota{.tokens = 1, .per = 3600s, .burst = 1000};
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) taken += take(state, quota, 1s).allowed ? 1 : 0;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 1000);
}

TEST(BucketTable, EachKeyHasABucketOfItsOwn) {
  BucketTable table(1000, 42);
  for (int i = 0; i < 100; ++i) {
    const std::string key = "viewer " + std::to_string(i);
    for (int n = 0; n < 3; ++n) EXPECT_TRUE(table.take(key, kTenASecond, 1s).allowed) << key;
    EXPECT_FALSE(table.take(key, kTenASecond, 1s).allowed) << key;
  }
  EXPECT_TRUE(table.take("viewer 0", kTenASecond, 1s + 100ms).allowed);
}

TEST(BucketTable, MoreKeysThanFitGetTooLittleAndNeverTooMuch) {
  BucketTable table(64, 42);
  std::int64_t allowed = 0;
  for (int round = 0; round < 4; ++round)
    for (int i = 0; i < 1000; ++i)
      allowed += table.take("viewer " + std::to_string(i), kTenASecond, 1s).allowed ? 1 : 0;
  EXPECT_GE(allowed, 64 * 3);        // who has a place
  EXPECT_LE(allowed, (64 + 8) * 3);  // and one shared bucket for each eight places
}

TEST(BucketTable, KeysThatRestMakeRoom) {
  BucketTable table(64, 42);
  for (int i = 0; i < 1000; ++i) table.take("old " + std::to_string(i), kTenASecond, 1s);
  int places = 0;
  for (int i = 0; i < 32; ++i) {
    const std::string key = "new " + std::to_string(i);
    int allowed = 0;
    for (int n = 0; n < 4; ++n) allowed += table.take(key, kTenASecond, 2s).allowed ? 1 : 0;
    places += allowed == 3 ? 1 : 0;
  }
  EXPECT_GE(places, 28);  // but for sets that many of them share
}

}  // namespace
}  // namespace weir::guard
