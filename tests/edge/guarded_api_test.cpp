// Guarded routes between real servers: a backend that does what it is told, and one in front of it.
#include "edge/guarded_api.h"

#include <atomic>
#include <chrono>
#include <fstream>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/post.hpp>

#include "support/fake_clock.h"
#include "support/http_peer.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::edge {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::HttpPeer;
using support::IsOk;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Backend : public HttpHandler {
 public:
  void handle(const HttpRequest& request, HttpExchangePtr exchange) override {
    std::unique_lock lock(mutex_);
    seen_ = std::string(request.method).append(" ").append(request.path);
    if (!request.query.empty()) seen_.append("?").append(request.query);
    for (const auto& field : request.fields)
      seen_.append("\n").append(field.name).append(": ").append(field.value);
    ++calls;
    if (request.has_content()) {
      lock.unlock();
      return exchange->read_content(std::make_unique<Sink>(*this, exchange));
    }
    if (!held_) return exchange->answer(answer());
    waiting_.push_back(std::move(exchange));
  }
  void set(unsigned status, std::string fields = {}, std::string body = "data\n") {
    const std::lock_guard lock(mutex_);
    status_ = status;
    fields_ = std::move(fields);
    body_ = std::move(body);
  }
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    for (auto& each : waiting_) {
      const auto executor = each->executor();
      boost::asio::post(executor, [each = std::move(each), answer = answer()]() mutable {
        each->answer(std::move(answer));
      });
    }
    waiting_.clear();
  }
  std::string seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  std::atomic<int> calls{0};

 private:
  struct Sink : HttpContentSink {
    Sink(Backend& of, HttpExchangePtr asked) : backend(of), exchange(std::move(asked)) {}
    bool take(std::string_view piece) override {
      content.append(piece);
      return true;
    }
    void end() override {
      const std::lock_guard lock(backend.mutex_);
      backend.seen_.append("\n\n").append(content);
      exchange->answer(backend.answer());
    }
    Backend& backend;
    HttpExchangePtr exchange;
    std::string content;
  };
  HttpAnswer answer() const {
    HttpAnswer out;
    out.status = status_;
    out.size = body_.size();
    out.head = std::make_shared<const std::string>(make_head(status_, out.size, fields_));
    out.body = std::make_shared<const std::string>(body_);
    return out;
  }

  std::mutex mutex_;
  unsigned status_ = 200;
  std::string fields_, body_ = "data\n", seen_;
  bool held_ = false;
  std::vector<HttpExchangePtr> waiting_;
};

