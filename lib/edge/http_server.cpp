#include "edge/http_server.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <future>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "edge/http_loop.h"
#include "net/acceptor.h"
#include "net/event_loop.h"

namespace weir::edge {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kPauseAfterFailure{100};  // no descriptor left, for one

constexpr int kMostTurnedAway = 64;  // at a time, when no descriptor is left

/// A descriptor to give up when there is no other: for as long as it takes to tell somebody so.
class Spare {
 public:
  Spare() { take(); }
  ~Spare() { give(); }
  Spare(const Spare&) = delete;
  Spare& operator=(const Spare&) = delete;
  void take() { fd_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
  void give() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

bool belongs(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

/// One door of one loop.
class Entrance {
 public:
  Entrance(asio::io_context& loop, const HttpDoor& door, std::shared_ptr<HttpLoopState> state)
      : door_(door), state_(std::move(state)), acceptor_(loop), pause_(loop) {}

  Result<void> listen(std::uint16_t port) {
    if (door_.fd >= 0)
      WEIR_TRY(net::listen_on_socket(acceptor_, door_.fd));
    else
      WEIR_TRY(net::listen_on(acceptor_, door_.address, port, state_->shared->options.loops > 1));
    port_ = net::port_of(acceptor_);
    return {};
  }
  // From any thread, when it has listened.
  std::uint16_t port() const { return port_; }

  void accept() {
    acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (ec) return accept_later(ec);
      take(std::move(socket));
      accept();
    });
  }
  void close() {
    error_code ignored;
    acceptor_.close(ignored);
  }

 private:
  void accept_later(error_code why) {
    if (why == asio::error::no_descriptors) turn_away();
    pause_.expires_after(kPauseAfterFailure);
    pause_.async_wait([this](error_code) {
      if (acceptor_.is_open()) accept();
    });
  }

  // They would wait for us without a word otherwise.
  void turn_away() {
    state_->shared->census->tell("no descriptor is left (ulimit -n)");
    error_code ec;
    acceptor_.non_blocking(true, ec);
    for (int i = 0; i < kMostTurnedAway && !ec; ++i) {
      spare_.give();
      tcp::socket socket(acceptor_.get_executor());
      acceptor_.accept(socket, ec);
      if (!ec) say_no(std::move(socket));
      spare_.take();
    }
  }

  void say_no(tcp::socket socket) {
    ++state_->shared->accepted;
    ++state_->shared->refused;
    if (door_.tls != nullptr) return;
    static const std::string kText =
        make_head(503, 0, "Connection: close\r\nRetry-After: 5\r\n\r\n");
    net::PeerSocket peer(std::move(socket));
    const iovec part{const_cast<char*>(kText.data()), kText.size()};
    peer.write({&part, 1});
    peer.end_writing();
    std::array<std::uint8_t, 4096>
        ignored;  // what is unread when it is closed takes the words away
    peer.read(ignored);
  }

  void take(tcp::socket socket) {
    HttpShared& shared = *state_->shared;
    ++shared.accepted;
    net::PeerSocket mine = peer(std::move(socket));
    auto [place, status] = shared.census->enter(mine.peer());
    if (status == 0) return welcome({std::move(mine), state_, std::move(place)});
    ++shared.refused;
    dismiss(std::move(mine), state_, status);
  }

  net::PeerSocket peer(tcp::socket socket) const {
    if (door_.tls == nullptr) return net::PeerSocket(std::move(socket));
    return {std::move(socket), door_.tls->current()->native_handle()};
  }

  const HttpDoor& door_;
  const std::shared_ptr<HttpLoopState> state_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  asio::steady_timer pause_;
  Spare spare_;
};

/// One loop: its doors, its timer, its connections.
class Lane {
 public:
  explicit Lane(std::shared_ptr<HttpShared> shared)
      : state_(std::make_shared<HttpLoopState>()), ticks_(loop_.context()) {
    state_->shared = std::move(shared);
    state_->tick();
    for (const HttpDoor& door : state_->shared->options.doors)
      entrances_.emplace_back(loop_.context(), door, state_);
  }

