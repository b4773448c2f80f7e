#include "rtmp/client.h"

#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "rtmp/stamps.h"

namespace weir::rtmp {

namespace asio = boost::asio;

// Shared with the coroutine that connects and with the session of the connection.
class Client::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& loop, ClientOptions options, const ClientLimits& limits,
       asio::ssl::context* tls, const Random& random, std::unique_ptr<ClientHandler> handler)
      : loop_(loop),
        options_(std::move(options)),
        limits_(limits),
        tls_(tls),
        random_(random),
        handler_(std::move(handler)) {}

  void start() { asio::co_spawn(loop_, connect(shared_from_this()), asio::detached); }

  void drop() {
    finishing_ = true;
    handler_.reset();
    if (auto connection = std::exchange(connection_, nullptr))
      connection->finish({Code::kStopped, "closed"});
  }

  void publish(flv::Tag tag);
  void finish();
  std::size_t queued() const { return connection_ ? connection_->queued() : 0; }
  void hold(bool held) {
    if (connection_) connection_->hold(held);
  }
  WireFacts facts() const { return connection_ ? connection_->facts() : WireFacts{}; }

 private:
  friend class Talk;
  static asio::awaitable<void> connect(std::shared_ptr<Core> self);
  void begin(std::unique_ptr<net::ByteStream> stream);
  void ended(const Error& why);

  asio::io_context& loop_;
  ClientOptions options_;
  const ClientLimits limits_;
  asio::ssl::context* const tls_;
  const Random& random_;
  std::unique_ptr<ClientHandler> handler_;  // gone when nobody is to be told any more
  std::shared_ptr<Connection> connection_;
  Talk* talk_ = nullptr;  // on that connection
  bool finishing_ = false;
};

// One connection's part in it.
class Client::Talk : public Session {
 public:
  Talk(std::shared_ptr<Core> core, Connection& connection)
      : core_(std::move(core)), connection_(connection), dialogue_(core_->options_) {}

  Result<void> opened() override {
    opened_ = true;
    return send_output();
  }

  Result<void> take(Message message) override {
    auto outcome = dialogue_.take(std::move(message));
    while (auto event = dialogue_.next()) {
      auto handled = handle(std::move(*event));
      if (outcome) outcome = std::move(handled);
    }
    WEIR_TRY(send_output());
    return outcome;
  }

  void ended(const Error& why) override {
    core_->talk_ = nullptr;
    core_->connection_ = nullptr;
    if (!redirected_ || core_->finishing_) return core_->ended(why);
    core_->options_.url = std::move(*redirected_);
    core_->options_.follow = false;
    core_->start();
  }

  void publish(flv::Tag tag) {
    if (!dialogue_.started()) return;
    dialogue_.publish(std::move(tag));
    static_cast<void>(send_output());
  }

  void finish() {
    dialogue_.finish();
    if (opened_) static_cast<void>(send_output());
    connection_.close();
  }

 private:
  Result<void> handle(ClientEvent event) {
    ClientHandler* const handler = core_->handler_.get();
    if (auto* started = std::get_if<Started>(&event)) {
      connection_.trust();
      handler->started(started->peer);
    } else if (auto* media = std::get_if<Media>(&event)) {
      handler->take(
          {media->type, stamps_.unwind(media->timestamp_ms, media->type), std::move(media->body)});
    } else if (auto* asked = std::get_if<ReconnectAsked>(&event)) {
      handler->asked_to_move(asked->url, asked->text);
    } else if (auto* there = std::get_if<Redirected>(&event)) {
      redirected_ = std::move(there->url);
      return fail(Code::kStopped, "sent on to another server");
    } else if (auto* finished = std::get_if<Finished>(&event)) {
      return fail(Code::kStopped, "the stream has ended{}{}", finished->text.empty() ? "" : ": ",
                  finished->text);
    }
    return {};
  }

  Result<void> send_output() {
    for (const auto& message : dialogue_.take_output()) WEIR_TRY(connection_.send(message));
    return {};
  }

  const std::shared_ptr<Core> core_;
  Connection& connection_;
  ClientDialogue dialogue_;
  Stamps stamps_;
  bool opened_ = false;
  std::optional<Url> redirected_;
};

asio::awaitable<void> Client::Core::connect(std::shared_ptr<Core> self) {
  const Url& url = self->options_.url;
  if (url.secure && self->tls_ == nullptr) {
    self->ended({Code::kUsage, "rtmps needs TLS, which is not set up"});
    co_return;
  }
  auto stream = co_await net::connect_stream(url.host, url.port, url.secure ? self->tls_ : nullptr,
                                             self->limits_.connect);
  if (self->finishing_)
    self->ended({Code::kStopped, "closed"});
  else if (stream)
    self->begin(std::move(*stream));
  else
    self->ended(std::move(stream).error());
}

void Client::Core::begin(std::unique_ptr<net::ByteStream> stream) {
  if (!handler_) return;
  connection_ = Connection::start(loop_, std::move(stream), Role::kClient, random_,
                                  limits_.connection, [this](Connection& connection) {
                                    auto talk =
                                        std::make_unique<Talk>(shared_from_this(), connection);
                                    talk_ = talk.get();
                                    return talk;
                                  });
}

void Client::Core::ended(const Error& why) {
  if (const auto handler = std::move(handler_)) handler->ended(why);
}

void Client::Core::publish(flv::Tag tag) {
  if (talk_ != nullptr) talk_->publish(std::move(tag));
}

void Client::Core::finish() {
  finishing_ = true;
  if (talk_ != nullptr) talk_->finish();
}

Client::Client(asio::io_context& loop, ClientOptions options, const ClientLimits& limits,
               asio::ssl::context* tls, const Random& random,
               std::unique_ptr<ClientHandler> handler)
    : core_(std::make_shared<Core>(loop, std::move(options), limits, tls, random,
                                   std::move(handler))) {
  core_->start();
}

Client::~Client() {
  core_->drop();
}

void Client::publish(flv::Tag tag) {
  core_->publish(std::move(tag));
}

std::size_t Client::queued() const {
  return core_->queued();
}

void Client::hold(bool held) {
  core_->hold(held);
}

void Client::finish() {
  core_->finish();
}

WireFacts Client::facts() const {
  return core_->facts();
}

}  // namespace weir::rtmp
