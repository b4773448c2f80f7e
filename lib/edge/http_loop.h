// What the connections of an HTTP server share.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include <boost/intrusive/list.hpp>

#include "edge/http_census.h"
#include "edge/http_server.h"
#include "net/peer_socket.h"

namespace weir::edge {

/// Of all loops.
struct HttpShared {
  HttpServerOptions options;
  const HttpRoutes& routes;
  const Clock& clock;
  const std::shared_ptr<HttpCensus> census;
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> bytes_sent{0};
  std::array<std::atomic<std::uint64_t>, 5> answers{};  // by class of their status
  std::atomic<bool> draining{false};
};

using HttpHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// A connection as its loop sees it.
class HttpClient : public HttpHook {
 public:
  virtual ~HttpClient() = default;
  /// Ends it when its deadline has passed, or its client has left before it was answered.
  virtual void check_deadline() = 0;
  /// At once when it is between requests, else with its answer.
  virtual void drain() = 0;
  virtual void close() = 0;
};

/// Of one loop, besides.
struct HttpLoopState {
  std::shared_ptr<HttpShared> shared;
  std::chrono::nanoseconds now{};  ///< As of the last tick: deadlines need no more.
  std::string date;                ///< "Date: …\r\n"
  std::size_t dismissed = 0;       ///< Clients that are being sent away.
  boost::intrusive::list<HttpClient, boost::intrusive::base_hook<HttpHook>,
                         boost::intrusive::constant_time_size<false>>
      clients;

  /// Asks the clock again.
  void tick();
};

/// A socket that was accepted by one of the loop's doors; `place` is free again at its end.
struct HttpArrival {
  net::PeerSocket socket;
  std::shared_ptr<HttpLoopState> loop;
  std::shared_ptr<void> place;
};

/// Shakes hands where there is TLS, and then serves it.
void welcome(HttpArrival arrival);
/// Tells it to come later, with that status, and closes once it has heard that; at once when too
/// many are being told so, and where there is TLS.
void dismiss(net::PeerSocket socket, const std::shared_ptr<HttpLoopState>& loop, unsigned status);

}  // namespace weir::edge
