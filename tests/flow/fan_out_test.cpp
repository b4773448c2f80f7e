#include "flow/fan_out.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::flow {
namespace {

TEST(FanOut, GivesEveryItemToEveryWorkerInOrder) {
  std::vector<std::vector<int>> seen(5);
  FanOut<int> fan_out(4, 8);
  for (auto& list : seen) fan_out.add([&list](const int& item) { list.push_back(item); });
  std::vector<int> sent;
  for (int i = 0; i < 500; ++i) {
    fan_out.push(i);
    sent.push_back(i);
  }
  fan_out.wait();
  for (const auto& list : seen) EXPECT_EQ(list, sent);
}

TEST(FanOut, HoldsNoMoreThanItsWindow) {
  struct Counted {
    explicit Counted(std::atomic<int>& alive) : alive_(&alive) { ++*alive_; }
    Counted(Counted&& other) noexcept : alive_(other.alive_) { ++*alive_; }
    ~Counted() { --*alive_; }
    std::atomic<int>* alive_;
  };
  std::atomic<int> alive{0};
  std::atomic<int> most{0};
  FanOut<Counted> fan_out(2, 3);
  fan_out.add([&](const Counted&) {
    int seen = alive;
    int before = most;
    while (before < seen && !most.compare_exchange_weak(before, seen)) {
    }
  });
  fan_out.add([](const Counted&) { std::this_thread::yield(); });
  for (int i = 0; i < 200; ++i) fan_out.push(Counted(alive));
  fan_out.wait();
  EXPECT_EQ(alive, 0);
  EXPECT_LE(most, 3 + 2);  // and the one on its way in, while it is moved
}

TEST(FanOut, OneJobIsEnoughForManyWorkers) {
  std::atomic<int> calls{0};
  FanOut<int> fan_out(1, 2);
  for (int i = 0; i < 8; ++i) fan_out.add([&](const int&) { ++calls; });
  for (int i = 0; i < 50; ++i) fan_out.push(i);
  fan_out.wait();
  EXPECT_EQ(calls, 400);
}

TEST(FanOut, OfNothingEnds) {
  FanOut<int> fan_out(2, 2);
  fan_out.add([](const int&) {});
  fan_out.wait();
}

TEST(FanOut, RunsTheLastTasksOfAllAndWaits) {
  std::atomic<int> done{0};
  FanOut<int> fan_out(2, 2);
  fan_out.run({[&] { ++done; }, [&] { ++done; }, [&] { ++done; }});
  EXPECT_EQ(done, 3);
}

}  // namespace
}  // namespace weir::flow
