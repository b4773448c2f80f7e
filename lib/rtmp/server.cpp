#include "rtmp/server.h"

#include <utility>

#include "rtmp/server_session.h"

namespace weir::rtmp {

Result<std::unique_ptr<Server>> Server::open(boost::asio::io_context& loop,
                                             const ListenOptions& options, StreamGates gates,
                                             boost::asio::ssl::context* tls, const Random& random) {
  const auto shared = std::make_shared<const StreamGates>(std::move(gates));
  WEIR_TRY_ASSIGN(auto listener,
                  Listener::open(loop, options, tls, random, [shared](Connection& connection) {
                    return std::make_unique<ServerSession>(connection, shared);
                  }));
  return std::unique_ptr<Server>(new Server(std::move(listener)));
}

}  // namespace weir::rtmp
