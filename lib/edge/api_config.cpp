#include "edge/api_config.h"

#include <array>

#include "net/http_syntax.h"
#include "net/url.h"

namespace weir::edge {
namespace {

const std::array<std::string, 11> kRouteKeys{
    "path",          "backend",      "methods", "fallback", "timeout", "connections",
    "request_bytes", "answer_bytes", "cache",   "breaker",  "bucket"};
const std::array<std::string, 5> kCacheKeys{"fresh", "refresh", "on_error", "negative", "jitter"};
const std::array<std::string, 7> kBreakerKeys{"window", "least_calls", "error_rate", "slow_rate",
                                              "slow",   "open_for",    "probes"};
const std::array<std::string, 4> kBucketKeys{"rate", "per", "burst", "key"};
constexpr int kMost = 1'000'000'000;
constexpr std::string_view kHeader = "header:";

Result<void> read_share(const TomlTable& table, const char* key, double& to) {
  if (!table.has(key)) return {};
  const auto value = table.get(key)->value<double>();
  if (!value || !(*value >= 0 && *value <= 1))
    return fail(table.error(key, "'{}' is a number from 0 to 1", key));
  to = *value;
  return {};
}

Result<void> read_cache(const TomlTable& table, ApiCacheConfig& out) {
  WEIR_TRY(table.check_keys(kCacheKeys));
  WEIR_TRY(table.duration("fresh", out.fresh));
  WEIR_TRY(table.duration("refresh", out.refresh));
  WEIR_TRY(table.duration("on_error", out.on_error));
  WEIR_TRY(table.duration("negative", out.negative));
  return read_share(table, "jitter", out.jitter);
}

Result<void> read_breaker(const TomlTable& table, ApiBreakerConfig& out) {
  WEIR_TRY(table.check_keys(kBreakerKeys));
  WEIR_TRY(table.duration("window", out.window));
  WEIR_TRY(table.integer("least_calls", out.least_calls, 1, kMost));
  WEIR_TRY(read_share(table, "error_rate", out.error_rate));
  WEIR_TRY(read_share(table, "slow_rate", out.slow_rate));
  WEIR_TRY(table.duration("slow", out.slow));
  WEIR_TRY(table.duration("open_for", out.open_for));
  return table.integer("probes", out.probes, 1, kMost);
}

Result<void> read_bucket(const TomlTable& table, ApiBucketConfig& out) {
  WEIR_TRY(table.check_keys(kBucketKeys));
  if (!table.has("rate")) return fail(table.table_error("a bucket needs a 'rate'"));
  WEIR_TRY(table.integer("rate", out.rate, 1, kMost));
  WEIR_TRY(table.duration("per", out.per));
  WEIR_TRY(table.integer("burst", out.burst, 1, kMost));
  WEIR_TRY(table.text("key", out.key));
  const std::string_view key = out.key;
  const bool is_header = key.starts_with(kHeader) && net::is_http_token(key.substr(kHeader.size()));
  if (key != "route" && key != "address" && !is_header)
    return fail(table.error("key", "'{}' is no key: use \"route\", \"address\" or \"header:NAME\"",
                            out.key));
  return {};
}

Result<void> read_backend(const TomlTable& table, ApiRouteConfig& out) {
  WEIR_TRY(table.text("backend", out.backend));
  if (out.backend.empty()) return fail(table.table_error("an [[api]] needs a 'backend'"));
  const auto url = net::parse_url(out.backend);
  if (!url) return fail(table.error("backend", "{}", url.error().what));
  if (url->scheme != "http" && url->scheme != "https")
    return fail(table.error("backend", "a backend is \"http://HOST:PORT\" or https"));
  if (!url->user.empty() || !url->query.empty())
    return fail(table.error("backend", "a backend has no user and no query"));
  return {};
}

Result<void> read_methods(const TomlTable& table, ApiRouteConfig& out) {
  WEIR_TRY(table.texts("methods", out.methods));
  for (const auto& method : out.methods)
    if (!net::is_http_token(method) || method == "HEAD" || method == "OPTIONS" ||
        method == "CONNECT" || method == "TRACE")
      return fail(table.error("methods", "'{}' cannot be passed on", method));
  return {};
}

}  // namespace

Result<ApiRouteConfig> read_api_route(const TomlTable& table) {
  ApiRouteConfig out;
  WEIR_TRY(table.check_keys(kRouteKeys));
  WEIR_TRY(table.text("path", out.path));
  if (!out.path.starts_with('/') || out.path.size() < 2 || out.path.ends_with('/'))
    return fail(table.table_error("an [[api]] needs a 'path' like \"/api/room\""));
  WEIR_TRY(read_backend(table, out));
  WEIR_TRY(read_methods(table, out));
  WEIR_TRY(table.text("fallback", out.fallback));
  WEIR_TRY(table.duration("timeout", out.timeout));
  WEIR_TRY(table.integer("connections", out.connections, 1, 10'000));
  WEIR_TRY(table.bytes("request_bytes", out.request_bytes));
  WEIR_TRY(table.bytes("answer_bytes", out.answer_bytes));
  WEIR_TRY_ASSIGN(const auto cache, table.table("cache"));
  if (cache) WEIR_TRY(read_cache(*cache, out.cache));
  WEIR_TRY_ASSIGN(const auto breaker, table.table("breaker"));
  if (breaker) WEIR_TRY(read_breaker(*breaker, out.breaker));
  WEIR_TRY_ASSIGN(const auto bucket, table.table("bucket"));
  if (bucket) WEIR_TRY(read_bucket(*bucket, out.bucket));
  return out;
}

Result<void> check_api_routes(const std::vector<ApiRouteConfig>& routes) {
  for (std::size_t i = 0; i < routes.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (routes[i].path == routes[k].path)
        return fail(Code::kUsage, "two guarded routes have the path '{}'", routes[i].path);
  return {};
}

guard::BreakerSettings breaker_settings(const ApiBreakerConfig& config) {
  guard::BreakerSettings out;
  out.window = config.window;
  out.least_calls = config.least_calls;
  out.error_rate = config.error_rate;
  out.slow_rate = config.slow_rate;
  out.slow = config.slow;
  out.open_for = config.open_for;
  out.probes = config.probes;
  return out;
}

guard::Quota quota_of(const ApiBucketConfig& config) {
  return {config.rate, config.per, config.burst > 0 ? config.burst : config.rate};
}

}  // namespace weir::edge
