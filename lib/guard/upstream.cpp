#include "guard/upstream.h"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/tls.h"

namespace weir::guard {

namespace asio = boost::asio;

Upstream::Place::~Place() {
  if (upstream_ != nullptr) upstream_->leave();
}

asio::awaitable<Result<net::HttpResponse>> Upstream::Place::send(net::HttpRequest request,
                                                                 bool may_repeat) {
  Connection connection = upstream_->connection(may_repeat);
  auto response = co_await connection->send(request);
  if (response) upstream_->idle_.push_back(std::move(connection));
  co_return response;
}

Upstream::Upstream(asio::io_context& loop, UpstreamSettings settings)
    : loop_(loop), settings_(std::move(settings)), tls_(net::make_tls_client()) {}

asio::awaitable<Result<Upstream::Place>> Upstream::enter() {
  if (inside_ < settings_.connections) {
    ++inside_;
    co_return Place(*this);
  }
  if (std::cmp_greater_equal(turns_.size(), settings_.waiting))
    co_return fail(Code::kRefused, "{} calls wait already", turns_.size());
  const auto turn = std::make_shared<Turn>(loop_);
  turns_.push_back(turn);
  turn->timer.expires_after(settings_.timeout);
  boost::system::error_code ignored;
  co_await turn->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  if (turn->has_come) co_return Place(*this);
  std::erase(turns_, turn);
  co_return fail(Code::kTimeout, "all {} connections are busy", settings_.connections);
}

void Upstream::close() {
  idle_.clear();
  turns_.clear();
}

// The last one used is the least likely to have been closed meanwhile.
Upstream::Connection Upstream::connection(bool may_be_used) {
  if (may_be_used && !idle_.empty()) {
    Connection out = std::move(idle_.back());
    idle_.pop_back();
    return out;
  }
  if (std::cmp_greater_equal(idle_.size(), settings_.connections)) idle_.erase(idle_.begin());
  const net::HttpTimeouts timeouts{settings_.timeout, settings_.timeout, settings_.timeout};
  return net::make_http_connection(loop_, settings_.url, &tls_, timeouts);
}

// Whoever waits takes the place over.
void Upstream::leave() {
  if (turns_.empty()) {
    --inside_;
    return;
  }
  turns_.front()->has_come = true;
  turns_.front()->timer.cancel();
  turns_.pop_front();
}

}  // namespace weir::guard
