#include "rtmp/listener.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/acceptor.h"
#include "net/event_loop.h"

namespace weir::rtmp {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr Micros kPauseAfterFailure{100'000};  // no descriptor left, for one

}  // namespace

// Shared with the coroutine that accepts.
class Listener::Door {
 public:
  Door(asio::io_context& loop, const ListenOptions& options, asio::ssl::context* tls,
       const Random& random, Connection::MakeSession make_session)
      : loop_(loop),
        options_(options),
        tls_(tls),
        random_(random),
        make_session_(std::move(make_session)),
        acceptor_(loop) {}

  Result<void> open() { return net::listen_on(acceptor_, options_.address, options_.port); }

  static asio::awaitable<void> accept(std::shared_ptr<Door> door) {
    while (door->acceptor_.is_open()) {
      error_code ec;
      auto socket =
          co_await door->acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, ec));
      if (!ec)
        door->take(std::move(socket));
      else if (door->acceptor_.is_open())
        co_await net::pause(kPauseAfterFailure);
    }
  }

  void close() {
    error_code ignored;
    acceptor_.close(ignored);
    for (const auto& connection : connections()) connection->finish({Code::kStopped, "closed"});
  }

  std::uint16_t port() const { return net::port_of(acceptor_); }

  std::vector<std::shared_ptr<Connection>> connections() const {
    std::vector<std::shared_ptr<Connection>> out;
    for (const auto& each : connections_)
      if (auto connection = each.lock(); connection && !connection->ended())
        out.push_back(std::move(connection));
    return out;
  }

  std::uint64_t refused() const { return refused_; }

 private:
  void take(tcp::socket socket) {
    auto stream = net::accepted_stream(std::move(socket), tls_);
    const auto there = connections();
    connections_.assign(there.begin(), there.end());
    if (!has_place(there, stream->peer())) {
      ++refused_;
      return;
    }
    connections_.push_back(Connection::start(loop_, std::move(stream), Role::kServer, random_,
                                             options_.connection, make_session_));
  }

  bool has_place(const std::vector<std::shared_ptr<Connection>>& there,
                 const std::string& address) const {
    const auto strangers = std::count_if(there.begin(), there.end(), [&](const auto& connection) {
      return !connection->trusted() && connection->peer() == address;
    });
    return there.size() < options_.connections &&
           static_cast<std::size_t>(strangers) < options_.strangers;
  }

  asio::io_context& loop_;
  const ListenOptions options_;
  asio::ssl::context* const tls_;
  const Random& random_;
  const Connection::MakeSession make_session_;
  tcp::acceptor acceptor_;
  std::vector<std::weak_ptr<Connection>> connections_;
  std::uint64_t refused_ = 0;
};

Result<std::unique_ptr<Listener>> Listener::open(asio::io_context& loop,
                                                 const ListenOptions& options,
                                                 asio::ssl::context* tls, const Random& random,
                                                 Connection::MakeSession make_session) {
  auto door = std::make_shared<Door>(loop, options, tls, random, std::move(make_session));
  WEIR_TRY(door->open());
  asio::co_spawn(loop, Door::accept(door), asio::detached);
  return std::unique_ptr<Listener>(new Listener(std::move(door)));
}

Listener::Listener(std::shared_ptr<Door> door) : door_(std::move(door)) {}

Listener::~Listener() {
  door_->close();
}

std::uint16_t Listener::port() const {
  return door_->port();
}

std::size_t Listener::connections() const {
  return door_->connections().size();
}

std::uint64_t Listener::refused() const {
  return door_->refused();
}

}  // namespace weir::rtmp
