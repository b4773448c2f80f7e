// A server behind this one, over a bounded number of connections that stay open.
#pragma once

#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/result.h"
#include "base/units.h"
#include "net/http_client.h"
#include "net/url.h"

namespace weir::guard {

struct UpstreamSettings {
  net::Url url;               ///< "http" or "https".
  int connections = 32;       ///< At the same time.
  int waiting = 1'000;        ///< Calls that wait for one of them.
  Micros timeout{2'000'000};  ///< For a place, for the connection, and for the answer.
};

/// Threads    All on the loop, or while it does not run. Outlives its calls.
class Upstream {
 public:
  /// The right to make one call.
  class Place {
   public:
    Place(Place&& other) noexcept : upstream_(std::exchange(other.upstream_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place();

    /// Once. Unless it `may_repeat` the request has a connection of its own that nobody used
    /// before: one that was open may have been closed by the server, and then nobody knows whether
    /// it has the request.
    boost::asio::awaitable<Result<net::HttpResponse>> send(net::HttpRequest request,
                                                           bool may_repeat);

   private:
    friend class Upstream;
    explicit Place(Upstream& upstream) : upstream_(&upstream) {}
    Upstream* upstream_;
  };

  Upstream(boost::asio::io_context& loop, UpstreamSettings settings);
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  const net::Url& url() const { return settings_.url; }
  /// kRefused when too many wait already, kTimeout when none became free.
  boost::asio::awaitable<Result<Place>> enter();
  /// Lets go of what needs the loop, which is not to run any more.
  void close();

 private:
  struct Turn {
    explicit Turn(boost::asio::io_context& loop) : timer(loop) {}
    boost::asio::steady_timer timer;
    bool has_come = false;
  };
  using Connection = std::unique_ptr<net::HttpConnection>;

  Connection connection(bool may_be_used);
  void leave();

  boost::asio::io_context& loop_;
  const UpstreamSettings settings_;
  boost::asio::ssl::context tls_;
  std::vector<Connection> idle_;
  std::deque<std::shared_ptr<Turn>> turns_;
  int inside_ = 0;
};

}  // namespace weir::guard
