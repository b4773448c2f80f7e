// An HTTP/1.1 and HTTP/2 server: connections, deadlines and limits; what is answered is its
// handlers' matter. Source: RFC 9110, RFC 9112, RFC 9113.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "base/units.h"
#include "edge/access_log.h"
#include "edge/http_answer.h"
#include "edge/http_census.h"
#include "edge/http_request.h"
#include "net/peer_socket.h"
#include "net/tls.h"

namespace weir::edge {

/// A connection that is its handler's alone: the server has forgotten it but for its place among
/// those it may have, which lasts as long as `place`.
struct TakenConnection {
  std::optional<net::PeerSocket> socket;  ///< On its executor's thread; empty: it is gone.
  std::string unread;                     ///< What the client sent behind its request.
  std::shared_ptr<void> place;
};

/// Takes the content of a request, piece by piece as it comes.
/// Threads    As HttpExchange.
class HttpContentSink {
 public:
  virtual ~HttpContentSink() = default;
  /// False: no more is wanted, and the exchange has been answered.
  virtual bool take(std::string_view piece) = 0;
  /// All of it was there. Never called when the client leaves before, or breaks the rules: then the
  /// sink goes, and the exchange is over.
  virtual void end() = 0;
};

/// One request that waits for its answer.
/// Ownership  A handler that keeps it answers later. One that was let go without an answer, or
///            waits longer than HttpTimeouts::answer, is answered with 503.
/// Threads    All on the executor's thread; post there to answer from another.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;
  /// Once, or take_over() instead. Nothing happens when the client has gone.
  virtual void answer(HttpAnswer answer) = 0;
  /// Instead of answering at once: the request's content goes to the sink, also from within, and
  /// the answer is given there. Who asked whether to send it (Expect) is told to. Over HTTP/2 the
  /// client is told to come again with HTTP/1.1.
  virtual void read_content(std::unique_ptr<HttpContentSink>) { take_over(); }
  /// For answers without an end and other protocols (WebSocket): nothing has been written; the
  /// request's bytes are gone afterwards. Over HTTP/2, where a connection has many requests, the
  /// client is told to come again with HTTP/1.1, and there is no socket.
  virtual TakenConnection take_over() = 0;
  /// The client has gone, or the answer was given.
  virtual bool is_over() const = 0;
  virtual boost::asio::any_io_executor executor() = 0;
  /// The client's address, without its port.
  virtual const std::string& peer() const = 0;
};
using HttpExchangePtr = std::shared_ptr<HttpExchange>;

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  /// `request` is borrowed for the call; its content, if any, is not read unless the exchange is
  /// told to: the connection ends with the answer then.
  /// Threads    From every loop of the server at once.
  virtual void handle(const HttpRequest& request, HttpExchangePtr exchange) = 0;
};

/// Which handler a path belongs to: that with the longest prefix. A prefix ends at a '/' of the
/// path or at its end: "/live" has "/live" and "/live/a", not "/lively".
class HttpRoutes {
 public:
  /// Borrows the handler. `prefix` begins with '/'; "/" has everything.
  void add(std::string prefix, HttpHandler& handler);
  /// nullptr: nobody's.
  HttpHandler* find(std::string_view path) const;

 private:
  struct Route {
    std::string prefix;  // without '/' at its end
    HttpHandler* handler;
  };
  std::vector<Route> routes_;  // longest first
};

struct HttpTimeouts {
  Micros head{10'000'000};     ///< From the first byte of a request to the end of its head.
  Micros idle{30'000'000};     ///< Between requests, and before the first.
  Micros content{20'000'000};  ///< Between two pieces of a request's content.
  Micros answer{60'000'000};   ///< For the handler.
  Micros write{20'000'000};    ///< Without a byte the client takes.
};

struct HttpDoor {
  std::string address = "127.0.0.1";  ///< IPv4, or IPv6 without brackets; "::" takes both.
  std::uint16_t port = 8080;          ///< 0: one that is free.
  net::HttpIdentity* tls = nullptr;   ///< Borrowed. nullptr: plain.
  int fd = -1;  ///< Borrowed: a socket that listens already, instead of a place.
};

struct HttpServerOptions {
  std::vector<HttpDoor> doors{HttpDoor{}};
  int loops = 1;              ///< Threads, each with a loop and connections of its own.
  HttpCensusLimits census{};  ///< Who comes beyond is answered 503 or 429.
  HttpLimits limits{};
  HttpTimeouts timeouts{};
  Micros tick{1'000'000};       ///< How often deadlines are looked at.
  AccessLog* access = nullptr;  ///< Borrowed. Has a line of every answer.
  Log* log = nullptr;           ///< Borrowed. Is told who is sent away, sparingly.
};

struct HttpCounters {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;  ///< Sent away at once, because there were too many.
  std::uint64_t requests = 0;
  std::uint64_t bytes_sent = 0;            ///< Of answers, heads included.
  std::uint64_t open = 0;                  ///< Connections now, those taken over included.
  std::array<std::uint64_t, 5> answers{};  ///< By class of their status, 1xx first.
};

/// Under TLS a client may choose HTTP/2. Deadlines are kept by a timer of each loop that looks at
/// all its connections. End        drain() takes no more connections, ends those between requests
/// and the others with
///            their answer. The destructor ends all at once; taken connections are their owners'.
/// Memory     Each connection has its head's limit at most, and what its answer holds.
/// Threads    All calls from any thread.
class HttpServer {
 public:
  /// Borrows `routes`, which do not change any more, and `clock`. kUsage for what is no address,
  /// kIo for one that cannot be had, naming it.
  static Result<std::unique_ptr<HttpServer>> open(const HttpServerOptions& options,
                                                  const HttpRoutes& routes, const Clock& clock);
  ~HttpServer();

  /// Of a door, as they were given.
  std::uint16_t port(std::size_t door = 0) const;
  HttpCounters counters() const;
  /// For those who come from now on.
  void set(const HttpCensusLimits& limits);
  void drain();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::edge
