#include "edge/http_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "support/fake_clock.h"
#include "support/http_peer.h"
#include "support/temp_folder.h"

namespace weir::edge {
namespace {

using namespace std::chrono_literals;
using support::HttpPeer;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

HttpAnswer text_answer(std::string text) {
  HttpAnswer out;
  out.size = text.size();
  out.head = std::make_shared<const std::string>(make_head(200, text.size(), "Test: 1\r\n"));
  out.body = std::make_shared<const std::string>(std::move(text));
  return out;
}

// Does as the test says.
class Handler : public HttpHandler {
 public:
  using Act = std::function<void(const HttpRequest&, HttpExchangePtr)>;
  explicit Handler(Act act) : act_(std::move(act)) {}
  void handle(const HttpRequest& request, HttpExchangePtr exchange) override {
    act_(request, std::move(exchange));
  }

 private:
  const Act act_;
};

struct Served {
  explicit Served(Handler::Act act, HttpServerOptions options = {}) : handler(std::move(act)) {
    routes.add("/a", handler);
    options.doors[0].port = 0;
    options.tick = Micros{2'000};
    server = std::move(*HttpServer::open(options, routes, clock));
  }
  support::FakeClock clock;
  Handler handler;
  HttpRoutes routes;
  std::unique_ptr<HttpServer> server;
};

void echo_path(const HttpRequest& request, const HttpExchangePtr& exchange) {
  exchange->answer(text_answer(std::string(request.path)));
}

TEST(HttpServer, AnswersAndKeepsTheConnection) {
  Served served(echo_path);
  const HttpPeer peer(served.server->port());
  peer.send(kGet);
  EXPECT_EQ(peer.read_to("\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTest: 1\r\n"
            "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n");
  EXPECT_EQ(peer.read_some(2), "/a");
  EXPECT_EQ(peer.get("GET /a/b HTTP/1.1\r\nHost: a\r\n\r\n"), "HTTP/1.1 200 OK|/a/b");
  EXPECT_EQ(peer.get("GET /ab HTTP/1.1\r\nHost: a\r\n\r\n"),
            "HTTP/1.1 404 Not Found|404 Not Found\n");
  EXPECT_EQ(served.server->counters().requests, 3U);
  EXPECT_EQ(served.server->counters().open, 1U);
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  Served served([](const HttpRequest& request, const HttpExchangePtr& exchange) {
    const std::string path(request.path);
    if (path != "/a/7") return exchange->answer(text_answer(path));
    boost::asio::post(exchange->executor(),
                      [exchange] { exchange->answer(text_answer(std::string(100'000, '7'))); });
  });
  const HttpPeer peer(served.server->port());
  std::string requests;
  for (int i = 0; i < 500; ++i)
    requests += "GET /a/" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  peer.send(requests);
  for (int i = 0; i < 500; ++i) {
    const std::string content = i == 7 ? std::string(100'000, '7') : "/a/" + std::to_string(i);
    ASSERT_EQ(peer.next_answer(), "HTTP/1.1 200 OK|" + content);
  }
}

TEST(HttpServer, EndsWhereTheClientAsksForIt) {
  Served served(echo_path);
  const HttpPeer peer(served.server->port());
  peer.send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /a");
  const std::string all = peer.read_all();
  EXPECT_NE(all.find("Connection: close\r\n\r\n/a"), all.npos);
}

TEST(HttpServer, AHeadHasTheLengthOfTheContentAndNoContent) {
  Served served(echo_path);
  const HttpPeer peer(served.server->port());
  peer.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(peer.read_to("\r\n\r\n").find("Content-Length: 2"), std::string::npos);
  EXPECT_EQ(peer.get(kGet), "HTTP/1.1 200 OK|/a");
}

TEST(HttpServer, TellsWhyItRefusesAndCloses) {
  Served served(echo_path);
  for (const auto& [request, status] : std::vector<std::pair<std::string, std::string>>{
           {"GET /a HTTP/1.1\nHost: a\n\n", "400"},
           {"GET /" + std::string(9000, 'a'), "414"},
           {"GET /a HTTP/1.1\r\nHost: a\r\nx: " + std::string(9000, 'a'), "431"},
           {std::string("\x16\x03\x01\x02\x00\n", 6), "400"}}) {
    const HttpPeer peer(served.server->port());
    peer.send(request);
    EXPECT_EQ(peer.read_all().substr(9, 3), status);
  }
}

TEST(HttpServer, ContentNobodyReadsEndsTheConnectionWithItsAnswer) {
  Served served(echo_path);
  const HttpPeer peer(served.server->port());
  peer.send("GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n" + std::string(kGet));
  const std::string all = peer.read_all();
  EXPECT_NE(all.find("Connection: close\r\n\r\n/a"), all.npos);
  EXPECT_EQ(served.server->counters().requests, 1U);
}

TEST(HttpServer, SendsPartsOfFilesAndLargeTexts) {
  const support::TempFolder folder;
  const std::string path = folder.path() / "file";
  std::string bytes(3'000'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 / 5);
  std::ofstream(path, std::ios::binary) << bytes;
  const auto text = std::make_shared<const std::string>(bytes);
  Served served([&](const HttpRequest& request, const HttpExchangePtr& exchange) {
    HttpAnswer answer;
    answer.offset = 10;
    answer.size = bytes.size() - 20;
    answer.head = std::make_shared<const std::string>(make_head(206, answer.size, ""));
    if (request.path == "/a/text")
      answer.body = text;
    else
      answer.file = std::make_shared<const OpenFile>(::open(path.c_str(), O_RDONLY));
    exchange->answer(std::move(answer));
  });
  const HttpPeer peer(served.server->port());
  const std::string expected =
      "HTTP/1.1 206 Partial Content|" + bytes.substr(10, bytes.size() - 20);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(peer.get("GET /a/text HTTP/1.1\r\nHost: a\r\n\r\n") == expected);
    EXPECT_TRUE(peer.get(kGet) == expected);
  }
}

TEST(HttpServer, AFileThatHasBecomeShorterEndsTheConnection) {
  const support::TempFolder folder;
  const std::string path = folder.path() / "file";
  std::ofstream(path) << "short";
  Served served([&](const HttpRequest&, const HttpExchangePtr& exchange) {
    HttpAnswer answer;
    answer.size = 1000;
    answer.head = std::make_shared<const std::string>(make_head(200, 1000, ""));
    answer.file = std::make_shared<const OpenFile>(::open(path.c_str(), O_RDONLY));
    exchange->answer(std::move(answer));
  });
  const HttpPeer peer(served.server->port());
  EXPECT_EQ(peer.get(kGet), "HTTP/1.1 200 OK|short");
}

TEST(HttpServer, AHandlerThatForgetsItsRequestIsAnsweredFor) {
  Served served([](const HttpRequest&, const HttpExchangePtr&) {});
  const HttpPeer peer(served.server->port());
  EXPECT_EQ(peer.get(kGet), "HTTP/1.1 503 Service Unavailable|503 Service Unavailable\n");
  EXPECT_EQ(peer.get(kGet), "HTTP/1.1 503 Service Unavailable|503 Service Unavailable\n");
}

TEST(HttpServer, AHandlerMayTakeTheConnectionOver) {
  std::promise<TakenConnection> taken;
  Served served([&](const HttpRequest&, const HttpExchangePtr& exchange) {
    taken.set_value(exchange->take_over());
    EXPECT_TRUE(exchange->is_over());
  });
  const HttpPeer peer(served.server->port());
  peer.send(std::string(kGet) + "more");
  TakenConnection mine = taken.get_future().get();
  EXPECT_EQ(mine.unread, "more");
  EXPECT_EQ(served.server->counters().open, 1U);
  const iovec part{const_cast<char*>("any bytes"), 9};
  ASSERT_EQ(mine.socket->write({&part, 1}).count, 9U);
  EXPECT_EQ(peer.read_some(9), "any bytes");
  mine.place.reset();
  EXPECT_EQ(served.server->counters().open, 0U);
}

// Time passes for the server until it ends the connection; what it has sent then.
std::string after(Served& served, const HttpPeer& peer, std::chrono::nanoseconds time) {
  served.clock.advance(time);
  return peer.read_all();
}

// The server has seen what was sent once a later connection is answered.
void let_it_see(const Served& served) {
  const HttpPeer other(served.server->port());
  other.get("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
}

TEST(HttpServer, SlowHeadsAndIdleClientsAreGivenUp) {
  Served served(echo_path);
  const HttpPeer slow(served.server->port());
  slow.send("GET /a HTT");
  const HttpPeer idle(served.server->port());
  let_it_see(served);
  served.clock.advance(9s);
  slow.send("P/1");  // a byte now and then does not help
  let_it_see(served);
  EXPECT_EQ(after(served, slow, 2s).substr(9, 3), "408");
  EXPECT_EQ(after(served, idle, 20s), "");
}

TEST(HttpServer, ClientsThatReadNothingAreGivenUp) {
  const auto large = std::make_shared<const std::string>(30'000'000, 'a');
  Served served([&](const HttpRequest& request, const HttpExchangePtr& exchange) {
    if (request.path == "/a") return exchange->answer(text_answer("x"));
    HttpAnswer answer;
    answer.size = large->size();
    answer.head = std::make_shared<const std::string>(make_head(200, answer.size, ""));
    answer.body = large;
    exchange->answer(std::move(answer));
  });
  const HttpPeer peer(served.server->port());
  peer.send("GET /a/large HTTP/1.1\r\nHost: a\r\n\r\n");
  peer.read_some(10);
  let_it_see(served);
  EXPECT_LT(after(served, peer, 21s).size(), large->size());
  EXPECT_EQ(large.use_count(), 1);
}

// An exchange belongs to its loop: it is used there, and goes there.
template <typename Use>
auto on_its_loop(HttpExchangePtr exchange, Use use) {
  const auto executor = exchange->executor();
  std::packaged_task<decltype(use(*exchange))()> task(
      [exchange = std::move(exchange), use]() mutable {
        const HttpExchangePtr last = std::move(exchange);
        return use(*last);
      });
  auto outcome = task.get_future();
  boost::asio::post(executor, std::move(task));
  return outcome.get();
}

TEST(HttpServer, AHandlerThatTakesTooLongIsAnsweredFor) {
  std::promise<HttpExchangePtr> kept;
  Served served([&](const HttpRequest& request, const HttpExchangePtr& exchange) {
    if (request.path == "/a") return exchange->answer(text_answer("x"));
    kept.set_value(exchange);
  });
  const HttpPeer peer(served.server->port());
  peer.send("GET /a/later HTTP/1.1\r\nHost: a\r\n\r\n");
  auto exchange = kept.get_future().get();
  EXPECT_EQ(after(served, peer, 61s).substr(9, 3), "503");
  EXPECT_TRUE(on_its_loop(std::move(exchange), [](auto& each) { return each.is_over(); }));
}

TEST(HttpServer, MoreClientsThanItMayHaveAreToldSo) {
  Served served(echo_path, {.census = {.all = 2}});
  const HttpPeer one(served.server->port());
  one.get(kGet);
  {
    const HttpPeer two(served.server->port());
    two.get(kGet);
    const HttpPeer three(served.server->port());
    EXPECT_EQ(three.read_all().substr(9, 3), "503");
    EXPECT_EQ(served.server->counters().refused, 1U);
    two.send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    two.read_all();
  }
  while (served.server->counters().open > 1) std::this_thread::yield();
  const HttpPeer four(served.server->port());
  EXPECT_EQ(four.get(kGet), "HTTP/1.1 200 OK|/a");
}

TEST(HttpServer, MoreClientsOfOneAddressThanItMayHaveAreToldSo) {
  Served served(echo_path, {.census = {.all = 10, .of_one_network = 2}});
  const HttpPeer one(served.server->port());
  one.get(kGet);
  const HttpPeer two(served.server->port());
  two.get(kGet);
  const HttpPeer three(served.server->port());
  three.send(kGet);  // what it has sent does not take the answer away
  const std::string answer = three.read_all();
  EXPECT_EQ(answer.substr(9, 3), "429");
  EXPECT_NE(answer.find("\r\nRetry-After: "), answer.npos);
  served.server->set({.all = 10, .of_one_network = 3});
  const HttpPeer four(served.server->port());
  EXPECT_EQ(four.get(kGet), "HTTP/1.1 200 OK|/a");
  EXPECT_EQ(served.server->counters().answers[3], 1U);
}

TEST(HttpServer, WhoIsSentAwayAndStaysIsClosed) {
  Served served(echo_path, {.census = {.all = 1}});
  const HttpPeer one(served.server->port());
  one.get(kGet);
  const HttpPeer two(served.server->port());
  EXPECT_EQ(two.read_to("\r\n\r\n").substr(9, 3), "503");
  served.clock.advance(3s);
  while (::send(two.fd(), "x", 1, MSG_NOSIGNAL) == 1) std::this_thread::sleep_for(1ms);
}

TEST(HttpServer, DrainsByAnsweringWhatIsAsked) {
  std::promise<HttpExchangePtr> kept;
  Served served([&](const HttpRequest& request, const HttpExchangePtr& exchange) {
    if (request.path == "/a") return exchange->answer(text_answer("x"));
    kept.set_value(exchange);
  });
  const HttpPeer idle(served.server->port());
  idle.get(kGet);
  const HttpPeer busy(served.server->port());
  busy.send("GET /a/later HTTP/1.1\r\nHost: a\r\n\r\n");
  auto exchange = kept.get_future().get();
  served.server->drain();
  EXPECT_EQ(idle.read_all(), "");
  on_its_loop(std::move(exchange), [](auto& each) { each.answer(text_answer("done")); });
  const std::string all = busy.read_all();
  EXPECT_NE(all.find("Connection: close\r\n\r\ndone"), all.npos);
  EXPECT_FALSE(HttpPeer(served.server->port()).is_connected());
}

TEST(HttpServer, SeveralLoopsShareAPort) {
  Served served(echo_path, {.loops = 3});
  for (int i = 0; i < 30; ++i)
    EXPECT_EQ(HttpPeer(served.server->port()).get(kGet), "HTTP/1.1 200 OK|/a");
}

TEST(HttpServer, AnExchangeMayOutliveTheServer) {
  std::promise<HttpExchangePtr> kept;
  HttpExchangePtr exchange;
  {
    Served served([&](const HttpRequest&, const HttpExchangePtr& mine) { kept.set_value(mine); });
    const HttpPeer peer(served.server->port());
    peer.send(kGet);
    exchange = kept.get_future().get();
  }
  EXPECT_TRUE(exchange->is_over());
}

TEST(HttpServer, TellsWhichAddressItCannotHave) {
  const support::FakeClock clock;
  const HttpRoutes routes;
  EXPECT_EQ(HttpServer::open({.doors = {{.address = "nowhere"}}}, routes, clock).error().what,
            "'nowhere' is no address to listen on");
  EXPECT_EQ(HttpServer::open({.doors = {{.address = "192.0.2.1", .port = 1}}}, routes, clock)
                .error()
                .code,
            Code::kIo);
}

}  // namespace
}  // namespace weir::edge
