#include "net/http_client.h"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "net/event_loop.h"
#include "support/http_server.h"
#include "support/matchers.h"

namespace weir::net {
namespace {

using support::Answer;
using support::FailsWith;
using support::HttpServer;
using support::IsOk;
using support::Seen;
using ::testing::_;
using Then = Answer::Then;

/// One request over a connection of its own.
Result<HttpResponse> ask(const HttpServer& server, HttpRequest request) {
  const auto url = parse_url(server.url("/"));
  EventLoop loop;
  std::promise<Result<HttpResponse>> done;
  const auto connection = make_http_connection(loop.context(), *url, nullptr, {});
  auto send = [&]() -> boost::asio::awaitable<void> {
    done.set_value(co_await connection->send(request));
  };
  boost::asio::co_spawn(loop.context(), send(), boost::asio::detached);
  auto out = done.get_future().get();
  loop.stop();
  return out;
}

HttpRequest get(std::size_t most) {
  HttpRequest out;
  out.method = "GET";
  out.target = "/a";
  out.most_content = most;
  return out;
}

TEST(HttpClient, HandsOutContentAndHeadersThatAreAskedFor) {
  const HttpServer server([](const Seen&) {
    return Answer{.status = 200, .headers = "Last-Modified: then\r\n", .body = "0123456789"};
  });
  const auto got = ask(server, get(10));
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(as_text(got->content), "0123456789");
  EXPECT_EQ(got->header("last-modified"), "then");
  EXPECT_EQ(got->header("etag"), "");
  EXPECT_LE(got->head_after, got->content_after);
}

TEST(HttpClient, RefusesMoreContentThanWasAskedForWithoutReadingIt) {
  const HttpServer server([](const Seen&) { return Answer{.status = 200, .body = "0123456789"}; });
  EXPECT_THAT(ask(server, get(9)), FailsWith(Code::kRefused, "more than 9 bytes"));
}

TEST(HttpClient, TellsContentThatBreaksOff) {
  const HttpServer server(
      [](const Seen&) { return Answer{.status = 200, .then = Then::kCloseAfterHead}; });
  EXPECT_THAT(ask(server, get(100)), FailsWith(Code::kIo, _));
}

TEST(HttpClient, HasNoContentBehindAHead) {
  const HttpServer server(
      [](const Seen&) { return Answer{.status = 200, .then = Then::kCloseAfterHead}; });
  auto request = get(1);
  request.method = "HEAD";
  const auto got = ask(server, request);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->header("content-length"), "10");
}

TEST(HttpClient, WaitsNoLongerThanItsPatience) {
  const HttpServer server([](const Seen&) { return Answer{.then = Then::kHang}; });
  auto request = get(1);
  request.patience = Micros(50'000);
  EXPECT_THAT(ask(server, request), FailsWith(Code::kTimeout, _));
}

}  // namespace
}  // namespace weir::net
