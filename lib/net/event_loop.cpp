#include "net/event_loop.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace weir::net {

namespace asio = boost::asio;

EventLoop::EventLoop() : work_(context_.get_executor()), thread_([this] { context_.run(); }) {}

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