class GuardedApiTest : public ::testing::Test {
 protected:
  GuardedApiTest() {
    backend_routes.add("/", backend);
    backend_server = std::move(*HttpServer::open({.doors = {{.port = 0}}}, backend_routes, clock));
    route.path = "/api/room";
    route.backend = "http://127.0.0.1:" + std::to_string(backend_server->port());
    route.cache.jitter = 0;
  }
  ~GuardedApiTest() override {
    if (api) api->stop();
    server.reset();
  }
  void open() {
    config.api = {route};
    auto opened = GuardedApi::open(config, clock, Random::system(), log);
    ASSERT_THAT(opened, IsOk());
    api = std::move(*opened);
    api->add_to([this](const std::string& path, HttpHandler& one) { routes.add(path, one); });
    server = std::move(*HttpServer::open({.doors = {{.port = 0}}, .loops = 2}, routes, clock));
  }
  std::string ask(const std::string& what, const std::string& fields = {},
                  const std::string& content = {}) const {
    const HttpPeer peer(server->port());
    peer.send(what + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n" + content);
    return peer.read_all();
  }
  std::string get(const std::string& fields = {}) const { return ask("GET /api/room", fields); }
  /// Asks until that comes.
  std::string get_until(const std::string& part) const {
    std::string answer;
    for (int i = 0; i < 500 && answer.find(part) == answer.npos; ++i) {
      if (i > 0) std::this_thread::sleep_for(10ms);
      answer = get();
    }
    return answer;
  }
  ApiRouteReport report() const { return api->report().routes[0]; }

  support::FakeClock clock;
  NullLog log;
  Backend backend;
  HttpRoutes backend_routes, routes;
  std::unique_ptr<HttpServer> backend_server;
  ApiRouteConfig route;
  EdgeConfig config;
  std::unique_ptr<GuardedApi> api;
  std::unique_ptr<HttpServer> server;
};

TEST_F(GuardedApiTest, TheFirstAsksTheBackendTheNextAreGivenWhatItSaid) {
  backend.set(200, "Content-Type: application/json\r\n", "{}");
  open();
  const auto first = get();
  EXPECT_THAT(first, AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("{}"),
                           HasSubstr("content-type: application/json\r\n"),
                           HasSubstr("Cache-Status: edge; fwd=miss; fwd-status=200\r\n"),
                           Not(HasSubstr("Age:"))));
  EXPECT_THAT(get(),
              AllOf(HasSubstr("Age: 0\r\nCache-Status: edge; hit; ttl=1\r\n"), EndsWith("{}")));
  EXPECT_THAT(ask("HEAD /api/room"),
              AllOf(HasSubstr("Content-Length: 2\r\n"), EndsWith("\r\n\r\n")));
  EXPECT_EQ(backend.calls, 1);
  EXPECT_THAT(ask("GET /api/room/7?a=b"), HasSubstr("fwd=miss"));
  EXPECT_THAT(backend.seen(), StartsWith("GET /api/room/7?a=b\n"));
  EXPECT_EQ(backend.calls, 2);
}

TEST_F(GuardedApiTest, AHundredWhoComeTogetherAreOneCall) {
  open();
  backend.hold();
  std::vector<std::unique_ptr<HttpPeer>> peers;
  for (int i = 0; i < 100; ++i) {
    peers.push_back(std::make_unique<HttpPeer>(server->port()));
    peers.back()->send("GET /api/room HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  while (server->counters().requests < 100) std::this_thread::sleep_for(1ms);
  while (backend.calls == 0) std::this_thread::sleep_for(1ms);
  backend.release();
  for (const auto& peer : peers) EXPECT_EQ(peer->next_answer(), "HTTP/1.1 200 OK|data\n");
  EXPECT_EQ(backend.calls, 1);
  EXPECT_EQ(report().served[static_cast<std::size_t>(Served::kMiss)], 1U);
}

TEST_F(GuardedApiTest, WhatIsStaleIsGivenAtOnceWhileOneCallFetchesIt) {
  open();
  get();
  clock.advance(3s);
  backend.hold();
  backend.set(200, {}, "new\n");
  for (int i = 0; i < 5; ++i)
    EXPECT_THAT(get(), AllOf(HasSubstr("Age: 3\r\nCache-Status: edge; hit; ttl=-2\r\n"),
                             EndsWith("data\n")));
  while (backend.calls < 2) std::this_thread::sleep_for(1ms);
  backend.release();
  EXPECT_THAT(get_until("new"), HasSubstr("Cache-Status: edge; hit; ttl=1\r\n"));
  EXPECT_EQ(backend.calls, 2);
}

TEST_F(GuardedApiTest, WhenTheBackendFailsWhatIsKeptIsGivenAndTheBreakerOpens) {
  route.breaker.least_calls = 3;
  open();
  get();
  backend.set(500);
  clock.advance(60s);
  for (int i = 0; i < 8; ++i)
    EXPECT_THAT(get(), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("data\n"),
                             HasSubstr("Age: 60\r\nCache-Status: edge; hit; ttl=-59; "
                                       "detail=stale-if-error\r\n")));
  EXPECT_EQ(backend.calls, 4);
  EXPECT_EQ(report().breaker, guard::BreakerState::kOpen);
  EXPECT_EQ(report().opened, 1U);
  backend.set(200, {}, "well\n");
  clock.advance(2s);
  EXPECT_THAT(get(), EndsWith("well\n"));
  clock.advance(20s);
  EXPECT_THAT(get(), EndsWith("well\n"));
  EXPECT_EQ(report().breaker, guard::BreakerState::kClosed);
}

TEST_F(GuardedApiTest, WithNothingKeptThereIs503AndWhenToComeAgain) {
  backend.set(500);
  open();
  EXPECT_THAT(get(), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("Retry-After: 1\r\n")));
  EXPECT_EQ(report().unavailable, 1U);
}

