#include <array>
#include <utility>

#include "edge/http2_connection.h"
#include "edge/http_connection.h"
#include "edge/http_loop.h"

namespace weir::edge {

using boost::system::error_code;

namespace {

constexpr Micros kPatience{2'000'000};       // with one that is sent away
constexpr std::size_t kMostDismissed = 256;  // at a time, of one loop

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

/// A client that has been told to go. Closing while it still sends would take the words away.
class Dismissal : public std::enable_shared_from_this<Dismissal>, public HttpClient {
 public:
  Dismissal(net::PeerSocket socket, std::shared_ptr<HttpLoopState> loop)
      : socket_(std::in_place, std::move(socket)),
        loop_(std::move(loop)),
        deadline_(loop_->now + kPatience) {
    ++loop_->dismissed;
  }
  ~Dismissal() override { --loop_->dismissed; }

  void start(const std::string& text) {
    loop_->clients.push_back(*this);
    const iovec part{const_cast<char*>(text.data()), text.size()};
    socket_->write({&part, 1});
    socket_->end_writing();
    listen();
  }
  void check_deadline() override {
    if (loop_->now >= deadline_) close();
  }
  void drain() override { close(); }
  void close() override {
    unlink();
    socket_.reset();
  }

 private:
  void listen() {
    socket_->wait(net::Step::kRead, [self = shared_from_this()](const error_code& error) {
      if (!self->socket_) return;
      std::array<std::uint8_t, 4096> ignored;
      if (error || self->socket_->read(ignored).step == net::Step::kEnded) return self->close();
      self->listen();
    });
  }

  std::optional<net::PeerSocket> socket_;  // until it is closed
  const std::shared_ptr<HttpLoopState> loop_;
  const std::chrono::nanoseconds deadline_;
};

}  // namespace

void dismiss(net::PeerSocket socket, const std::shared_ptr<HttpLoopState>& loop, unsigned status) {
  loop->shared->answers[status / 100 - 1].fetch_add(1, std::memory_order_relaxed);
  if (socket.is_secure() || loop->dismissed >= kMostDismissed) return;
  std::make_shared<Dismissal>(std::move(socket), loop)
      ->start(make_head(status, 0,
                        "Connection: close\r\nRetry-After: 5\r\nCache-Control: no-store\r\n"
                        "Access-Control-Allow-Origin: *\r\n\r\n"));
}

void welcome(HttpArrival arrival) {
  if (!arrival.socket.is_secure()) return serve(std::move(arrival));
  std::make_shared<Handshake>(std::move(arrival))->start();
}

}  // namespace weir::edge
