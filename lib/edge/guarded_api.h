// All guarded routes of a server, and what they share.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/result.h"
#include "edge/api_route.h"
#include "edge/config.h"
#include "net/event_loop.h"

namespace weir::edge {

struct GuardedApiReport {
  std::vector<ApiRouteReport> routes;
  guard::CacheStatistics cache;
};

/// The lines of /metrics.
std::string api_metrics(const GuardedApiReport& report);

/// Threads    One of its own for the calls to backends. report() from any, the rest by one other.
/// End        stop() while the server still runs; nothing is called any more. Goes after the
/// server.
class GuardedApi {
 public:
  /// Borrows all but the configuration. kIo for a fallback that cannot be read.
  static Result<std::unique_ptr<GuardedApi>> open(const EdgeConfig& config, const Clock& clock,
                                                  const Random& random, Log& log);
  ~GuardedApi() { stop(); }

  using Add = std::function<void(const std::string& path, HttpHandler& handler)>;
  /// Of every route.
  void add_to(const Add& add);
  GuardedApiReport report() const;
  void stop();

 private:
  GuardedApi(const EdgeConfig& config, const Clock& clock, std::uint64_t seed);
  Result<void> add(const ApiRouteConfig& config, const ApiServices& services);

  struct Route {
    std::string path;
    std::unique_ptr<ApiRoute> handler;
  };
  guard::Cache<ApiAnswer> cache_;
  guard::BucketTable buckets_;
  std::vector<Route> routes_;
  net::EventLoop loop_;  // what waits in it uses the routes
};

}  // namespace weir::edge