TEST_F(GuardedApiTest, TheFallbackIsAFile) {
  const support::TempFolder folder;
  route.fallback = folder / "room.json";
  config.api = {route};
  EXPECT_THAT(GuardedApi::open(config, clock, Random::system(), log),
              FailsWith(Code::kIo, HasSubstr("room.json")));
  std::ofstream(route.fallback) << "{\"closed\":true}";
  backend_server.reset();  // nobody listens there now
  open();
  EXPECT_THAT(get(), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("{\"closed\":true}"),
                           HasSubstr("content-type: application/json\r\n"),
                           HasSubstr("Cache-Status: edge; fwd=miss; detail=fallback\r\n")));
}

TEST_F(GuardedApiTest, ThatThereIsNothingIsKeptForAShortTimeAndNeverStale) {
  backend.set(404, {}, "no room\n");
  open();
  EXPECT_THAT(get(), AllOf(StartsWith("HTTP/1.1 404 "), EndsWith("no room\n")));
  EXPECT_THAT(get(), AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("edge; hit")));
  EXPECT_EQ(backend.calls, 1);
  clock.advance(2s);
  backend.set(500);
  EXPECT_THAT(get(), StartsWith("HTTP/1.1 503 "));
}

TEST_F(GuardedApiTest, WhatTheBackendForbidsIsNotKeptAndCookiesAreForNobody) {
  backend.set(200, "Cache-Control: private\r\nSet-Cookie: a=b\r\n");
  open();
  EXPECT_THAT(get("Cookie: c=d\r\n"),
              AllOf(HasSubstr("cache-control: private"), Not(HasSubstr("a=b"))));
  EXPECT_THAT(backend.seen(), Not(HasSubstr("c=d")));
  get();
  EXPECT_EQ(backend.calls, 2);
}

TEST_F(GuardedApiTest, WhoShowsCredentialsHasTheBackendsOwnAnswer) {
  open();
  get();
  EXPECT_THAT(get("Authorization: Bearer x\r\nCookie: c=d\r\n"), HasSubstr("edge; fwd=bypass"));
  EXPECT_THAT(backend.seen(), AllOf(HasSubstr("Authorization: Bearer x"), HasSubstr("Cookie: c=d"),
                                    HasSubstr("X-Forwarded-For: 127.0.0.1")));
  EXPECT_EQ(backend.calls, 2);
}

