#include "edge/api_route.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "base/text.h"

namespace weir::edge {
namespace {

namespace asio = boost::asio;
using std::chrono::nanoseconds;

constexpr std::chrono::milliseconds kClaim{100};  // between tries to refresh an answer
constexpr int kEarly = 12;  // fetch times before its end an answer is hardly refreshed early
// Of a client's fields the backend is told.
constexpr std::array<std::string_view, 10> kPassed{
    "Accept",           "Accept-Language", "Authorization", "Content-Type", "Cookie",
    "Content-Encoding", "Idempotency-Key", "Origin",        "Referer",      "User-Agent"};

std::int64_t whole_seconds(nanoseconds time) {
  return std::chrono::floor<std::chrono::seconds>(time).count();
}

std::int64_t seconds_up(nanoseconds time) {
  return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(time).count());
}

ServedHow how(Served served, nanoseconds age, nanoseconds left) {
  return {served, whole_seconds(age), whole_seconds(left)};
}

HttpAnswer with_fields(HttpAnswer answer, const std::string& more) {
  if (!more.empty()) answer.head = std::make_shared<const std::string>(*answer.head + more);
  return answer;
}

bool is_failure(const Result<net::HttpResponse>& response) {
  if (response) return response->status >= 500;
  return response.error().code != Code::kRefused;  // too large is no outage
}

std::string list_of(const ApiRouteConfig& config) {
  std::string out;
  for (const auto& each : config.methods) out += each + (each == "GET" ? ", HEAD, " : ", ");
  return out + "OPTIONS";
}

std::string key_of(const HttpRequest& request) {
  std::string out(request.path);
  if (!request.query.empty()) out.append("?").append(request.query);
  return out;
}

}  // namespace

struct ApiRoute::Waiting {
  HttpExchangePtr exchange;
  std::string more;
  Served served = Served::kCollapsed;
};

/// Gathers the content of a request that is passed on.
class ApiRoute::Content : public HttpContentSink {
 public:
  Content(ApiRoute& route, net::HttpRequest request, HttpExchangePtr exchange, std::string more)
      : route_(route),
        request_(std::move(request)),
        exchange_(std::move(exchange)),
        more_(std::move(more)) {}

  bool take(std::string_view piece) override {
    if (std::cmp_less_equal(content_.size() + piece.size(), route_.config_.request_bytes)) {
      content_.append(piece);
      return true;
    }
    exchange_->answer(plain_answer(413));
    return false;
  }
  void end() override {
    route_.send_on(std::move(request_), std::move(content_), std::move(exchange_),
                   std::move(more_));
  }

 private:
  ApiRoute& route_;
  net::HttpRequest request_;
  HttpExchangePtr exchange_;
  std::string more_;
  std::string content_;
};

ApiRoute::ApiRoute(ApiRouteConfig config, net::Url backend, ApiAnswerPtr fallback,
                   ApiServices services)
    : config_(std::move(config)),
      allowed_(list_of(config_)),
      quota_(quota_of(config_.bucket)),
      fallback_(std::move(fallback)),
      services_(std::move(services)),
      upstream_(services_.loop, {.url = std::move(backend),
                                 .connections = config_.connections,
                                 .timeout = config_.timeout}),
      breaker_(breaker_settings(config_.breaker), services_.clock, services_.dice,
               [this](auto from, auto to) { tell(from, to); }) {}

void ApiRoute::handle(const HttpRequest& request, HttpExchangePtr exchange) {
  if (request.method == "OPTIONS")
    return exchange->answer(plain_answer(
        204, fmt::format("Allow: {0}\r\nAccess-Control-Allow-Origin: *\r\n"
                         "Access-Control-Allow-Methods: {0}\r\n"
                         "Access-Control-Allow-Headers: Content-Type, Idempotency-Key\r\n"
                         "Access-Control-Max-Age: 86400\r\n",
                         allowed_)));
  if (!allows(request.method))
    return exchange->answer(plain_answer(405, fmt::format("Allow: {}\r\n", allowed_)));
  auto more = take_token(request, *exchange);
  if (!more) return;
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  if (is_read && !request.has_content() && request.field("Authorization").empty())
    return read(request, std::move(exchange), *more);
  pass(request, std::move(exchange), std::move(*more));
}

bool ApiRoute::allows(std::string_view method) const {
  if (method == "HEAD") method = "GET";
  return std::find(config_.methods.begin(), config_.methods.end(), method) != config_.methods.end();
}

