#include "guard/single_flight.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::guard {
namespace {

using ::testing::ElementsAre;

using Flights = SingleFlight<std::shared_ptr<const std::string>>;

TEST(SingleFlight, OneFetchesForAllInTheOrderTheyCame) {
  Flights flights;
  std::vector<std::string> told;
  const auto note = [&](const char* who) {
    return [&told, who](const auto& result) { told.push_back(who + (" " + **result)); };
  };
  auto flight = flights.join("room", note("a"));
  ASSERT_TRUE(flight);
  EXPECT_FALSE(flights.join("room", note("b")));
  EXPECT_FALSE(flights.join("room", note("c")));
  EXPECT_EQ(flights.flying(), 1U);
  flight->land(std::make_shared<const std::string>("full"));
  EXPECT_THAT(told, ElementsAre("a full", "b full", "c full"));
  EXPECT_EQ(flights.flying(), 0U);
}

TEST(SingleFlight, KeysDoNotWaitForEachOther) {
  Flights flights;
  auto one = flights.join("one", [](const auto&) {});
  auto two = flights.join("two", [](const auto&) {});
  EXPECT_TRUE(one && two);
}

TEST(SingleFlight, AFailureReachesAll) {
  Flights flights;
  int failed = 0;
  const auto count = [&](const auto& result) { failed += result ? 0 : 1; };
  auto flight = flights.join("room", count);
  EXPECT_FALSE(flights.join("room", count));
  flight->land(fail(Code::kTimeout, "no answer"));
  EXPECT_EQ(failed, 2);
}

TEST(SingleFlight, AFlightThatIsGivenUpLeavesNobodyWaiting) {
  Flights flights;
  Code code = Code::kInternal;
  {
    auto flight = flights.join("room", [](const auto&) {});
    EXPECT_FALSE(flights.join("room", [&](const auto& result) { code = result.error().code; }));
  }
  EXPECT_EQ(code, Code::kStopped);
  EXPECT_EQ(flights.flying(), 0U);
}

TEST(SingleFlight, WhoeverIsToldMayAskAgain) {
  Flights flights;
  std::optional<Flights::Flight> again;
  auto flight =
      flights.join("room", [&](const auto&) { again = flights.join("room", [](const auto&) {}); });
  flight->land(std::make_shared<const std::string>());
  EXPECT_TRUE(again);
}

TEST(SingleFlight, AThousandMissesAtOnceAreOneFetch) {
  Flights flights;
  std::atomic<int> fetches{0}, told{0};
  std::atomic<bool> go{false};
  std::mutex mutex;
  std::vector<Flights::Flight> leaders;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      while (!go) std::this_thread::yield();
      for (int n = 0; n < 250; ++n)
        if (auto flight = flights.join("room", [&](const auto&) { ++told; })) {
          ++fetches;
          const std::lock_guard lock(mutex);
          leaders.push_back(std::move(*flight));
        }
    });
  go = true;
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(fetches, 1);
  leaders.front().land(std::make_shared<const std::string>());
  EXPECT_EQ(told, 1000);
}

}  // namespace
}  // namespace weir::guard
