// What a guarded route is told: where its answers come from, and how they are kept and rationed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/toml_table.h"
#include "base/units.h"
#include "guard/circuit_breaker.h"
#include "guard/token_bucket.h"

namespace weir::edge {

/// For how long an answer is kept when the backend does not say it (Cache-Control).
struct ApiCacheConfig {
  Micros fresh{1'000'000};
  Micros refresh{5'000'000};     ///< Stale, while a new one is fetched.
  Micros on_error{600'000'000};  ///< Stale, when it cannot be fetched.
  Micros negative{1'000'000};    ///< That there is no such thing (404, 410).
  double jitter = 0.1;           ///< Share by which a time is shorter by chance.
  bool operator==(const ApiCacheConfig&) const = default;
};

struct ApiBreakerConfig {
  Micros window{2'000'000};
  int least_calls = 5;
  double error_rate = 0.5;
  double slow_rate = 0.8;
  Micros slow{1'000'000};
  Micros open_for{1'000'000};
  int probes = 2;
  bool operator==(const ApiBreakerConfig&) const = default;
};

struct ApiBucketConfig {
  int rate = 0;  ///< Requests in `per`; 0: no bucket.
  Micros per{1'000'000};
  int burst = 0;              ///< 0: as `rate`.
  std::string key = "route";  ///< "route", "address" or "header:NAME".
  bool operator==(const ApiBucketConfig&) const = default;
};

struct ApiRouteConfig {
  std::string path{};                       ///< "/api/room", and all below it.
  std::string backend{};                    ///< "http://10.0.0.5:9000", or with a path.
  std::vector<std::string> methods{"GET"};  ///< HEAD goes with GET. The others are passed on.
  std::string fallback{};                   ///< File to be given when there is nothing else.
  Micros timeout{2'000'000};                ///< Of a call to the backend.
  int connections = 32;                     ///< To the backend.
  std::int64_t request_bytes = 64 << 10;    ///< Of a request's content.
  std::int64_t answer_bytes = 1 << 20;      ///< Of an answer's.
  ApiCacheConfig cache{};
  ApiBreakerConfig breaker{};
  ApiBucketConfig bucket{};
  bool operator==(const ApiRouteConfig&) const = default;
};

/// One [[api]]. kUsage, "FILE:LINE: …", for what is wrong in it.
Result<ApiRouteConfig> read_api_route(const TomlTable& table);
/// Whether the routes go together. kUsage.
Result<void> check_api_routes(const std::vector<ApiRouteConfig>& routes);

guard::BreakerSettings breaker_settings(const ApiBreakerConfig& config);
guard::Quota quota_of(const ApiBucketConfig& config);

}  // namespace weir::edge
