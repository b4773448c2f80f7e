// The pool runs every task it was given, not more of them at a time than it was told.
#include "flow/task_pool.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::flow {
namespace {

// How many threads are between enter() and leave(), and how many were there at most.
class Crowd {
 public:
  void enter() {
    const int now = ++inside_;
    int most = most_;
    while (now > most && !most_.compare_exchange_weak(most, now)) {
    }
  }
  void leave() { --inside_; }
  int most() const { return most_; }

 private:
  std::atomic<int> inside_{0};
  std::atomic<int> most_{0};
};

double busy_work() {
  double sum = 0;
  for (int i = 1; i < 20'000; ++i) sum += 1.0 / i;
  return sum;
}

TEST(TaskPool, RunsEveryTaskOnce) {
  TaskPool pool(4);
  std::vector<std::atomic<int>> ran(1000);
  for (auto& count : ran) pool.run([&count] { ++count; });
  pool.wait();
  EXPECT_TRUE(std::all_of(ran.begin(), ran.end(), [](const auto& n) { return n == 1; }));
}

TEST(TaskPool, WaitWithoutTasksReturns) {
  TaskPool pool(2);
  pool.wait();
  pool.wait();
}

TEST(TaskPool, WaitIncludesWhatTasksStarted) {
  TaskPool pool(2);
  std::atomic<int> ran{0};
  std::function<void(int)> split = [&](int depth) {
    ++ran;
    if (depth == 0) return;
    for (int i = 0; i < 2; ++i) pool.run([&split, depth] { split(depth - 1); });
  };
  pool.run([&] { split(9); });
  pool.wait();
  EXPECT_EQ(ran, 1023);
}

TEST(TaskPool, CanBeUsedAgainAfterWaiting) {
  TaskPool pool(2);
  int sum = 0;  // seen across threads by wait() alone
  for (int i = 1; i <= 50; ++i) {
    pool.run([&sum, i] { sum += i; });
    pool.wait();
    ASSERT_EQ(sum, i * (i + 1) / 2);
  }
}

TEST(TaskPool, OneJobRunsOneTaskAfterTheOther) {
  TaskPool pool(1);
  std::vector<int> ran;  // not guarded: there is one task at a time
  for (int i = 0; i < 200; ++i) pool.run([&ran, i] { ran.push_back(i); });
  pool.wait();
  std::sort(ran.begin(), ran.end());
  std::vector<int> wanted(200);
  std::iota(wanted.begin(), wanted.end(), 0);
  EXPECT_EQ(ran, wanted);
}

TEST(TaskPool, NoMoreTasksAtATimeThanJobs) {
  for (const int jobs : {1, 2, 3}) {
    TaskPool pool(jobs);
    Crowd crowd;
    std::atomic<double> sink{0};
    for (int i = 0; i < 300; ++i)
      pool.run([&] {
        crowd.enter();
        sink = busy_work();
        crowd.leave();
      });
    pool.wait();
    EXPECT_LE(crowd.most(), jobs);
  }
}

TEST(TaskPool, AsManyTasksAtATimeAsJobsEvenOnFewerCores) {
  // Each task waits for all others to have begun, so they end only when they run side by side.
  constexpr int kJobs = 4;
  TaskPool pool(kJobs);
  std::atomic<int> begun{0};
  for (int i = 0; i < kJobs; ++i)
    pool.run([&begun] {
      ++begun;
      while (begun < kJobs) std::this_thread::yield();
    });
  pool.wait();
  EXPECT_EQ(begun, kJobs);
}

TEST(TaskPool, TheCallerOfWaitRunsNoTask) {
  TaskPool pool(1);
  const auto caller = std::this_thread::get_id();
  std::atomic<bool> on_caller{false};
  for (int i = 0; i < 100; ++i)
    pool.run([&, caller] {
      if (std::this_thread::get_id() == caller) on_caller = true;
    });
  pool.wait();
  EXPECT_FALSE(on_caller);
}

TEST(TaskPool, ManyThreadsMayHandInTasks) {
  TaskPool pool(2);
  std::atomic<int> ran{0};
  std::vector<std::thread> givers;
  for (int t = 0; t < 4; ++t)
    givers.emplace_back([&] {
      for (int i = 0; i < 250; ++i) pool.run([&ran] { ++ran; });
    });
  for (auto& giver : givers) giver.join();
  pool.wait();
  EXPECT_EQ(ran, 1000);
}

TEST(TaskPool, ItsEndWaitsForItsTasks) {
  std::atomic<int> ran{0};
  {
    TaskPool pool(2);
    for (int i = 0; i < 100; ++i)
      pool.run([&ran] {
        busy_work();
        ++ran;
      });
  }
  EXPECT_EQ(ran, 100);
}

TEST(TaskPool, ZeroJobsMeansAllCores) {
  EXPECT_EQ(TaskPool(0).jobs(), tbb::info::default_concurrency());
  EXPECT_EQ(TaskPool(7).jobs(), 7);
}

}  // namespace
}  // namespace weir::flow
