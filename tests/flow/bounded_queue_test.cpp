#include "flow/bounded_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

namespace weir::flow {
namespace {

using ::testing::Optional;

struct Sample {
  int id = 0;
  std::int64_t bytes = 0;
  std::int64_t time_us = 0;
};

BoundedQueue<Sample> make_queue(QueueLimits limits) {
  return BoundedQueue<Sample>(
      limits, [](const Sample& s) { return s.bytes; }, [](const Sample& s) { return s.time_us; });
}

// True when push() waits: it has not come back although nothing else is left to happen. The pop
// that follows lets it through, so the test ends either way.
template <typename Queue, typename Item>
bool push_waits(Queue& queue, Item item) {
  auto pushed = std::async(std::launch::async, [&] { return queue.push(std::move(item)); });
  const bool waited = pushed.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout;
  if (waited) queue.pop();
  return pushed.get() && waited;
}

TEST(BoundedQueue, HandsOutInOrder) {
  BoundedQueue<int> queue({.items = 3});
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(queue.push(i));
  for (int i = 1; i <= 3; ++i) EXPECT_THAT(queue.pop(), Optional(i));
}

TEST(BoundedQueue, WaitsAtTheLimitOfItems) {
  BoundedQueue<int> queue({.items = 2});
  queue.push(1);
  queue.push(2);
  EXPECT_TRUE(push_waits(queue, 3));
}

TEST(BoundedQueue, WaitsAtTheLimitOfBytes) {
  auto queue = make_queue({.bytes = 100});
  queue.push({1, 60, 0});
  EXPECT_EQ(queue.bytes(), 60);
  queue.push({2, 40, 0});
  EXPECT_TRUE(push_waits(queue, Sample{3, 1, 0}));
}

TEST(BoundedQueue, WaitsAtTheLimitOfDuration) {
  auto queue = make_queue({.duration_us = 1000});
  queue.push({1, 0, 0});
  queue.push({2, 0, 1000});
  EXPECT_TRUE(push_waits(queue, Sample{3, 0, 1001}));
}

TEST(BoundedQueue, LetsOneItemOvershoot) {
  auto queue = make_queue({.bytes = 100});
  EXPECT_TRUE(queue.push({1, 99, 0}));
  EXPECT_TRUE(queue.push({2, 5000, 0}));  // not full yet: one large picture always passes
  EXPECT_EQ(queue.bytes(), 5099);
}

TEST(BoundedQueue, AnItemLargerThanAllLimitsPassesAlone) {
  auto queue = make_queue({.bytes = 10});
  EXPECT_TRUE(queue.push({1, 1000, 0}));
  EXPECT_EQ(queue.pop()->id, 1);
  EXPECT_EQ(queue.bytes(), 0);
}

TEST(BoundedQueue, CloseHandsOutTheRestThenEnds) {
  BoundedQueue<int> queue({});
  queue.push(1);
  queue.close();
  queue.close();
  EXPECT_FALSE(queue.push(2));
  EXPECT_THAT(queue.pop(), Optional(1));
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, CancelDropsTheContent) {
  auto queue = make_queue({});
  queue.push({1, 10, 0});
  queue.cancel();
  queue.cancel();
  EXPECT_EQ(queue.bytes(), 0);
  EXPECT_FALSE(queue.push({2, 10, 0}));
  EXPECT_FALSE(queue.pop().has_value());
}

TEST(BoundedQueue, CancelWakesAWaitingProducer) {
  BoundedQueue<int> queue({.items = 1});
  queue.push(1);
  auto pushed = std::async(std::launch::async, [&] { return queue.push(2); });
  queue.cancel();
  EXPECT_FALSE(pushed.get());
}

TEST(BoundedQueue, CloseWakesAWaitingConsumer) {
  BoundedQueue<int> queue({});
  auto popped = std::async(std::launch::async, [&] { return queue.pop(); });
  queue.close();
  EXPECT_EQ(popped.get(), std::nullopt);
}

TEST(BoundedQueue, PassesEverythingBetweenTwoThreads) {
  BoundedQueue<int> queue({.items = 4});
  constexpr int kCount = 20'000;
  std::jthread producer([&] {
    for (int i = 0; i < kCount; ++i) queue.push(i);
    queue.close();
  });
  int expected = 0;
  while (auto item = queue.pop()) ASSERT_EQ(*item, expected++);
  EXPECT_EQ(expected, kCount);
}

}  // namespace
}  // namespace weir::flow
