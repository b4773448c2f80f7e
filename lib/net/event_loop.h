// The thread that waits for sockets and timers, so that nobody else has to.
#pragma once

#include <functional>
#include <thread>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "base/units.h"

namespace weir::net {

/// With `rest`, a loop that has woken twice within that time sleeps for the remainder, and takes
/// together what came meanwhile: each waking costs more than most events do. stop() may have to
/// wait for the end of a rest.
///
/// One thread, begun here and joined by the destructor, runs every handler and coroutine: what they
/// share among themselves needs no lock. (Asio looks host names up on a further thread of its own,
/// which runs nothing of ours.) Handlers must not block, and must not throw.
/// End        stop() and the destructor end it at once, and no handler runs afterwards. What still
///            waited is destroyed with the loop, without being called: so a coroutine must not need
///            its last lines, and may own what uses the loop.
/// Threads    post() and context() from any thread; stop() not from the loop's own.
class EventLoop {
 public:
  explicit EventLoop(Micros rest = {});
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  boost::asio::io_context& context() { return context_; }
  void stop();
  /// Runs `task` on the loop's thread, after those posted before it.
  void post(std::function<void()> task);

 private:
  void run(Micros rest);

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

/// For coroutines on a loop: `co_await pause(500ms)`.
boost::asio::awaitable<void> pause(Micros time);

}  // namespace weir::net
