#include "rtmp/connection.h"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace weir::rtmp {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

asio::awaitable<void> wait(asio::steady_timer& timer) {
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace

std::shared_ptr<Connection> Connection::start(asio::io_context& loop,
                                              std::unique_ptr<net::ByteStream> stream, Role role,
                                              const Random& random, const ConnectionLimits& limits,
                                              const MakeSession& make_session) {
  const std::shared_ptr<Connection> self(
      new Connection(loop, std::move(stream), role, random, limits));
  self->session_ = make_session(*self);
  asio::co_spawn(loop, run(self), asio::detached);
  asio::co_spawn(loop, watch(self), asio::detached);
  return self;
}

Connection::Connection(asio::io_context& loop, std::unique_ptr<net::ByteStream> stream, Role role,
                       const Random& random, const ConnectionLimits& limits)
    : loop_(loop),
      stream_(std::move(stream)),
      limits_(limits),
      wire_(role, random, limits.wire),
      watch_(loop),
      gate_(loop, steady_clock::time_point::max()),
      started_(steady_clock::now()),
      heard_(started_),
      asked_(started_) {
  if (role == Role::kClient) wire_.trust();
}

asio::awaitable<void> Connection::run(std::shared_ptr<Connection> self) {
  auto outcome = co_await self->talk();
  self->finish(outcome ? Error{Code::kIo, "closed by the peer"} : std::move(outcome).error());
}

void Connection::finish(Error why) {
  if (std::exchange(ended_, true)) return;
  place_.reset();
  stop(std::move(why));
  session_->ended(*why_);
  session_.reset();
}

// Until the peer ends, or something does.
asio::awaitable<Result<void>> Connection::talk() {
  auto secured = co_await stream_->shake_hands();
  if (!secured) co_return secured;
  flush();
  while (!why_ || closing_) {
    while (held_ && !closing_ && !why_) co_await wait(gate_);
    auto bytes = co_await stream_->read();
    if (!bytes) co_return fail(std::move(bytes).error());
    if (bytes->empty()) break;
    heard_ = steady_clock::now();
    if (closing_) continue;
    wire_.feed(*bytes);
    auto taken = take_messages();
    if (!taken) co_return taken;
  }
  co_return Result<void>();
}

void Connection::open() {
  opened_ = true;
  watch_.cancel();  // another deadline counts now
  give(session_->opened());
}

// A failure of the session is not returned: it closes the connection in peace.
Result<void> Connection::take_messages() {
  while (!closing_ && !why_) {
    auto message = wire_.next();
    if (!message) return fail(std::move(message).error());
    if (wire_.open() && !opened_) open();
    if (!*message) break;
    if (!closing_) give(session_->take(std::move(**message)));
  }
  flush();
  return {};
}

void Connection::give(Result<void> outcome) {
  if (outcome) return;
  if (!why_) why_ = std::move(outcome).error();
  close();
}

Result<void> Connection::send(const Message& message) {
  if (ended_ || closing_) return {};
  WEIR_TRY(wire_.send(message));
  flush();
  return {};
}

void Connection::send_packed(ByteView chunks, std::shared_ptr<const void> owner) {
  if (ended_ || closing_ || chunks.empty()) return;
  packed_.push_back({chunks, std::move(owner)});
  packed_bytes_ += chunks.size();
  flush();
}

WireFacts Connection::facts() const {
  WireFacts facts = wire_.facts();
  facts.sent += packed_sent_ + packed_bytes_;
  return facts;
}

void Connection::flush() {
  if (why_ && !closing_) return;
  if (queued() > limits_.output)
    return stop({Code::kRefused, fmt::format("the peer takes bytes too slowly: more than {} wait",
                                             limits_.output)});
  if (busy_) return;
  writing_ = wire_.take_output();
  busy_ = !writing_.empty() || !packed_.empty();
  if (busy_)
    asio::co_spawn(loop_, write(shared_from_this()), asio::detached);
  else if (closing_)
    stream_->end_writing();
}

asio::awaitable<void> Connection::write(std::shared_ptr<Connection> self) {
  const bool packed = self->writing_.empty();
  auto written = co_await self->stream_->write(packed ? self->packed_.front().bytes
                                                      : ByteView(self->writing_));
  self->writing_ = {};
  self->busy_ = false;
  if (packed) self->pop_packed();
  if (!written) {
    self->stop(std::move(written).error());
    co_return;
  }
  self->flush();
  if (self->queued() == 0 && self->session_ && !self->closing_) self->session_->drained();
}

void Connection::pop_packed() {
  packed_bytes_ -= packed_.front().bytes.size();
  packed_sent_ += packed_.front().bytes.size();
  packed_.pop_front();
}

void Connection::keep(std::unique_ptr<Census::Place> place) {
  if (trusted_) place->trust();
  if (!ended_) place_ = std::move(place);
}

void Connection::trust() {
  if (std::exchange(trusted_, true)) return;
  wire_.trust();
  if (place_) place_->trust();
  watch_.cancel();
}

void Connection::hold(bool held) {
  held_ = held;
  heard_ = steady_clock::now();
  if (held) return;
  gate_.cancel();
  watch_.cancel();
}

void Connection::close() {
  if (closing_ || ended_) return;
  closing_ = true;
  closed_ = steady_clock::now();
  if (!why_) why_ = Error{Code::kStopped, "closed"};
  gate_.cancel();
  watch_.cancel();
  flush();
}

void Connection::stop(Error why) {
  if (!why_) why_ = std::move(why);
  closing_ = false;
  stream_->close();
  gate_.cancel();
  watch_.cancel();
}

Connection::Time Connection::deadline() const {
  if (closing_) return closed_ + limits_.linger;
  if (!opened_) return started_ + limits_.handshake;
  if (!trusted_) return started_ + limits_.handshake + limits_.trust;
  if (held_) return Time::max();
  return heard_ + (asked_ > heard_ ? limits_.idle : limits_.idle / 2);
}

asio::awaitable<void> Connection::watch(std::shared_ptr<Connection> self) {
  while (!self->why_ || self->closing_) {
    self->watch_.expires_at(self->deadline());
    co_await wait(self->watch_);
    if (steady_clock::now() >= self->deadline()) self->keep_time();
  }
}

// A deadline has passed.
void Connection::keep_time() {
  if (closing_) return stop({Code::kStopped, "closed"});
  if (!opened_) return stop({Code::kTimeout, "no handshake in time"});
  if (!trusted_) return stop({Code::kTimeout, "shaken hands, and then nothing of use in time"});
  if (asked_ > heard_)
    return stop(
        {Code::kTimeout, fmt::format("nothing heard for {}", format_duration(limits_.idle))});
  asked_ = steady_clock::now();
  wire_.ping(static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(asked_ - started_).count()));
  flush();
}

}  // namespace weir::rtmp