TEST_F(GuardedApiTest, WhoHasItIsToldSo) {
  backend.set(200, "ETag: \"1\"\r\n");
  open();
  get();
  EXPECT_THAT(get("If-None-Match: \"1\"\r\n"),
              AllOf(StartsWith("HTTP/1.1 304 "), HasSubstr("etag: \"1\""), EndsWith("\r\n\r\n")));
  EXPECT_THAT(get("If-None-Match: \"2\"\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(GuardedApiTest, TheBucketRefusesAndSaysWhenToComeAgain) {
  route.bucket = {.rate = 1, .per = 10s, .burst = 2, .key = "header:User"};
  open();
  EXPECT_THAT(get("User: a\r\n"), AllOf(StartsWith("HTTP/1.1 200 "),
                                        HasSubstr("RateLimit-Policy: \"route\";q=2;w=20\r\n"
                                                  "RateLimit: \"route\";r=1;t=10\r\n")));
  get("User: a\r\n");
  EXPECT_THAT(get("User: a\r\n"),
              AllOf(StartsWith("HTTP/1.1 429 "), HasSubstr("Retry-After: 10\r\n"),
                    HasSubstr("RateLimit: \"route\";r=0;t=20\r\n")));
  EXPECT_THAT(get("User: b\r\n"), StartsWith("HTTP/1.1 200 "));
  clock.advance(10s);
  EXPECT_THAT(get("User: a\r\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(report().limited, 1U);
}

TEST_F(GuardedApiTest, OtherMethodsArePassedOnOnceWithTheirContent) {
  route.methods = {"GET", "POST"};
  route.request_bytes = 10;
  backend.set(201, "Set-Cookie: a=b\r\nConnection: X-Own\r\nX-Own: 1\r\n", "done");
  open();
  EXPECT_THAT(ask("POST /api/room", "Content-Length: 5\r\nContent-Type: text/plain\r\n", "hello"),
              AllOf(StartsWith("HTTP/1.1 201 "), EndsWith("done"), HasSubstr("set-cookie: a=b"),
                    Not(HasSubstr("x-own")), HasSubstr("edge; fwd=bypass; fwd-status=201")));
  EXPECT_THAT(backend.seen(), AllOf(StartsWith("POST /api/room\n"), EndsWith("\n\nhello"),
                                    HasSubstr("Content-Type: text/plain")));
  EXPECT_THAT(ask("POST /api/room", "Content-Length: 11\r\n", "hello world"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(
      ask("POST /api/room", "Transfer-Encoding: chunked\r\n", "b\r\nhello world\r\n0\r\n\r\n"),
      StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask("DELETE /api/room"),
              AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET, HEAD, POST, OPTIONS\r\n")));
  EXPECT_THAT(ask("OPTIONS /api/room"), HasSubstr("Access-Control-Allow-Methods: GET, HEAD, POST"));
  EXPECT_EQ(backend.calls, 1);
  backend_server.reset();
  EXPECT_THAT(ask("POST /api/room", "Content-Length: 5\r\n", "hello"),
              AllOf(StartsWith("HTTP/1.1 502 "), HasSubstr("Retry-After: 1")));
}

TEST_F(GuardedApiTest, PathsThatLeadElsewhereAreRefused) {
  route.backend += "/base/";
  open();
  EXPECT_THAT(ask("GET /api/room/../../secret"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask("GET /api/room/%2e%2e/secret"), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(backend.calls, 0);
  get();
  EXPECT_THAT(backend.seen(), StartsWith("GET /base/api/room\n"));
}

TEST_F(GuardedApiTest, AnAnswerThatIsTooLargeIsNoOutage) {
  route.answer_bytes = 4;
  open();
  EXPECT_THAT(get(), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(report().failed, 0U);
}

TEST_F(GuardedApiTest, ItsFiguresAreTold) {
  open();
  get();
  get();
  const std::string text = api_metrics(api->report());
  EXPECT_THAT(text,
              HasSubstr("\nweir_edge_api_answers_total{route=\"/api/room\",from=\"hit\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nweir_edge_api_backend_calls_total{route=\"/api/room\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nweir_edge_api_breaker_state{route=\"/api/room\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("\nweir_edge_api_cache_entries 1\n"));
}

TEST_F(GuardedApiTest, EndsWhileSomebodyWaits) {
  open();
  backend.hold();
  const HttpPeer peer(server->port());
  peer.send("GET /api/room HTTP/1.1\r\nHost: a\r\n\r\n");
  while (backend.calls == 0) std::this_thread::sleep_for(1ms);
  api->stop();
  server.reset();
  api.reset();
  EXPECT_EQ(peer.read_all(), "");
}

}  // namespace
}  // namespace weir::edge
