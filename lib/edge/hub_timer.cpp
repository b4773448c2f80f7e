#include "edge/hub_timer.h"

#include <algorithm>

#include <boost/asio/steady_timer.hpp>

namespace weir::edge {

using namespace std::chrono_literals;

class HubTimer::Beat : public std::enable_shared_from_this<Beat> {
 public:
  Beat(boost::asio::io_context& loop, Hub& hub, const Clock& clock)
      : timer_(loop), hub_(hub), clock_(clock) {}

  void wait() {
    constexpr std::chrono::nanoseconds kLongest = 20ms;
    const auto due = hub_.due();
    const auto rest = due ? *due - clock_.monotonic() : kLongest;
    timer_.expires_after(std::clamp<std::chrono::nanoseconds>(rest, 1ms, kLongest));
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code&) {
      if (self->stopped_) return;
      self->hub_.tick();
      self->wait();
    });
  }
  void stop() {
    stopped_ = true;
    timer_.cancel();
  }

 private:
  boost::asio::steady_timer timer_;
  Hub& hub_;
  const Clock& clock_;
  bool stopped_ = false;
};

HubTimer::HubTimer(boost::asio::io_context& loop, Hub& hub, const Clock& clock)
    : beat_(std::make_shared<Beat>(loop, hub, clock)) {
  beat_->wait();
}

HubTimer::~HubTimer() {
  beat_->stop();
}

}  // namespace weir::edge
