#include "rtmp/connection.h"

#include <future>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "net/event_loop.h"
#include "net/tls.h"
#include "rtmp/chunks.h"
#include "rtmp/listener.h"
#include "support/certificate.h"
#include "support/matchers.h"
#include "support/words.h"

namespace weir::rtmp {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;
using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;

constexpr auto kPatience = 10s;  // until a test that hangs has failed

// A session that does what the test says.
struct Script {
  std::function<Result<void>(Connection&)> opened = [](Connection&) { return Result<void>(); };
  std::function<Result<void>(Connection&, Message)> take = [](Connection&, Message) {
    return Result<void>();
  };
  std::function<void(const Error&)> ended = [](const Error&) {};
};

class Scripted : public Session {
 public:
  Scripted(Connection& connection, const Script& script)
      : connection_(connection), script_(script) {}
  Result<void> opened() override { return script_.opened(connection_); }
  Result<void> take(Message message) override {
    return script_.take(connection_, std::move(message));
  }
  void ended(const Error& why) override { script_.ended(why); }

 private:
  Connection& connection_;
  const Script script_;
};

Connection::MakeSession sessions(Script script) {
  return [script = std::move(script)](Connection& connection) {
    return std::make_unique<Scripted>(connection, script);
  };
}

// Keeps the first value it is given.
template <typename T>
class Once {
 public:
  void set(T value) {
    if (!std::exchange(is_set_, true)) promise_.set_value(std::move(value));
  }
  T get() {
    if (future_.wait_for(kPatience) != std::future_status::ready) throw std::runtime_error("hangs");
    return future_.get();
  }

 private:
  std::promise<T> promise_;
  std::future<T> future_ = promise_.get_future();
  bool is_set_ = false;
};

Message numbered(std::uint32_t number, std::size_t size = 4) {
  return {MessageType::kData, 1, number, Bytes(size, static_cast<std::uint8_t>(number))};
}

Result<void> trusting(Connection& connection) {
  connection.trust();
  return {};
}

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() { options.port = 0; }
  ~ConnectionTest() override { loop.stop(); }

  void listen(Script script, asio::ssl::context* tls = nullptr) {
    auto opened =
        Listener::open(loop.context(), options, tls, Random::system(), sessions(std::move(script)));
    ASSERT_THAT(opened, IsOk());
    listener = std::move(*opened);
  }
  void connect(Script script, asio::ssl::context* tls = nullptr, ConnectionLimits limits = {}) {
    asio::co_spawn(loop.context(), connecting(std::move(script), tls, limits), asio::detached);
  }
  tcp::socket raw() {
    tcp::socket socket(other);
    socket.connect({asio::ip::address_v4::loopback(), listener->port()});
    return socket;
  }
  // Nothing more comes, within the test's patience.
  static bool closed(tcp::socket& socket) {
    Bytes buffer(4096);
    boost::system::error_code ec;
    while (!ec) socket.read_some(asio::buffer(buffer), ec);
    return true;
  }

  ListenOptions options;
  asio::io_context other;
  Once<Error> ended;
  net::EventLoop loop;
  std::unique_ptr<Listener> listener;

 private:
  asio::awaitable<void> connecting(Script script, asio::ssl::context* tls,
                                   ConnectionLimits limits) {
    auto stream = co_await net::connect_stream("127.0.0.1", listener->port(), tls, 5s);
    if (!stream) {
      script.ended(stream.error());
      co_return;
    }
    Connection::start(loop.context(), std::move(*stream), Role::kClient, Random::system(), limits,
                      sessions(std::move(script)));
  }
};

Script echo() {
  return {.take = [](Connection& connection, Message message) {
    connection.trust();
    return connection.send(message);
  }};
}

