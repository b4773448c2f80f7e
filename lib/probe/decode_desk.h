// Work that takes long, done by another thread than the loop's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "flow/bounded_queue.h"

namespace weir::probe {

/// Jobs are done one after the other, by whoever is in work().
/// Threads    run() on the loop, work() on one other thread, close() on any.
class DecodeDesk {
 public:
  explicit DecodeDesk(boost::asio::io_context& loop) : loop_(loop) {}

  /// Does jobs until close(). Those that wait then are dropped.
  void work() {
    while (auto job = jobs_.pop()) (*job)();
  }
  void close() { jobs_.cancel(); }

  /// What `job` gives, without holding up the loop. Never comes back once the desk is closed.
  template <typename T>
  boost::asio::awaitable<T> run(std::function<T()> job) {
    struct Slot {
      explicit Slot(boost::asio::io_context& loop) : done(loop) {
        done.expires_at(std::chrono::steady_clock::time_point::max());
      }
      boost::asio::steady_timer done;
      std::optional<T> value;
    };
    const auto slot = std::make_shared<Slot>(loop_);
    jobs_.push([this, slot, job = std::move(job)] {
      auto value = std::make_shared<T>(job());
      boost::asio::post(loop_, [slot, value] {
        slot->value = std::move(*value);
        slot->done.cancel();
      });
    });
    boost::system::error_code cancelled;
    while (!slot->value)
      co_await slot->done.async_wait(
          boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    co_return std::move(*slot->value);
  }

 private:
  boost::asio::io_context& loop_;
  flow::BoundedQueue<std::function<void()>> jobs_{{}};
};

}  // namespace weir::probe
