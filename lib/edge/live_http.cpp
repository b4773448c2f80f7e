#include "edge/live_http.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/post.hpp>

#include "edge/live_sockets.h"
#include "edge/websocket.h"

namespace weir::edge {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: video/x-flv\r\n"
    "Cache-Control: no-store\r\n"
    "Access-Control-Allow-Origin: *\r\n"
    "Connection: close\r\n"
    "\r\n";
constexpr std::string_view kSuffix = ".flv";

// What the access log will say.
struct Seen {
  std::string peer, path, agent, referer;
  std::chrono::nanoseconds begun;
};

struct Wish {
  std::string name;
  SharedText head;
  Via via;
  std::shared_ptr<const Seen> seen;  // nullptr: nobody asks
};

SharedText flv_head() {
  static const auto kShared = std::make_shared<const std::string>(kHead);
  return kShared;
}

std::optional<std::string> stream_of(std::string_view path) {
  auto name = decode_path(path);
  if (!name || !name->ends_with(kSuffix)) return {};
  name->resize(name->size() - kSuffix.size());
  return std::move(*name);
}

}  // namespace

// What tasks on their way between the loops hold; empty when the end has come meanwhile.
struct LiveHttp::State : std::enable_shared_from_this<State> {
  State(asio::io_context& on, Hub& of, AccessLog* log)
      : loop(on), hub(&of), access(log), sockets(std::in_place) {}

  // The exchange goes back to the server's loop, and ends there.
  void ask(const Wish& wish, HttpExchangePtr exchange) {
    if (hub == nullptr) return;  // the end: the server may be gone
    const auto* stream = hub->find(wish.name);
    const bool there = stream != nullptr && !stream->ended();
    const auto executor = exchange->executor();
    asio::post(executor, [self = shared_from_this(), wish, exchange = std::move(exchange), there] {
      there ? self->take(wish, *exchange) : exchange->answer(plain_answer(404));
    });
  }

  // On the server's loop: the socket leaves it here.
  void take(const Wish& wish, HttpExchange& exchange) {
    if (exchange.is_over()) return;
    TakenConnection taken = exchange.take_over();
    if (!taken.socket || !taken.socket->move_to(loop)) return;
    auto arrival = std::make_shared<LiveArrival>(LiveArrival{std::move(*taken.socket),
                                                             {as_bytes(*wish.head), wish.head},
                                                             std::move(taken.unread),
                                                             std::move(taken.place)});
    asio::post(loop, [self = shared_from_this(), wish, arrival] { self->play(wish, *arrival); });
  }

  void play(const Wish& wish, LiveArrival& arrival) {
    if (hub == nullptr) return;
    arrival.is_websocket = wish.via == Via::kWebSocket;
    if (wish.seen) arrival.ended = record_of(wish);
    // A stream that has gone since is a connection that ends.
    static_cast<void>(sockets->add(std::move(arrival), [&](ViewerOwner& owner) {
      return hub->play(wish.name, owner, Form::kFlv, wish.via);
    }));
  }

  LiveEnded record_of(const Wish& wish) const {
    return [log = access, seen = wish.seen, via = wish.via](std::uint64_t bytes) {
      const unsigned status = via == Via::kWebSocket ? 101 : 200;
      log->write({via_name(via), seen->peer, "GET", seen->path, status, bytes, seen->begun,
                  seen->agent, seen->referer});
    };
  }

  asio::io_context& loop;
  Hub* hub;
  AccessLog* const access;
  std::optional<LiveSockets> sockets;
};

LiveHttp::LiveHttp(asio::io_context& loop, Hub& hub, AccessLog* access)
    : state_(std::make_shared<State>(loop, hub, access)) {}

LiveHttp::~LiveHttp() {
  state_->hub = nullptr;
  state_->sockets.reset();
}

void LiveHttp::handle(const HttpRequest& request, HttpExchangePtr exchange) {
  auto name = stream_of(request.path);
  if (!name) return exchange->answer(plain_answer(404));
  const bool is_websocket = wants_websocket(request);
  if (is_websocket) {
    if (auto refusal = refuse_websocket(request)) return exchange->answer(std::move(*refusal));
  } else if (request.method == "OPTIONS") {
    return exchange->answer(preflight_answer());
  } else if (request.method != "GET") {
    return exchange->answer(plain_answer(405, "Allow: GET, OPTIONS\r\n"));
  }
  Wish wish{
      std::move(*name),
      is_websocket ? std::make_shared<const std::string>(accept_websocket(request)) : flv_head(),
      is_websocket ? Via::kWebSocket : Via::kHttpFlv, nullptr};
  if (state_->access != nullptr)
    wish.seen = std::make_shared<const Seen>(
        Seen{exchange->peer(), std::string(request.path), std::string(request.field("User-Agent")),
             std::string(request.field("Referer")), state_->access->now()});
  asio::post(state_->loop,
             [state = state_, wish = std::move(wish), exchange = std::move(exchange)]() mutable {
               state->ask(wish, std::move(exchange));
             });
}

std::size_t LiveHttp::viewers() const {
  return state_->sockets->count();
}

}  // namespace weir::edge