std::optional<std::string> ApiRoute::take_token(const HttpRequest& request,
                                                HttpExchange& exchange) {
  if (config_.bucket.rate == 0) return "";
  std::string key = config_.path + '\n';
  const std::string_view what = config_.bucket.key;
  const auto field = what.starts_with("header:") ? request.field(what.substr(7)) : "";
  if (!field.empty())
    key.append("h").append(field);
  else if (what != "route")
    key.append("a").append(exchange.peer());
  const auto verdict = services_.buckets.take(key, quota_, services_.clock.monotonic());
  std::string fields =
      fmt::format("RateLimit-Policy: \"route\";q={};w={}\r\nRateLimit: \"route\";r={};t={}\r\n",
                  quota_.burst, seconds_up(quota_.interval() * quota_.burst), verdict.remaining,
                  std::max<std::int64_t>(0, seconds_up(verdict.full_after)));
  if (verdict.allowed) return fields;
  limited_.fetch_add(1, std::memory_order_relaxed);
  exchange.answer(plain_answer(
      429, fmt::format("Retry-After: {}\r\n{}", seconds_up(verdict.retry_after), fields)));
  return {};
}

void ApiRoute::read(const HttpRequest& request, HttpExchangePtr exchange, const std::string& more) {
  const std::string key = key_of(request);
  const auto found = services_.cache.find(key);
  if (!found || found->freshness == guard::Freshness::kOnError) {
    if (breaker_.retry_after() <= nanoseconds(0)) {
      if (!decode_path(request.path)) return exchange->answer(plain_answer(400));
      return fetch_for(key, std::move(exchange), more);
    }
    if (found) return give(request, *exchange, *found, Served::kOnError, more);
    return give_instead(*exchange, key, more);
  }
  const bool is_stale = found->freshness == guard::Freshness::kStale;
  const auto fetch = found->value->fetch();
  const bool is_early = !is_stale && found->left < kEarly * fetch &&
                        guard::refreshes_early(found->left, fetch, services_.dice());
  if ((is_stale || is_early) && breaker_.retry_after() <= nanoseconds(0) &&
      found->value->claim(services_.clock.monotonic(), kClaim))
    refresh(key);
  give(request, *exchange, *found, is_stale ? Served::kStale : Served::kHit, more);
}

void ApiRoute::give(const HttpRequest& request, HttpExchange& exchange, const Found& found,
                    Served served, const std::string& more) {
  count(served);
  const ApiAnswer& answer = *found.value;
  const ServedHow how = edge::how(served, found.age, found.left);
  const bool has_it = answer.status() == 200 && is_not_modified(request, answer.state());
  exchange.answer(with_fields(has_it ? answer.not_modified(how) : answer.give(how), more));
}

void ApiRoute::refresh(const std::string& key) {
  auto flight = flights_.join(key, [](const Answered&) {});
  if (flight) asio::co_spawn(services_.loop, fetch(std::move(*flight)), asio::detached);
}

// An exchange is let go of on its own loop; when the loop of the calls has ended there is nobody
// left to be answered.
void ApiRoute::fetch_for(const std::string& key, HttpExchangePtr exchange, std::string more) {
  const auto waiting = std::make_shared<Waiting>(Waiting{std::move(exchange), std::move(more)});
  auto flight = flights_.join(key, [this, key, waiting](const Answered& answered) {
    if (!answered && answered.error().code == Code::kStopped) return;
    const auto executor = waiting->exchange->executor();
    asio::post(executor, [this, key, answered, waiting = std::move(*waiting)]() mutable {
      finish(*waiting.exchange, key, waiting.served, answered, waiting.more);
    });
  });
  if (!flight) return;
  waiting->served = Served::kMiss;
  asio::co_spawn(services_.loop, fetch(std::move(*flight)), asio::detached);
}

void ApiRoute::finish(HttpExchange& exchange, const std::string& key, Served served,
                      const Answered& answered, const std::string& more) {
  if (!answered) return give_instead(exchange, key, more);
  count(served);
  exchange.answer(with_fields((*answered)->give({served}), more));
}

void ApiRoute::give_instead(HttpExchange& exchange, const std::string& key,
                            const std::string& more) {
  if (const auto found = services_.cache.find(key)) {
    count(Served::kOnError);
    return exchange.answer(
        with_fields(found->value->give(how(Served::kOnError, found->age, found->left)), more));
  }
  if (!fallback_) return exchange.answer(unavailable(503, more));
  count(Served::kFallback);
  exchange.answer(with_fields(fallback_->give({Served::kFallback}), more));
}

asio::awaitable<void> ApiRoute::fetch(Flights::Flight flight) {
  auto response = co_await call(request_for("GET", flight.key()), true);
  if (!response) {
    flight.land(fail(std::move(response).error()));
    co_return;
  }
  // What a backend that is in trouble says is worth less than what is kept.
  if (response->status >= 500 || response->status == 429) {
    flight.land(fail(Code::kIo, "{}", response->reason));
    co_return;
  }
  const auto lifetime = lifetime_of(*response, config_.cache, services_.dice());
  const auto answer = std::make_shared<const ApiAnswer>(std::move(*response), true);
  if (lifetime)
    services_.cache.put(flight.key(), answer, answer->cost(), *lifetime);
  else
    services_.cache.remove(flight.key());
  flight.land(ApiAnswerPtr(answer));
}