  /// On the ports of another lane, or as the doors say.
  Result<void> listen(const Lane* other) {
    for (std::size_t i = 0; i < entrances_.size(); ++i)
      WEIR_TRY(entrances_[i].listen(other != nullptr ? other->port(i)
                                                     : state_->shared->options.doors[i].port));
    return {};
  }

  std::uint16_t port(std::size_t door) const { return entrances_[door].port(); }

  void start() {
    loop_.post([this] {
      for (Entrance& each : entrances_) each.accept();
      tick();
    });
  }

  void drain() {
    loop_.post([this] {
      for (Entrance& each : entrances_) each.close();
      for_each([](HttpClient& each) { each.drain(); });
    });
  }

  // A handler may keep an exchange longer than the loop lasts, but not its socket.
  void stop() {
    std::promise<void> done;
    loop_.post([&] {
      for_each([](HttpClient& each) { each.close(); });
      done.set_value();
    });
    done.get_future().wait();
    loop_.stop();
  }

 private:
  void tick() {
    state_->tick();
    for_each([](HttpClient& each) { each.check_deadline(); });
    ticks_.expires_after(state_->shared->options.tick);
    ticks_.async_wait([this](error_code ec) {
      if (!ec) tick();
    });
  }

  // The connection may leave the list meanwhile, and no other does.
  template <typename Action>
  void for_each(Action action) {
    for (auto at = state_->clients.begin(); at != state_->clients.end();) action(*at++);
  }

  const std::shared_ptr<HttpLoopState> state_;
  net::EventLoop loop_;
  std::deque<Entrance> entrances_;
  asio::steady_timer ticks_;
};

}  // namespace

void HttpRoutes::add(std::string prefix, HttpHandler& handler) {
  if (prefix.ends_with('/')) prefix.pop_back();
  routes_.push_back({std::move(prefix), &handler});
  std::stable_sort(routes_.begin(), routes_.end(), [](const Route& a, const Route& b) {
    return a.prefix.size() > b.prefix.size();
  });
}

HttpHandler* HttpRoutes::find(std::string_view path) const {
  for (const Route& route : routes_)
    if (belongs(path, route.prefix)) return route.handler;
  return nullptr;
}

class HttpServer::Impl {
 public:
  Impl(const HttpServerOptions& options, const HttpRoutes& routes, const Clock& clock)
      : shared_(new HttpShared{options, routes, clock,
                               std::make_shared<HttpCensus>(options.census, clock, options.log)}) {}
  ~Impl() {
    for (const auto& lane : lanes_) lane->stop();
  }

  Result<void> open() {
    for (int i = 0; i < shared_->options.loops; ++i) {
      lanes_.push_back(std::make_unique<Lane>(shared_));
      WEIR_TRY(lanes_.back()->listen(i > 0 ? lanes_.front().get() : nullptr));
    }
    for (const auto& lane : lanes_) lane->start();
    return {};
  }

  std::uint16_t port(std::size_t door) const { return lanes_.front()->port(door); }
  const HttpShared& shared() const { return *shared_; }
  void drain() {
    shared_->draining = true;
    for (const auto& lane : lanes_) lane->drain();
  }

 private:
  const std::shared_ptr<HttpShared> shared_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

Result<std::unique_ptr<HttpServer>> HttpServer::open(const HttpServerOptions& options,
                                                     const HttpRoutes& routes, const Clock& clock) {
  auto impl = std::make_unique<Impl>(options, routes, clock);
  WEIR_TRY(impl->open());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port(std::size_t door) const {
  return impl_->port(door);
}

HttpCounters HttpServer::counters() const {
  const HttpShared& shared = impl_->shared();
  HttpCounters out{shared.accepted,   shared.refused,         shared.requests,
                   shared.bytes_sent, shared.census->count(), {}};
  std::copy(shared.answers.begin(), shared.answers.end(), out.answers.begin());
  return out;
}

void HttpServer::set(const HttpCensusLimits& limits) {
  impl_->shared().census->set(limits);
}

void HttpServer::drain() {
  impl_->drain();
}

}  // namespace weir::edge
