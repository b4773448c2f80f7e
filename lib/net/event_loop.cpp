#include "net/event_loop.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace weir::net {

namespace asio = boost::asio;

EventLoop::EventLoop(Micros rest)
    : work_(context_.get_executor()), thread_([this, rest] { run(rest); }) {}

void EventLoop::run(Micros rest) {
  using std::chrono::steady_clock;
  auto looked = steady_clock::time_point::min();
  while (context_.run_one() > 0) {
    context_.poll();
    const auto next = looked + rest;
    looked = steady_clock::now();
    if (looked >= next) continue;
    std::this_thread::sleep_until(next);
    looked = next;
  }
}

EventLoop::~EventLoop() {
  stop();
}

void EventLoop::stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void EventLoop::post(std::function<void()> task) {
  asio::post(context_, std::move(task));
}

asio::awaitable<void> pause(Micros time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace weir::net
