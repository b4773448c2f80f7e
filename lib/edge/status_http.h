// What a server tells about itself over HTTP.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "edge/http_server.h"
#include "edge/report.h"
#include "net/address_set.h"

namespace weir::edge {

/// GET and HEAD of
///   /healthz  200 when the loop of the live streams answers,
///   /readyz   200 when it takes more, else 503,
///   /streams  the live streams as JSON, for pages of any origin,
///   /metrics  for Prometheus; 403 to others than `metrics_for`.
/// Threads    As LiveHttp.
class StatusHttp : public HttpHandler {
 public:
  struct Sources {
    std::function<EdgeReport()> report;  ///< On the hub's loop, as the next.
    std::function<bool()> ready;
    net::AddressSet metrics_for;
  };

  /// `loop` is borrowed: the hub's.
  StatusHttp(boost::asio::io_context& loop, Sources sources);
  ~StatusHttp() override;

  void add_to(HttpRoutes& routes);
  void handle(const HttpRequest& request, HttpExchangePtr exchange) override;

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace weir::edge
