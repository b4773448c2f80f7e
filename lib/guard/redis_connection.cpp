#include "guard/redis_connection.h"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace weir::guard {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

}  // namespace

std::shared_ptr<RedisConnection> RedisConnection::open(
    asio::io_context& loop, std::string host, std::uint16_t port, const RedisSettings& settings,
    std::vector<std::vector<std::string>> greeting) {
  const std::shared_ptr<RedisConnection> self(
      new RedisConnection(loop, std::move(host), port, settings));
  if (!settings.password.empty()) {
    std::vector<std::string> words{"AUTH", settings.password};
    if (!settings.user.empty()) words.insert(words.begin() + 1, settings.user);
    greeting.insert(greeting.begin(), std::move(words));
  }
  self->greet(greeting);
  asio::co_spawn(loop, run(self), asio::detached);
  asio::co_spawn(loop, watch(self), asio::detached);
  return self;
}

RedisConnection::RedisConnection(asio::io_context& loop, std::string host, std::uint16_t port,
                                 const RedisSettings& settings)
    : loop_(loop), host_(std::move(host)), port_(port), settings_(settings), watch_(loop) {}

RedisConnection::~RedisConnection() = default;

void RedisConnection::greet(const std::vector<std::vector<std::string>>& greeting) {
  for (const auto& words : greeting)
    give(words, [this](const Result<RedisReply>& reply) {
      if (reply && reply->is(RedisReply::Kind::kError))
        close({Code::kRefused, "redis " + host_ + ": " + reply->text});
    });
}

asio::awaitable<void> RedisConnection::run(std::shared_ptr<RedisConnection> self) {
  auto outcome = co_await self->talk();
  self->close(outcome ? Error{Code::kIo, "redis " + self->host_ + ": closed by the server"}
                      : std::move(outcome).error());
}

asio::awaitable<Result<void>> RedisConnection::talk() {
  auto stream =
      co_await net::connect_stream(host_, port_, settings_.tls, settings_.connect_timeout);
  if (!stream) co_return fail(std::move(stream).error());
  if (ended_) co_return Result<void>();
  stream_ = std::move(*stream);
  auto secured = co_await stream_->shake_hands();
  if (!secured) co_return secured;
  flush();
  while (!ended_) {
    auto bytes = co_await stream_->read();
    if (!bytes) co_return fail(std::move(bytes).error());
    if (bytes->empty()) break;
    reader_.feed(*bytes);
    auto taken = take_replies();
    if (!taken) co_return taken;
  }
  co_return Result<void>();
}

Result<void> RedisConnection::take_replies() {
  while (!ended_) {
    auto reply = reader_.next();
    if (!reply) return fail(std::move(reply).error());
    if (!*reply) return {};
    if (waiting_.empty()) return fail(Code::kBadInput, "redis {}: a reply nobody asked for", host_);
    const Answered answered = std::move(waiting_.front().answered);
    waiting_.pop_front();
    answered(std::move(**reply));
  }
  return {};
}

void RedisConnection::give(const std::vector<std::string>& words, Answered answered) {
  if (ended_) return answered(fail(Code::kIo, "redis {}: the connection has ended", host_));
  if (waiting_.size() >= settings_.most_waiting)
    return answered(fail(Code::kRefused, "redis {}: too many commands wait", host_));
  waiting_.push_back({steady_clock::now() + settings_.timeout, std::move(answered)});
  const Bytes bytes = redis_command(words);
  queued_.insert(queued_.end(), bytes.begin(), bytes.end());
  if (waiting_.size() == 1) watch_.cancel();
  flush();
}

void RedisConnection::flush() {
  if (stream_ == nullptr || ended_ || !writing_.empty() || queued_.empty()) return;
  std::swap(writing_, queued_);
  asio::co_spawn(loop_, write(shared_from_this()), asio::detached);
}

asio::awaitable<void> RedisConnection::write(std::shared_ptr<RedisConnection> self) {
  auto written = co_await self->stream_->write(self->writing_);
  self->writing_.clear();
  if (written)
    self->flush();
  else
    self->close(std::move(written).error());
}

// Replies come in order, so the first that waits is the first that is late.
asio::awaitable<void> RedisConnection::watch(std::shared_ptr<RedisConnection> self) {
  while (!self->ended_) {
    const bool idle = self->waiting_.empty();
    self->watch_.expires_at(idle ? Time::max() : self->waiting_.front().deadline);
    boost::system::error_code ignored;
    co_await self->watch_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!self->waiting_.empty() && self->waiting_.front().deadline <= steady_clock::now())
      self->close({Code::kTimeout, "redis " + self->host_ + ": no reply in time"});
  }
}

void RedisConnection::close(Error why) {
  if (std::exchange(ended_, true)) return;
  if (stream_ != nullptr) stream_->close();
  watch_.cancel();
  for (const auto& each : std::exchange(waiting_, {})) each.answered(fail(why));
}

asio::awaitable<Result<RedisReply>> RedisConnection::wait_for(
    const std::function<void(Answered)>& give_all) {
  struct Box {
    explicit Box(asio::io_context& loop) : came(loop, Time::max()) {}
    asio::steady_timer came;  // never runs out: cancelled when the reply is there
    std::optional<Result<RedisReply>> reply;
  };
  const auto self = shared_from_this();
  const auto box = std::make_shared<Box>(loop_);
  give_all([box](Result<RedisReply> reply) {
    box->reply = std::move(reply);
    box->came.cancel();
  });
  boost::system::error_code ignored;
  while (!box->reply)
    co_await box->came.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  co_return std::move(*box->reply);
}

asio::awaitable<Result<RedisReply>> RedisConnection::call(const std::vector<std::string>& words) {
  co_return co_await wait_for([&](Answered answered) { give(words, std::move(answered)); });
}

asio::awaitable<Result<RedisReply>> RedisConnection::call_pair(
    const std::vector<std::string>& first, const std::vector<std::string>& second) {
  co_return co_await wait_for([&](Answered answered) {
    give(first, [](const Result<RedisReply>&) {});
    give(second, std::move(answered));
  });
}

}  // namespace weir::guard
