#include "edge/live_http.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/post.hpp>

#include "edge/live_sockets.h"

namespace weir::edge {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

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
  std::shared_ptr<const Seen> seen;  // nullptr: nobody asks
};

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

  void ask(const Wish& wish, const HttpExchangePtr& exchange) {
    if (hub == nullptr) return;
    const auto* stream = hub->find(wish.name);
    const bool there = stream != nullptr && !stream->ended();
    asio::post(exchange->executor(), [self = shared_from_this(), wish, exchange, there] {
      there ? self->take(wish, *exchange) : exchange->answer(plain_answer(404));
    });
  }

  // On the server's loop: the socket leaves it here.
  void take(const Wish& wish, HttpExchange& exchange) {
    if (exchange.is_over()) return;
    auto taken = std::make_shared<TakenConnection>(exchange.take_over());
    boost::system::error_code error;
    const auto protocol = taken->socket.local_endpoint(error).protocol();
    if (error) return;
    const int descriptor = taken->socket.release(error);
    if (error) return;
    auto socket = std::make_shared<tcp::socket>(loop);
    socket->assign(protocol, descriptor, error);
    asio::post(loop, [self = shared_from_this(), wish, socket, place = taken->place] {
      self->play(wish, std::move(*socket), place);
    });
  }

  void play(const Wish& wish, tcp::socket socket, std::shared_ptr<void> place) {
    if (hub == nullptr) return;
    // A stream that has gone since is a connection that ends.
    static_cast<void>(sockets->add(
        std::move(socket), {as_bytes(kHead), nullptr}, std::move(place),
        [&](ViewerOwner& owner) { return hub->play(wish.name, owner, Form::kFlv, Via::kHttpFlv); },
        wish.seen ? record_of(wish) : LiveSockets::Ended()));
  }

  LiveSockets::Ended record_of(const Wish& wish) const {
    return [log = access, seen = wish.seen](std::uint64_t bytes) {
      log->write({"http-flv", seen->peer, "GET", seen->path, 200, bytes, seen->begun, seen->agent,
                  seen->referer});
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
  if (request.method != "GET") return exchange->answer(plain_answer(405, "Allow: GET\r\n"));
  auto name = stream_of(request.path);
  if (!name) return exchange->answer(plain_answer(404));
  Wish wish{std::move(*name), nullptr};
  if (state_->access != nullptr)
    wish.seen = std::make_shared<const Seen>(
        Seen{exchange->peer(), std::string(request.path), std::string(request.field("User-Agent")),
             std::string(request.field("Referer")), state_->access->now()});
  asio::post(state_->loop, [state = state_, wish = std::move(wish),
                            exchange = std::move(exchange)] { state->ask(wish, exchange); });
}

std::size_t LiveHttp::viewers() const {
  return state_->sockets->count();
}

}  // namespace weir::edge