// Sends a small message and a large one, and waits for both.
Script caller(Once<std::vector<Message>>& got) {
  auto messages = std::make_shared<std::vector<Message>>();
  return {.opened =
              [](Connection& connection) {
                EXPECT_THAT(connection.send(numbered(1)), IsOk());
                return connection.send(numbered(2, 500'000));
              },
          .take =
              [&got, messages](Connection&, Message message) {
                messages->push_back(std::move(message));
                if (messages->size() == 2) got.set(*messages);
                return Result<void>();
              },
          .ended = [](const Error&) {}};
}

TEST_F(ConnectionTest, MessagesGoBothWays) {
  Once<std::vector<Message>> got;
  listen(echo());
  connect(caller(got));
  EXPECT_EQ(got.get(), (std::vector{numbered(1), numbered(2, 500'000)}));
}

TEST_F(ConnectionTest, MessagesGoBothWaysUnderTls) {
  const support::Certificate certificate;
  if (!certificate.made()) GTEST_SKIP() << "no openssl to make a certificate with";
  auto server = net::make_tls_server(certificate.file(), certificate.key());
  ASSERT_THAT(server, IsOk());
  auto client = net::make_tls_client();
  client.load_verify_file(certificate.file());
  Once<std::vector<Message>> got;
  listen(echo(), &*server);
  connect(caller(got), &client);
  EXPECT_EQ(got.get(), (std::vector{numbered(1), numbered(2, 500'000)}));
  loop.stop();
}

TEST_F(ConnectionTest, ACertificateNobodyVouchesForIsRefused) {
  const support::Certificate certificate;
  if (!certificate.made()) GTEST_SKIP() << "no openssl to make a certificate with";
  auto server = net::make_tls_server(certificate.file(), certificate.key());
  auto client = net::make_tls_client();
  listen({}, &*server);
  connect({.ended = [&](const Error& why) { ended.set(why); }}, &client);
  EXPECT_EQ(ended.get().code, Code::kRefused);
  loop.stop();
}

TEST_F(ConnectionTest, WithoutAHandshakeTheEndComesSoon) {
  options.connection.handshake = 30ms;
  listen({.ended = [&](const Error& why) { ended.set(why); }});
  auto socket = raw();
  EXPECT_EQ(ended.get().what, "no handshake in time");
  EXPECT_TRUE(closed(socket));
}

TEST_F(ConnectionTest, WhoSaysNothingOfUseIsSentAway) {
  options.connection.handshake = 1s;
  options.connection.trust = -970ms;
  listen({.ended = [&](const Error& why) { ended.set(why); }});
  connect({});
  EXPECT_EQ(ended.get().what, "shaken hands, and then nothing of use in time");
}

TEST_F(ConnectionTest, OtherProtocolsAreSentAway) {
  listen({.ended = [&](const Error& why) { ended.set(why); }});
  auto socket = raw();
  asio::write(socket, asio::buffer(std::string("GET / HTTP/1.1\r\n\r\n")));
  EXPECT_EQ(ended.get().code, Code::kBadInput);
  EXPECT_TRUE(closed(socket));
}

TEST_F(ConnectionTest, APeerThatLivesAnswersPingsAndOneThatDoesNotIsGivenUp) {
  options.connection.idle = 60ms;
  Once<bool> opened;
  listen({.opened = trusting, .ended = [&](const Error& why) { ended.set(why); }});
  const auto begin = std::chrono::steady_clock::now();
  std::shared_ptr<Connection> client;
  connect({.opened = [&](Connection& connection) {
    client = connection.shared_from_this();
    opened.set(true);
    return Result<void>();
  }});
  opened.get();
  // It answers for longer than the server would wait, then no more.
  loop.post([&] {
    asio::co_spawn(
        loop.context(),
        [&]() -> asio::awaitable<void> {
          co_await net::pause(150ms);
          client->hold(true);
        },
        asio::detached);
  });
  EXPECT_EQ(ended.get().what, "nothing heard for 60ms");
  EXPECT_GT(std::chrono::steady_clock::now() - begin, 150ms);
  loop.stop();
}

TEST_F(ConnectionTest, APeerThatTakesTooSlowlyIsGivenUp) {
  options.connection.output = 1'000'000;
  std::shared_ptr<Connection> client;
  listen({.take =
              [](Connection& connection, Message) {
                for (std::uint32_t i = 0; i < 40; ++i)
                  EXPECT_THAT(connection.send(numbered(i, 500'000)), IsOk());
                return Result<void>();
              },
          .ended = [&](const Error& why) { ended.set(why); }});
  connect({.opened = [&](Connection& connection) {
    client = connection.shared_from_this();
    connection.hold(true);
    return connection.send(numbered(1));
  }});
  const Error why = ended.get();
  EXPECT_EQ(why.code, Code::kRefused);
  EXPECT_THAT(why.what, HasSubstr("too slowly"));
  loop.stop();
}

// Sends more than the sockets hold before it looks, and waits for as much.
Script talker(Once<bool>& heard_all) {
  constexpr int kMessages = 40;
  auto heard = std::make_shared<int>(0);
  return {.opened =
              [](Connection& connection) {
                connection.trust();
                for (std::uint32_t i = 0; i < kMessages; ++i)
                  EXPECT_THAT(connection.send(numbered(i, 500'000)), IsOk());
                return Result<void>();
              },
          .take =
              [&heard_all, heard](Connection&, Message) {
                if (++*heard == kMessages) heard_all.set(true);
                return Result<void>();
              },
          .ended = [](const Error&) {}};
}

TEST_F(ConnectionTest, WhoSendsReadsToo) {
  Once<bool> server, client;
  options.connection.output = 100 << 20;
  listen(talker(server));
  connect(talker(client), nullptr, options.connection);
  EXPECT_TRUE(server.get());
  EXPECT_TRUE(client.get());
  loop.stop();
}

TEST_F(ConnectionTest, HeldItTakesNothingAndThenGoesOn) {
  constexpr std::uint32_t kMessages = 40;
  Once<std::vector<std::uint32_t>> all;
  std::vector<std::uint32_t> seen;
  std::shared_ptr<Connection> server;
  Once<bool> holding;
  listen({.opened = trusting,
          .take =
              [&](Connection& connection, Message message) {
                seen.push_back(message.timestamp_ms);
                if (seen.size() == 1) {
                  server = connection.shared_from_this();
                  connection.hold(true);
                  holding.set(true);
                }
                if (seen.size() == kMessages) all.set(seen);
                return Result<void>();
              },
          .ended = [](const Error&) {}});
  ConnectionLimits limits;
  limits.output = 100 << 20;
  std::shared_ptr<Connection> client;
  connect({.opened =
               [&](Connection& connection) {
                 client = connection.shared_from_this();
                 for (std::uint32_t i = 0; i < kMessages; ++i)
                   EXPECT_THAT(connection.send(numbered(i, 500'000)), IsOk());
                 return Result<void>();
               }},
          nullptr, limits);
  holding.get();
  std::promise<std::size_t> waiting;
  asio::co_spawn(
      loop.context(),
      [&]() -> asio::awaitable<void> {
        co_await net::pause(50ms);
        waiting.set_value(client->queued());
        server->hold(false);
      },
      asio::detached);
  EXPECT_GT(waiting.get_future().get(), 1'000'000u);
  std::vector<std::uint32_t> expected(kMessages);
  for (std::uint32_t i = 0; i < kMessages; ++i) expected[i] = i;
  EXPECT_EQ(all.get(), expected);
  loop.stop();
}

TEST_F(ConnectionTest, ASessionThatFailsIsHeardOutFirst) {
  listen({.take = [](Connection& connection, Message) -> Result<void> {
            EXPECT_THAT(connection.send(numbered(7, 300'000)), IsOk());
            return fail(Code::kRefused, "no such key");
          },
          .ended = [&](const Error& why) { ended.set(why); }});
  Once<Message> last;
  Once<Error> client_ended;
  connect({.opened = [](Connection& connection) { return connection.send(numbered(1)); },
           .take =
               [&](Connection&, Message message) {
                 last.set(std::move(message));
                 return Result<void>();
               },
           .ended = [&](const Error& why) { client_ended.set(why); }});
  EXPECT_EQ(last.get(), numbered(7, 300'000));
  EXPECT_EQ(client_ended.get().what, "closed by the peer");
  EXPECT_EQ(ended.get().what, "no such key");
}

TEST_F(ConnectionTest, PlacesAreCounted) {
  options.strangers = 2;
  listen({});
  auto first = raw(), second = raw(), third = raw();
  EXPECT_TRUE(closed(third));
  Once<std::size_t> there;
  loop.post([&] {
    EXPECT_EQ(listener->refused(), 1u);
    there.set(listener->connections());
  });
  EXPECT_EQ(there.get(), 2u);
}

TEST_F(ConnectionTest, StrangersFromEverywhereAreBoundedAndThatIsSaidSparingly) {
  support::Words words;
  options.all_strangers = 1;
  options.log = &words;
  listen({});
  auto first = raw();
  for (int i = 0; i < 30; ++i) {
    auto more = raw();
    EXPECT_TRUE(closed(more));
  }
  Once<std::uint64_t> refused;
  loop.post([&] { refused.set(listener->refused()); });
  EXPECT_EQ(refused.get(), 30u);
  EXPECT_EQ(words.warnings.size(), 10u);
  EXPECT_THAT(words.warnings.front(), HasSubstr("127.0.0.1 is sent away: there are 1 already"));
}

TEST_F(ConnectionTest, OnePortTakesBothKindsOfAddresses) {
  options.address = "::";
  Once<std::string> peer;
  listen({.opened = [&](Connection& connection) {
    peer.set(connection.peer());
    return Result<void>();
  }});
  connect({});
  EXPECT_EQ(peer.get(), "127.0.0.1");
}

TEST_F(ConnectionTest, AClosedListenerTellsItsSessions) {
  Once<bool> opened;
  listen({.opened =
              [&](Connection&) {
                opened.set(true);
                return Result<void>();
              },
          .ended = [&](const Error& why) { ended.set(why); }});
  Once<Error> client_ended;
  connect({.ended = [&](const Error& why) { client_ended.set(why); }});
  opened.get();
  loop.post([&] { listener.reset(); });
  EXPECT_EQ(ended.get().code, Code::kStopped);
  client_ended.get();
}

TEST_F(ConnectionTest, APortThatIsTakenIsNamed) {
  listen({});
  ListenOptions same = options;
  same.port = listener->port();
  EXPECT_THAT(Listener::open(loop.context(), same, nullptr, Random::system(), sessions({})),
              FailsWith(Code::kIo, HasSubstr("cannot listen on 127.0.0.1 port")));
  same.address = "localhost";
  EXPECT_THAT(Listener::open(loop.context(), same, nullptr, Random::system(), sessions({})),
              FailsWith(Code::kUsage, HasSubstr("'localhost' is no address")));
}

}  // namespace
}  // namespace weir::rtmp
