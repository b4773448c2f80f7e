#include "edge/guarded_api.h"

#include <array>
#include <bit>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "base/text_file.h"
#include "net/content_type.h"

namespace weir::edge {
namespace {

constexpr std::array<std::string_view, 7> kServed{"hit",       "stale",    "stale_on_error", "miss",
                                                  "collapsed", "fallback", "passed"};

std::uint64_t seed_of(const Random& random) {
  std::array<std::uint8_t, 8> bytes{};
  random.fill(bytes);
  return std::bit_cast<std::uint64_t>(bytes);
}

/// Chance that nobody has to be kept from guessing, without asking the system each time.
net::Random quick_dice(const Random& random) {
  return [&random] {
    thread_local std::minstd_rand engine(
        static_cast<std::minstd_rand::result_type>(seed_of(random)));
    return 1.0 - std::generate_canonical<double, 32>(engine);
  };
}

class Lines {
 public:
  void head(std::string_view name, std::string_view type, std::string_view help) {
    text_ += fmt::format("# HELP weir_edge_{0} {1}\n# TYPE weir_edge_{0} {2}\n", name, help, type);
  }
  template <typename Value>
  void line(std::string_view name, std::string_view labels, Value value) {
    text_ += fmt::format("weir_edge_{}{} {}\n", name, labels, value);
  }
  template <typename Value>
  void routes(const GuardedApiReport& report, std::string_view name, std::string_view type,
              std::string_view help, Value value) {
    head(name, type, help);
    for (const auto& route : report.routes)
      line(name, fmt::format("{{route=\"{}\"}}", route.path), value(route));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void write_cache(Lines& to, const guard::CacheStatistics& cache) {
  const auto one = [&](std::string_view name, std::string_view type, std::string_view help,
                       std::int64_t value) {
    to.head(name, type, help);
    to.line(name, "", value);
  };
  one("api_cache_entries", "gauge", "Answers of backends that are kept.", cache.entries);
  one("api_cache_bytes", "gauge", "What they take in memory.", cache.bytes);
  one("api_cache_evicted_total", "counter", "Answers let go of for want of room.", cache.evicted);
  one("api_cache_refused_total", "counter", "Answers too large to be kept.", cache.refused);
}

}  // namespace

std::string api_metrics(const GuardedApiReport& report) {
  Lines out;
  out.head("api_answers_total", "counter", "Answers of guarded routes, by where they came from.");
  for (const auto& route : report.routes)
    for (std::size_t i = 0; i < kServed.size(); ++i)
      out.line("api_answers_total",
               fmt::format("{{route=\"{}\",from=\"{}\"}}", route.path, kServed[i]),
               route.served[i]);
  using R = const ApiRouteReport&;
  out.routes(report, "api_limited_total", "counter", "Requests refused by a bucket (429).",
             [](R r) { return r.limited; });
  out.routes(report, "api_unavailable_total", "counter",
             "Requests that found neither backend nor anything kept (502, 503, 504).",
             [](R r) { return r.unavailable; });
  out.routes(report, "api_backend_calls_total", "counter", "Calls to backends.",
             [](R r) { return r.calls; });
  out.routes(report, "api_backend_failures_total", "counter", "Those that failed.",
             [](R r) { return r.failed; });
  out.routes(report, "api_breaker_state", "gauge", "Of the breaker: 0 closed, 1 open, 2 half open.",
             [](R r) { return static_cast<int>(r.breaker); });
  out.routes(report, "api_breaker_opened_total", "counter", "Times it opened.",
             [](R r) { return r.opened; });
  write_cache(out, report.cache);
  return out.take();
}

GuardedApi::GuardedApi(const EdgeConfig& config, const Clock& clock, std::uint64_t seed)
    : cache_({.bytes = config.api_cache}, clock),
      buckets_(static_cast<std::size_t>(config.api_buckets), seed) {}

Result<std::unique_ptr<GuardedApi>> GuardedApi::open(const EdgeConfig& config, const Clock& clock,
                                                     const Random& random, Log& log) {
  std::unique_ptr<GuardedApi> out(new GuardedApi(config, clock, seed_of(random)));
  const ApiServices services{out->loop_.context(), out->cache_, out->buckets_, clock,
                             quick_dice(random),   log};
  for (const auto& route : config.api) WEIR_TRY(out->add(route, services));
  return out;
}

Result<void> GuardedApi::add(const ApiRouteConfig& config, const ApiServices& services) {
  WEIR_TRY_ASSIGN(auto backend, net::parse_url(config.backend));
  ApiAnswerPtr fallback;
  if (!config.fallback.empty()) {
    WEIR_TRY_ASSIGN(auto text, read_text_file(config.fallback));
    fallback =
        std::make_shared<const ApiAnswer>(std::move(text), net::content_type(config.fallback));
  }
  routes_.push_back({config.path, std::make_unique<ApiRoute>(config, std::move(backend),
                                                             std::move(fallback), services)});
  return {};
}

void GuardedApi::add_to(const Add& add) {
  for (const auto& route : routes_) add(route.path, *route.handler);
}

void GuardedApi::stop() {
  loop_.stop();
  for (const auto& route : routes_) route.handler->close();
}

GuardedApiReport GuardedApi::report() const {
  GuardedApiReport out;
  for (const auto& route : routes_) out.routes.push_back(route.handler->report());
  out.cache = cache_.statistics();
  return out;
}

}  // namespace weir::edge
