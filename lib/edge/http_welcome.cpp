#include <utility>

#include "edge/http2_connection.h"
#include "edge/http_connection.h"
#include "edge/http_loop.h"

namespace weir::edge {

using boost::system::error_code;

namespace {

void serve(HttpArrival arrival) {
  if (arrival.socket.protocol() == "h2")
    return std::make_shared<Http2Connection>(std::move(arrival))->start();
  std::make_shared<HttpConnection>(std::move(arrival))->start();
}

/// A client whose TLS handshake is under way.
class Handshake : public std::enable_shared_from_this<Handshake>, public HttpClient {
 public:
  explicit Handshake(HttpArrival arrival)
      : arrival_(std::in_place, std::move(arrival)),
        deadline_(arrival_->loop->now + arrival_->loop->shared->options.timeouts.head) {}

  void start() {
    arrival_->loop->clients.push_back(*this);
    go_on();
  }
  void check_deadline() override {
    if (arrival_ && arrival_->loop->now >= deadline_) close();
  }
  void drain() override { close(); }
  void close() override {
    unlink();
    arrival_.reset();
  }

 private:
  void go_on() {
    const net::Step step = arrival_->socket.shake_hands();
    if (step == net::Step::kEnded) return close();
    if (step == net::Step::kDone) return hand_over();
    arrival_->socket.wait(step, [self = shared_from_this()](const error_code& error) {
      if (!self->arrival_) return;
      error ? self->close() : self->go_on();
    });
  }
  void hand_over() {
    unlink();
    HttpArrival arrival = std::move(*arrival_);
    arrival_.reset();
    serve(std::move(arrival));
  }

  std::optional<HttpArrival> arrival_;  // until it is gone
  const std::chrono::nanoseconds deadline_;
};

}  // namespace

void welcome(HttpArrival arrival) {
  if (!arrival.socket.is_secure()) return serve(std::move(arrival));
  std::make_shared<Handshake>(std::move(arrival))->start();
}

}  // namespace weir::edge
