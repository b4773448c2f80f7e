// HTTP under TLS.
#include <fstream>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "edge/http_server.h"
#include "support/certificate.h"
#include "support/fake_clock.h"
#include "support/http2_peer.h"
#include "support/temp_folder.h"
#include "support/tls_peer.h"

namespace weir::edge {
namespace {

using namespace std::chrono_literals;
using support::HttpPeer;
using support::TlsPeer;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

// Large contents of both kinds, and the path.
class Handler : public HttpHandler {
 public:
  void handle(const HttpRequest& request, HttpExchangePtr exchange) override {
    HttpAnswer out;
    if (request.path == "/file") {
      out.file = file;
      out.size = text->size();
    } else {
      out.body = request.path == "/text" ? text : std::make_shared<const std::string>(request.path);
      out.size = out.body->size();
    }
    out.head = std::make_shared<const std::string>(make_head(200, out.size, ""));
    exchange->answer(std::move(out));
  }
  SharedText text;
  std::shared_ptr<const OpenFile> file;
};

class HttpTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!certificate.made()) GTEST_SKIP() << "no openssl to make a certificate with";
    std::string bytes(2'000'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 / 5);
    std::ofstream(folder.path() / "file", std::ios::binary) << bytes;
    handler.text = std::make_shared<const std::string>(std::move(bytes));
    handler.file = std::make_shared<const OpenFile>(
        ::open((folder.path() / "file").c_str(), O_RDONLY | O_CLOEXEC));
    identity = std::move(*net::HttpIdentity::load(certificate.file(), certificate.key()));
    routes.add("/", handler);
    HttpServerOptions options;
    options.doors = {{"127.0.0.1", 0}, {"127.0.0.1", 0, identity.get()}};
    options.tick = Micros{2'000};
    server = std::move(*HttpServer::open(options, routes, clock));
  }
  std::uint16_t port() const { return server->port(1); }
  void until_open(std::uint64_t count) const {
    while (server->counters().open != count) std::this_thread::sleep_for(1ms);
  }

  support::Certificate certificate;
  support::TempFolder folder;
  support::FakeClock clock;
  Handler handler;
  HttpRoutes routes;
  std::unique_ptr<net::HttpIdentity> identity;
  std::unique_ptr<HttpServer> server;
};

