#include "rtmp/listener.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/sparing_log.h"
#include "net/acceptor.h"
#include "net/event_loop.h"
#include "rtmp/census.h"

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
        acceptor_(loop),
        census_(std::make_shared<Census>(
            CensusLimits{options.connections, options.all_strangers, options.strangers})) {
    if (options.log != nullptr) words_.emplace(*options.log);
  }

  Result<void> open() {
    if (options_.fd >= 0) return net::listen_on_socket(acceptor_, options_.fd);
    return net::listen_on(acceptor_, options_.address, options_.port);
  }

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
    for (const auto& each : connections_)
      if (const auto connection = each.lock()) connection->finish({Code::kStopped, "closed"});
  }

  std::uint16_t port() const { return net::port_of(acceptor_); }

  std::size_t count() const { return census_->count(); }

  std::uint64_t refused() const { return refused_; }

 private:
  void take(tcp::socket socket) {
    const std::string address = net::peer_address(socket);
    auto place = census_->enter(address);
    if (!place) return refuse(address);
    // As many as came meanwhile pay for it.
    if (connections_.size() > 2 * count() + 16)
      std::erase_if(connections_, [](const auto& each) { return each.expired(); });
    auto connection = Connection::start(loop_, net::accepted_stream(std::move(socket), tls_),
                                        Role::kServer, random_, options_.connection, make_session_);
    connection->keep(std::move(place));
    connections_.push_back(std::move(connection));
  }

  void refuse(const std::string& address) {
    ++refused_;
    if (words_)
      words_->warning(std::chrono::steady_clock::now().time_since_epoch(),
                      fmt::format("a peer at {} is sent away: there are {} already, {} of them "
                                  "strangers",
                                  address, count(), census_->strangers()));
  }

  asio::io_context& loop_;
  const ListenOptions options_;
  asio::ssl::context* const tls_;
  const Random& random_;
  const Connection::MakeSession make_session_;
  tcp::acceptor acceptor_;
  const std::shared_ptr<Census> census_;
  std::optional<SparingLog> words_;
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
  return door_->count();
}

std::uint64_t Listener::refused() const {
  return door_->refused();
}

}  // namespace weir::rtmp
