#include "edge/status_http.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/asio/post.hpp>

namespace weir::edge {
namespace {

namespace asio = boost::asio;

constexpr std::array<std::string_view, 4> kPaths{"/healthz", "/readyz", "/streams", "/metrics"};
constexpr std::string_view kNoStore = "Cache-Control: no-store\r\n";

HttpAnswer text_answer(std::string body, std::string_view type, std::string_view more) {
  HttpAnswer out;
  out.size = body.size();
  out.head = std::make_shared<const std::string>(
      make_head(200, out.size,
                std::string("Content-Type: ").append(type).append("\r\n").append(kNoStore) +
                    std::string(more)));
  out.body = std::make_shared<const std::string>(std::move(body));
  return out;
}

}  // namespace

// What tasks on their way between the loops hold; empty when the end has come meanwhile.
struct StatusHttp::State {
  HttpAnswer answer(std::string_view path) const {
    if (path == "/metrics")
      return text_answer(metrics_text(sources->report()), "text/plain; version=0.0.4", "");
    if (path == "/streams")
      return text_answer(streams_json(sources->report()), "application/json",
                         "Access-Control-Allow-Origin: *\r\n");
    if (path == "/readyz" && !sources->ready()) return plain_answer(503, kNoStore);
    return plain_answer(200, kNoStore);
  }

  asio::io_context& loop;
  std::optional<Sources> sources;
};

StatusHttp::StatusHttp(asio::io_context& loop, Sources sources)
    : state_(std::make_shared<State>(State{loop, std::move(sources)})) {}

StatusHttp::~StatusHttp() {
  state_->sources.reset();
}

void StatusHttp::add_to(HttpRoutes& routes) {
  for (const auto path : kPaths) routes.add(std::string(path), *this);
}

void StatusHttp::handle(const HttpRequest& request, HttpExchangePtr exchange) {
  const auto* path = std::find(kPaths.begin(), kPaths.end(), request.path);
  if (path == kPaths.end()) return exchange->answer(plain_answer(404));
  if (request.method == "OPTIONS") return exchange->answer(preflight_answer());
  if (request.method != "GET" && request.method != "HEAD")
    return exchange->answer(plain_answer(405, "Allow: GET, HEAD, OPTIONS\r\n"));
  if (*path == "/metrics" && !state_->sources->metrics_for.contains(exchange->peer()))
    return exchange->answer(plain_answer(403));
  asio::post(state_->loop, [state = state_, path = *path,
                            exchange = std::move(exchange)]() mutable {
    if (!state->sources) return;  // the end: the server may be gone
    auto answer = state->answer(path);
    // An answer is given on the server's loop, where the exchange goes too.
    const auto executor = exchange->executor();
    asio::post(executor, [exchange = std::move(exchange), answer = std::move(answer)]() mutable {
      exchange->answer(std::move(answer));
    });
  });
}

}  // namespace weir::edge