TEST_F(HttpTlsTest, AnswersAndKeepsTheConnection) {
  const TlsPeer peer(port());
  for (int i = 0; i < 3; ++i) {
    peer.send(kGet);
    EXPECT_TRUE(peer.read_to("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(peer.read_some(2), "/a");
  }
  const HttpPeer plain(server->port(0));
  EXPECT_EQ(plain.get(kGet), "HTTP/1.1 200 OK|/a") << "beside the plain door";
}

TEST_F(HttpTlsTest, LargeContentsComeWholeAndTheEndIsSaid) {
  for (const char* path : {"/text", "/file"}) {
    const TlsPeer peer(port());
    peer.send(std::string("GET ") + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    peer.read_to("\r\n\r\n");
    EXPECT_TRUE(peer.read_all() == *handler.text) << path;
    EXPECT_TRUE(peer.was_ended()) << path;
  }
}

TEST_F(HttpTlsTest, AnswersPipelinedRequests) {
  const TlsPeer peer(port());
  std::string requests;
  for (int i = 0; i < 300; ++i)
    requests += "GET /" + std::to_string(1000 + i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  peer.send(requests);
  for (int i = 0; i < 300; ++i) {
    peer.read_to("\r\n\r\n");
    ASSERT_EQ(peer.read_some(5), "/" + std::to_string(1000 + i));
  }
}

TEST_F(HttpTlsTest, OldVersionsAndWeakCiphersAreRefused) {
  EXPECT_FALSE(TlsPeer(port(), {.newest = TLS1_1_VERSION}).shook_hands());
  EXPECT_FALSE(TlsPeer(port(), {.newest = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-SHA"})
                   .shook_hands());
  EXPECT_TRUE(TlsPeer(port(), {.newest = TLS1_2_VERSION}).shook_hands());
  EXPECT_TRUE(TlsPeer(port()).shook_hands());
  until_open(0);
}

TEST_F(HttpTlsTest, AgreesOnAProtocolItSpeaks) {
  EXPECT_EQ(TlsPeer(port(), {.protocols = "\x03"
                                          "foo\x08http/1.1"})
                .protocol(),
            "http/1.1");
  EXPECT_FALSE(TlsPeer(port(), {.protocols = "\x03"
                                             "ftp"})
                   .shook_hands());
  EXPECT_EQ(TlsPeer(port()).protocol(), "");
}

/// A client that has agreed on HTTP/2.
struct Http2Client {
  explicit Http2Client(std::uint16_t port) : tls(port, {.protocols = "\x02h2\x08http/1.1"}) {}
  /// Until the answer has ended, or the server has.
  const support::Http2Peer::Answer& answer(std::int32_t stream) {
    while (!http.answers[stream].ended && read()) {
    }
    return http.answers[stream];
  }
  bool read() {
    tls.send(http.take());
    const std::string bytes = tls.read_now();
    return !bytes.empty() && http.feed(bytes);
  }
  TlsPeer tls;
  support::Http2Peer http;
};

TEST_F(HttpTlsTest, AClientThatCanSpeaksHttp2) {
  Http2Client client(port());
  EXPECT_EQ(client.tls.protocol(), "h2");
  const auto a = client.http.ask("/a");
  const auto file = client.http.ask("/file");
  const auto head = client.http.ask("/text", {}, "HEAD");
  client.read();
  client.http.make_room(file, 2'000'000);
  EXPECT_EQ(client.answer(a).content, "/a");
  EXPECT_EQ(client.answer(head).fields.at("content-length"), "2000000");
  EXPECT_EQ(client.answer(head).content, "");
  EXPECT_TRUE(client.answer(file).content == *handler.text);
  EXPECT_EQ(server->counters().requests, 3U);
  EXPECT_EQ(server->counters().answers[1], 3U);
}

TEST_F(HttpTlsTest, AnIdleClientOfHttp2IsSentAway) {
  Http2Client client(port());
  client.answer(client.http.ask("/a"));
  clock.advance(31s);
  while (client.read()) {
  }
  until_open(0);
}

TEST_F(HttpTlsTest, AClientThatTakesNothingIsSentAwayThoughItPings) {
  Http2Client client(port());
  client.http.ask("/text");
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (client.read() && std::chrono::steady_clock::now() < end) {
    client.http.ping();
    clock.advance(1s);
  }
  until_open(0);
}

TEST_F(HttpTlsTest, DrainedItAnswersWhatIsUnderWay) {
  Http2Client client(port());
  client.answer(client.http.ask("/a"));
  const auto file = client.http.ask("/file");
  client.read();
  server->drain();
  client.http.make_room(file, 2'000'000);
  EXPECT_TRUE(client.answer(file).content == *handler.text);
  EXPECT_TRUE(client.http.was_sent_away);
  while (client.read()) {
  }
  EXPECT_TRUE(client.tls.was_ended());
}

TEST_F(HttpTlsTest, WhoDoesNotShakeHandsInTimeIsSentAway) {
  const HttpPeer silent(port());
  const HttpPeer half(port());
  half.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  until_open(2);
  clock.advance(11s);
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_EQ(half.read_all(), "");
  until_open(0);
}

TEST_F(HttpTlsTest, PlainBytesAtADoorOfTlsEndThere) {
  const HttpPeer peer(port());
  peer.send(kGet);
  EXPECT_EQ(peer.read_all().find("HTTP/"), std::string::npos);
  until_open(0);
}

TEST_F(HttpTlsTest, AnotherCertificateIsForNewConnectionsAndABadOneForNone) {
  const TlsPeer before(port());
  const support::Certificate other;
  ASSERT_TRUE(identity->reload(other.file(), other.key()));
  const TlsPeer behind(port());
  EXPECT_NE(before.serial(), behind.serial());
  EXPECT_FALSE(identity->reload(certificate.file(), other.key()));
  EXPECT_EQ(TlsPeer(port()).serial(), behind.serial());
  before.send(kGet);
  EXPECT_TRUE(before.read_to("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpTlsTest, DrainedItLeavesNobodyInAHandshake) {
  const HttpPeer silent(port());
  until_open(1);
  server->drain();
  EXPECT_EQ(silent.read_all(), "");
}

}  // namespace
}  // namespace weir::edge
