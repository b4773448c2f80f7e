#include "net/event_loop.h"

#include <atomic>
#include <future>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace weir::net {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(EventLoop, RunsTasksInTheirOrderOnItsOwnThread) {
  std::vector<int> order;
  std::promise<std::thread::id> where;
  EventLoop loop;
  for (int i = 0; i < 3; ++i) loop.post([&order, i] { order.push_back(i); });
  loop.post([&where] { where.set_value(std::this_thread::get_id()); });
  EXPECT_NE(where.get_future().get(), std::this_thread::get_id());
  EXPECT_THAT(order, ElementsAre(0, 1, 2));
}

TEST(EventLoop, APauseLetsOthersRun) {
  std::promise<void> done;
  std::vector<int> order;
  EventLoop loop;
  const auto waiting = [&]() -> boost::asio::awaitable<void> {
    co_await pause(2ms);
    order.push_back(2);
    done.set_value();
  };
  boost::asio::co_spawn(loop.context(), waiting, boost::asio::detached);
  loop.post([&] { order.push_back(1); });
  done.get_future().get();
  EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST(EventLoop, OneThatRestsTakesWhatComesMeanwhileTogether) {
  using std::chrono::steady_clock;
  EventLoop loop(20ms);
  const auto ran = [&loop] {
    std::this_thread::sleep_for(1ms);  // the loop is asleep again
    std::promise<steady_clock::time_point> at;
    loop.post([&at] { at.set_value(steady_clock::now()); });
    return at.get_future().get();
  };
  const auto first = ran();
  for (int i = 0; i < 20; ++i) ran();
  EXPECT_GE(ran() - first, 3 * 20ms);
}

TEST(EventLoop, StoppedItRunsNothingMore) {
  std::atomic<bool> ran = false;
  EventLoop loop;
  const auto waiting = [&]() -> boost::asio::awaitable<void> {
    co_await pause(1h);
    ran = true;
  };
  boost::asio::co_spawn(loop.context(), waiting, boost::asio::detached);
  loop.stop();
  loop.stop();
  loop.post([&] { ran = true; });
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace weir::net
