// A path whose answers come from a backend that must not be asked more than it can bear.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "edge/api_answer.h"
#include "edge/api_config.h"
#include "edge/http_server.h"
#include "guard/bucket_table.h"
#include "guard/cache.h"
#include "guard/circuit_breaker.h"
#include "guard/single_flight.h"
#include "guard/upstream.h"
#include "net/retry.h"

namespace weir::edge {

/// What guarded routes share; borrowed, all.
struct ApiServices {
  boost::asio::io_context& loop;  ///< That of the calls to backends.
  guard::Cache<ApiAnswer>& cache;
  guard::BucketTable& buckets;
  const Clock& clock;
  net::Random dice;  ///< From any thread.
  Log& log;
};

struct ApiRouteReport {
  std::string path;
  std::array<std::uint64_t, 7> served{};  ///< By Served.
  std::uint64_t limited = 0;              ///< Refused by a bucket.
  std::uint64_t unavailable = 0;          ///< There was nothing to give.
  std::uint64_t calls = 0, failed = 0;    ///< To the backend.
  std::uint64_t opened = 0;               ///< Times the breaker did.
  guard::BreakerState breaker = guard::BreakerState::kClosed;
};

/// GET and HEAD without credentials are answered from the cache that all share: at once what is
/// fresh, or stale while one call fetches it anew; else all who ask wait for one call, and for its
/// whole answer. When that fails, or the breaker says it would, they get what is kept for errors,
/// then the fallback, then 503. Nothing a client sends but path and query is told to the backend
/// then. Every other allowed request is passed on by itself, with its fields, and its answer is not
/// kept; one that may change something is sent once, unless it has an Idempotency-Key.
/// Threads    As HttpHandler; report() from any. The loop ends before the server does, the server
///            before the route.
class ApiRoute : public HttpHandler {
 public:
  ApiRoute(ApiRouteConfig config, net::Url backend, ApiAnswerPtr fallback, ApiServices services);
  void handle(const HttpRequest& request, HttpExchangePtr exchange) override;
  ApiRouteReport report() const;
  /// Once the loop does not run any more.
  void close() { upstream_.close(); }

 private:
  class Content;
  struct Waiting;
  using Answered = Result<ApiAnswerPtr>;
  using Found = guard::Cache<ApiAnswer>::Found;
  using Flights = guard::SingleFlight<ApiAnswerPtr>;

  bool allows(std::string_view method) const;
  /// The fields that tell what is left; empty when the request has been refused.
  std::optional<std::string> take_token(const HttpRequest& request, HttpExchange& exchange);
  void read(const HttpRequest& request, HttpExchangePtr exchange, const std::string& more);
  void give(const HttpRequest& request, HttpExchange& exchange, const Found& found, Served served,
            const std::string& more);
  void refresh(const std::string& key);
  void fetch_for(const std::string& key, HttpExchangePtr exchange, std::string more);
  void finish(HttpExchange& exchange, const std::string& key, Served served,
              const Answered& answered, const std::string& more);
  void give_instead(HttpExchange& exchange, const std::string& key, const std::string& more);
  boost::asio::awaitable<void> fetch(Flights::Flight flight);
  void pass(const HttpRequest& request, HttpExchangePtr exchange, std::string more);
  void send_on(net::HttpRequest request, std::string content, HttpExchangePtr exchange,
               std::string more);
  boost::asio::awaitable<Answered> pass_on(net::HttpRequest request, std::string content);
  boost::asio::awaitable<Result<net::HttpResponse>> call(net::HttpRequest request, bool may_repeat);
  void finish_passed(HttpExchange& exchange, const Answered& answered, const std::string& more);
  HttpAnswer unavailable(unsigned status, const std::string& more);
  net::HttpRequest request_for(std::string_view method, std::string_view path_and_query) const;
  void count(Served served);
  void tell(guard::BreakerState from, guard::BreakerState to);

  const ApiRouteConfig config_;
  const std::string allowed_;
  const guard::Quota quota_;
  const ApiAnswerPtr fallback_;
  const ApiServices services_;
  guard::Upstream upstream_;
  guard::CircuitBreaker breaker_;
  Flights flights_;
  std::array<std::atomic<std::uint64_t>, 7> served_{};
  std::atomic<std::uint64_t> limited_{0}, unavailable_{0}, calls_{0}, failed_{0}, opened_{0};
};

}  // namespace weir::edge
