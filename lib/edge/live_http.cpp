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

std::optional<std::string> stream_of(std::string_view path) {
  auto name = decode_path(path);
  if (!name || !name->ends_with(kSuffix)) return {};
  name->resize(name->size() - kSuffix.size());
  return std::move(*name);
}

}  // namespace

// What tasks on their way between the loops hold; empty when the end has come meanwhile.
struct LiveHttp::State : std::enable_shared_from_this<State> {
  State(asio::io_context& on, Hub& of) : loop(on), hub(&of), sockets(std::in_place) {}

  void ask(const std::string& name, const HttpExchangePtr& exchange) {
    if (hub == nullptr) return;
    const auto* stream = hub->find(name);
    const bool there = stream != nullptr && !stream->ended();
    asio::post(exchange->executor(), [self = shared_from_this(), name, exchange, there] {
      there ? self->take(name, *exchange) : exchange->answer(plain_answer(404));
    });
  }

  // On the server's loop: the socket leaves it here.
  void take(const std::string& name, HttpExchange& exchange) {
    if (exchange.is_over()) return;
    auto taken = std::make_shared<TakenConnection>(exchange.take_over());
    boost::system::error_code error;
    const auto protocol = taken->socket.local_endpoint(error).protocol();
    if (error) return;
    const int descriptor = taken->socket.release(error);
    if (error) return;
    auto socket = std::make_shared<tcp::socket>(loop);
    socket->assign(protocol, descriptor, error);
    asio::post(loop, [self = shared_from_this(), name, socket, place = taken->place] {
      self->play(name, std::move(*socket), place);
    });
  }

  void play(const std::string& name, tcp::socket socket, std::shared_ptr<void> place) {
    if (hub == nullptr) return;
    // A stream that has gone since is a connection that ends.
    static_cast<void>(
        sockets->add(std::move(socket), {as_bytes(kHead), nullptr}, std::move(place),
                     [&](ViewerOwner& owner) { return hub->play(name, owner, Form::kFlv); }));
  }

  asio::io_context& loop;
  Hub* hub;
  std::optional<LiveSockets> sockets;
};

LiveHttp::LiveHttp(asio::io_context& loop, Hub& hub) : state_(std::make_shared<State>(loop, hub)) {}

LiveHttp::~LiveHttp() {
  state_->hub = nullptr;
  state_->sockets.reset();
}

void LiveHttp::handle(const HttpRequest& request, HttpExchangePtr exchange) {
  if (request.method != "GET") return exchange->answer(plain_answer(405, "Allow: GET\r\n"));
  const auto name = stream_of(request.path);
  if (!name) return exchange->answer(plain_answer(404));
  asio::post(state_->loop, [state = state_, name = *name, exchange = std::move(exchange)] {
    state->ask(name, exchange);
  });
}

std::size_t LiveHttp::viewers() const {
  return state_->sockets->count();
}

}  // namespace weir::edge
