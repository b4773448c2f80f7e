// HTTP-FLV and WebSocket-FLV: the hub's streams for those who ask an HTTP server.
#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "edge/access_log.h"
#include "edge/http_server.h"
#include "edge/hub.h"

namespace weir::edge {

/// GET PREFIX/NAME.flv is the hub's stream "PREFIX/NAME", from its last key frame on, for as long
/// as it is published or the viewer stays; the same over a WebSocket when the request asks for one.
/// 404 for what nobody publishes, 405 for other methods.
/// The connection goes from the server's loop to the hub's.
/// Threads    handle() from any; made and destroyed on the hub's loop or while it does not run,
///            behind the end of the server and before that of the hub.
class LiveHttp : public HttpHandler {
 public:
  /// Borrowed, all: `loop` is the hub's, `access` has a line of every viewer at its end.
  LiveHttp(boost::asio::io_context& loop, Hub& hub, AccessLog* access = nullptr);
  ~LiveHttp() override;

  void handle(const HttpRequest& request, HttpExchangePtr exchange) override;
  /// On the hub's loop: how many are connected.
  std::size_t viewers() const;

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace weir::edge