asio::awaitable<Result<net::HttpResponse>> ApiRoute::call(net::HttpRequest request,
                                                          bool may_repeat) {
  auto place = co_await upstream_.enter();
  if (!place) co_return fail(std::move(place).error());
  auto pass = breaker_.admit();
  if (!pass) co_return fail(Code::kRefused, "the breaker is open");
  calls_.fetch_add(1, std::memory_order_relaxed);
  auto response = co_await place->send(std::move(request), may_repeat);
  const bool failed = is_failure(response);
  if (failed) failed_.fetch_add(1, std::memory_order_relaxed);
  using Outcome = guard::CircuitBreaker::Outcome;
  pass->done(failed ? Outcome::kFailed : Outcome::kGood);
  co_return response;
}

net::HttpRequest ApiRoute::request_for(std::string_view method,
                                       std::string_view path_and_query) const {
  std::string_view base = upstream_.url().path;
  if (base.ends_with('/')) base.remove_suffix(1);
  net::HttpRequest out;
  out.method = method;
  out.target = std::string(base).append(path_and_query);
  out.most_content = static_cast<std::size_t>(config_.answer_bytes);
  return out;
}

void ApiRoute::pass(const HttpRequest& request, HttpExchangePtr exchange, std::string more) {
  if (!decode_path(request.path)) return exchange->answer(plain_answer(400));
  if (std::cmp_greater(request.content_length, config_.request_bytes))
    return exchange->answer(plain_answer(413));
  if (breaker_.retry_after() > nanoseconds(0)) return exchange->answer(unavailable(503, more));
  // The server leaves the content out for HEAD, and knows its size that way.
  net::HttpRequest out =
      request_for(request.method == "HEAD" ? "GET" : request.method, key_of(request));
  for (const auto name : kPassed)
    if (const auto value = request.field(name); !value.empty())
      out.headers.emplace_back(name, value);
  out.headers.emplace_back("X-Forwarded-For", exchange->peer());
  if (!request.has_content()) return send_on(std::move(out), "", std::move(exchange), more);
  exchange->read_content(
      std::make_unique<Content>(*this, std::move(out), exchange, std::move(more)));
}

void ApiRoute::send_on(net::HttpRequest request, std::string content, HttpExchangePtr exchange,
                       std::string more) {
  const auto waiting = std::make_shared<Waiting>(Waiting{std::move(exchange), std::move(more)});
  asio::co_spawn(services_.loop, pass_on(std::move(request), std::move(content)),
                 [this, waiting](std::exception_ptr, Answered answered) {
                   const auto executor = waiting->exchange->executor();
                   asio::post(executor, [this, answered, waiting = std::move(*waiting)]() mutable {
                     finish_passed(*waiting.exchange, answered, waiting.more);
                   });
                 });
}

asio::awaitable<ApiRoute::Answered> ApiRoute::pass_on(net::HttpRequest request,
                                                      std::string content) {
  request.body = as_bytes(content);
  const bool has_key =
      std::any_of(request.headers.begin(), request.headers.end(),
                  [](const auto& each) { return each.first == "Idempotency-Key"; });
  const bool may_repeat = has_key || request.method == "GET" || request.method == "HEAD";
  auto response = co_await call(std::move(request), may_repeat);
  if (!response) co_return fail(std::move(response).error());
  co_return std::make_shared<const ApiAnswer>(std::move(*response), false);
}

void ApiRoute::finish_passed(HttpExchange& exchange, const Answered& answered,
                             const std::string& more) {
  if (answered) {
    count(Served::kPassed);
    return exchange.answer(with_fields((*answered)->give({Served::kPassed}), more));
  }
  const Code code = answered.error().code;
  exchange.answer(unavailable(code == Code::kRefused   ? 503
                              : code == Code::kTimeout ? 504
                                                       : 502,
                              more));
}

HttpAnswer ApiRoute::unavailable(unsigned status, const std::string& more) {
  unavailable_.fetch_add(1, std::memory_order_relaxed);
  return plain_answer(
      status, fmt::format("Retry-After: {}\r\n{}", seconds_up(breaker_.retry_after()), more));
}

void ApiRoute::count(Served served) {
  served_[static_cast<std::size_t>(served)].fetch_add(1, std::memory_order_relaxed);
}

void ApiRoute::tell(guard::BreakerState from, guard::BreakerState to) {
  if (to == guard::BreakerState::kOpen) opened_.fetch_add(1, std::memory_order_relaxed);
  services_.log.warning("the breaker of '{}' to {} was {} and is {}", config_.path,
                        upstream_.url().shown(), guard::to_string(from), guard::to_string(to));
}

ApiRouteReport ApiRoute::report() const {
  ApiRouteReport out{config_.path, {},      limited_, unavailable_,
                     calls_,       failed_, opened_,  breaker_.state()};
  std::copy(served_.begin(), served_.end(), out.served.begin());
  return out;
}

}  // namespace weir::edge
