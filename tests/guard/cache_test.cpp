#include "guard/cache.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guard/s3_fifo.h"
#include "support/fake_clock.h"

namespace weir::guard {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using ::testing::ElementsAre;
using Text = Cache<std::string>;

constexpr Lifetime kLife{.fresh = 10s, .refresh = 5s, .on_error = 60s};

std::shared_ptr<const std::string> text(std::string value) {
  return std::make_shared<const std::string>(std::move(value));
}

struct Caching : ::testing::Test {
  support::FakeClock clock;
  Text cache{{.bytes = 100'000, .shards = 1}, clock};

  std::string look(std::string_view key) {
    const auto found = cache.find(key);
    if (!found) return "nothing";
    const char* const how = found->freshness == Freshness::kFresh   ? ""
                            : found->freshness == Freshness::kStale ? " stale"
                                                                    : " on error";
    return (found->value ? *found->value : "no such thing") + how;
  }
};

TEST_F(Caching, WhatWasPutIsFreshThenStaleThenForErrorsOnlyThenGone) {
  EXPECT_EQ(look("room"), "nothing");
  cache.put("room", text("full"), 4, kLife);
  EXPECT_EQ(look("room"), "full");
  clock.advance(10s - 1ns);
  EXPECT_EQ(look("room"), "full");
  EXPECT_EQ(cache.find("room")->left, 1ns);
  clock.advance(1ns);
  EXPECT_EQ(look("room"), "full stale");
  EXPECT_EQ(cache.find("room")->age, 10s);
  clock.advance(5s);
  EXPECT_EQ(look("room"), "full on error");
  clock.advance(55s);
  EXPECT_EQ(look("room"), "nothing");
  EXPECT_EQ(cache.statistics().entries, 0);
}

TEST_F(Caching, ThatThereIsNoSuchThingIsNeverGivenOutStale) {
  cache.put("room", nullptr, 0, kLife);
  EXPECT_EQ(look("room"), "no such thing");
  clock.advance(10s);
  EXPECT_EQ(look("room"), "nothing");
}

TEST_F(Caching, ANewValueTakesThePlaceOfTheOld) {
  cache.put("room", text("full"), 1000, kLife);
  const auto held = cache.find("room")->value;
  cache.put("room", text("empty"), 10, kLife);
  EXPECT_EQ(look("room"), "empty");
  EXPECT_EQ(*held, "full");  // whoever uses it keeps it
  EXPECT_EQ(cache.statistics().entries, 1);
  EXPECT_LT(cache.statistics().bytes, 1000);
}

TEST_F(Caching, ATagTakesAllThatCarryIt) {
  const std::vector<std::string> one{"a"}, both{"a", "b"}, other{"b"};
  cache.put("1", text("1"), 1, kLife, cache.mark(one));
  cache.put("2", text("2"), 1, kLife, cache.mark(both));
  cache.put("3", text("3"), 1, kLife, cache.mark(other));
  cache.invalidate("a");
  EXPECT_EQ(look("1"), "nothing");
  EXPECT_EQ(look("2"), "nothing");
  EXPECT_EQ(look("3"), "3");
  cache.put("1", text("new"), 1, kLife, cache.mark(one));
  EXPECT_EQ(look("1"), "new");
}

TEST_F(Caching, WhatWasFetchedBeforeAnInvalidationIsNotKeptBehindIt) {
  const std::vector<std::string> tags{"a"};
  auto marks = cache.mark(tags);
  cache.invalidate("a");  // while it is fetched
  cache.put("room", text("old"), 1, kLife, std::move(marks));
  EXPECT_EQ(look("room"), "nothing");
}

TEST_F(Caching, TagsThatNothingCarriesAreForgotten) {
  Tags tags;
  for (int i = 0; i < 10'000; ++i) tags.mark("tag " + std::to_string(i));
  EXPECT_LT(tags.size(), 200U);
}

TEST_F(Caching, WhatIsTooLargeIsNotKeptAndTakesNothingAway) {
  cache.put("small", text("s"), 10, kLife);
  cache.put("large", text("l"), 100'001, kLife);
  EXPECT_EQ(look("small"), "s");
  EXPECT_EQ(look("large"), "nothing");
  EXPECT_EQ(cache.statistics().refused, 1);
}

TEST_F(Caching, WhatIsWantedAgainOutlivesAScan) {
  for (int i = 0; i < 20; ++i) cache.put("hot " + std::to_string(i), text("h"), 1000, kLife);
  for (int i = 0; i < 20; ++i) look("hot " + std::to_string(i));
  for (int i = 0; i < 10'000; ++i) {
    cache.put("once " + std::to_string(i), text("o"), 1000, kLife);
    if (i % 50 == 0)
      for (int n = 0; n < 20; ++n) look("hot " + std::to_string(n));
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(look("hot " + std::to_string(i)), "h");
}

/// S3-FIFO as its authors tell it, on plain lists, for items that all cost 1.
class PlainS3Fifo {
 public:
  void add(int item) {
    const auto ghost = std::find(ghosts_.begin(), ghosts_.end(), item);
    const bool again = ghost != ghosts_.end();
    if (again) ghosts_.erase(ghost);
    (again ? long_ : short_).insert((again ? long_ : short_).begin(), {item, 0});
  }
  void touch(int item) {
    for (auto* queue : {&short_, &long_})
      for (auto& each : *queue)
        if (each.first == item) each.second = std::min(each.second + 1, 3);
  }
  int evict() {
    for (;;) {
      const bool from_new = long_.empty() || (!short_.empty() && 10 * short_.size() >= size());
      auto& queue = from_new ? short_ : long_;
      const auto [item, wanted] = queue.back();
      queue.pop_back();
      if (wanted > 0) {
        long_.insert(long_.begin(), {item, from_new ? 0 : wanted - 1});
        continue;
      }
      if (from_new) ghosts_.push_back(item);
      while (from_new && ghosts_.size() > long_.size()) ghosts_.erase(ghosts_.begin());
      return item;
    }
  }
  std::size_t size() const { return short_.size() + long_.size(); }

 private:
  std::vector<std::pair<int, int>> short_, long_;
  std::vector<int> ghosts_;
};

TEST(S3FifoOrder, IsThatOfPlainLists) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 50; ++round) {
    PlainS3Fifo plain;
    S3Fifo<int> queue;
    std::map<int, S3Fifo<int>::Place> places;
    for (int i = 0; i < 1000; ++i) {
      const int item = static_cast<int>(random() % 60);
      if (const auto known = places.find(item); known != places.end()) {
        S3Fifo<int>::touch(known->second);
        plain.touch(item);
        continue;
      }
      if (places.size() >= 30) {
        const auto place = queue.next();
        const int gone = S3Fifo<int>::item(place);
        queue.erase(place);
        places.erase(gone);
        ASSERT_EQ(gone, plain.evict()) << round << ' ' << i;
      }
      places[item] = queue.add(item, 1, static_cast<std::uint64_t>(item));
      plain.add(item);
      ASSERT_EQ(queue.size(), plain.size());
      ASSERT_EQ(queue.cost(), static_cast<std::int64_t>(plain.size()));
    }
  }
}

TEST(Ghosts, AreAsManyAsAllowedAndTheOldestGoesFirst) {
  Ghosts ghosts;
  for (std::uint64_t i = 0; i < 100; ++i) ghosts.add(i, 10);
  EXPECT_EQ(ghosts.size(), 10U);
  EXPECT_FALSE(ghosts.take(89));
  EXPECT_TRUE(ghosts.take(90));
  EXPECT_FALSE(ghosts.take(90));
  ghosts.add(90, 10);  // again: it is the newest now
  for (std::uint64_t i = 200; i < 209; ++i) ghosts.add(i, 10);
  EXPECT_TRUE(ghosts.take(90));
}

/// Whatever is done: nothing is given out that was not put last, or whose time is over, and the
/// bytes are never exceeded.
TEST(CacheModel, NeverGivesOutWhatIsWrong) {
  std::mt19937_64 random(9);
  support::FakeClock clock;
  Cache<int> cache({.bytes = 20'000, .shards = 4}, clock);
  struct Known {
    int value = 0;
    nanoseconds at{};
    Lifetime life;
  };
  std::map<std::string, Known> model;
  std::int64_t found = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::string key = "key " + std::to_string(random() % 200);
    clock.advance(nanoseconds(random() % 20'000'000));
    switch (random() % 8) {
      case 0:
      case 1: {
        const Lifetime life{nanoseconds(random() % 3'000'000'000),
                            nanoseconds(random() % 1'000'000'000),
                            nanoseconds(random() % 3'000'000'000)};
        cache.put(key, std::make_shared<const int>(i), static_cast<std::int64_t>(random() % 400),
                  life);
        model[key] = {i, clock.monotonic(), life};
        break;
      }
      case 2:
        cache.remove(key);
        model.erase(key);
        break;
      default: {
        const auto got = cache.find(key);
        if (!got) break;
        ++found;
        ASSERT_TRUE(model.contains(key)) << key;
        const Known& known = model[key];
        const auto age = clock.monotonic() - known.at;
        ASSERT_EQ(*got->value, known.value);
        ASSERT_EQ(got->age, age);
        ASSERT_LT(age, known.life.fresh + std::max(known.life.refresh, known.life.on_error));
        ASSERT_EQ(got->freshness == Freshness::kFresh, age < known.life.fresh);
      }
    }
    ASSERT_LE(cache.statistics().bytes, 20'000);
  }
  EXPECT_GT(found, 5'000);
}

TEST(CacheThreads, ShareItWithoutHarm) {
  support::FakeClock clock;
  Cache<int> cache({.bytes = 50'000, .shards = 4}, clock);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      std::mt19937_64 random(static_cast<std::uint64_t>(t));
      for (int i = 0; i < 20'000; ++i) {
        const int n = static_cast<int>(random() % 500);
        const std::string key = std::to_string(n);
        if (const auto found = cache.find(key))
          ASSERT_EQ(*found->value, n);
        else
          cache.put(key, std::make_shared<const int>(n), 100, kLife);
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_GT(cache.statistics().hits, 10'000);
}

TEST(EarlyRefresh, IsLikelierTheSoonerTheEndAndTheLongerTheFetch) {
  const auto share = [](nanoseconds left, nanoseconds fetch) {
    int due = 0;
    for (int i = 1; i <= 1000; ++i) due += refreshes_early(left, fetch, i / 1000.0) ? 1 : 0;
    return due;
  };
  EXPECT_EQ(share(0s, 50ms), 1000);
  EXPECT_NEAR(share(50ms, 50ms), 368, 1);  // 1 / e
  EXPECT_NEAR(share(150ms, 50ms), 50, 1);  // 1 / e^3
  EXPECT_EQ(share(10s, 50ms), 0);
}

TEST(Jitter, StaysWithinItsShare) {
  EXPECT_EQ(jittered(10s, 0.1, 0), 9s);
  EXPECT_EQ(jittered(10s, 0.1, 0.5), 10s);
  EXPECT_EQ(jittered(10s, 0.1, 1), 11s);
  EXPECT_EQ(jittered(10s, 0, 1), 10s);
}

}  // namespace
}  // namespace weir::guard
