#include "edge/page_http.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/gzip.h"
#include "support/fake_clock.h"
#include "support/http_peer.h"

namespace weir::edge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Rest : public HttpHandler {
 public:
  void handle(const HttpRequest&, HttpExchangePtr exchange) override {
    exchange->answer(plain_answer(418));
  }
};

class PageHttpTest : public ::testing::Test {
 protected:
  void open(std::span<const PageFile> files) {
    page.emplace(files, rest);
    routes.add("/", *page);
    server = std::move(*HttpServer::open({.doors = {{.port = 0}}}, routes, clock));
  }
  void open() {
    open(std::array{PageFile{"/", "text/html", "\"one\"", as_text(html)},
                    PageFile{"/page/a.js", "text/javascript", "\"two\"", as_text(script)},
                    PageFile{"/page/bad.js", "text/javascript", "\"bad\"", "no gzip"}});
  }
  std::string ask(const std::string& method, const std::string& path,
                  const std::string& fields = {}) const {
    const support::HttpPeer peer(server->port());
    peer.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields +
              "\r\n");
    return peer.read_all();
  }
  static std::string content(const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }

  const Bytes html = gzip(as_bytes("<!doctype html>"));
  const Bytes script = gzip(as_bytes("export {};"));
  support::FakeClock clock;
  Rest rest;
  std::optional<PageHttp> page;
  HttpRoutes routes;
  std::unique_ptr<HttpServer> server;
};

TEST_F(PageHttpTest, GivesItsFilesAsTheyAreOrCompressed) {
  open();
  const auto plain = ask("GET", "/");
  EXPECT_THAT(plain, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(plain, HasSubstr("Content-Type: text/html\r\n"));
  EXPECT_THAT(plain, HasSubstr("Vary: Accept-Encoding\r\n"));
  EXPECT_THAT(plain, Not(HasSubstr("Content-Encoding")));
  EXPECT_EQ(content(plain), "<!doctype html>");
  const auto zipped = ask("GET", "/page/a.js", "Accept-Encoding: br, gzip\r\n");
  EXPECT_THAT(zipped, HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_EQ(content(zipped), as_text(script));
  EXPECT_EQ(content(ask("HEAD", "/")), "");
}

TEST_F(PageHttpTest, OnlyItsOwnScriptsRun) {
  open();
  const auto answer = ask("GET", "/");
  EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self';"));
  EXPECT_THAT(answer, Not(HasSubstr("unsafe")));
  EXPECT_THAT(ask("GET", "/page/a.js"), HasSubstr("X-Content-Type-Options: nosniff\r\n"));
}

TEST_F(PageHttpTest, IsNotSentToWhomHasIt) {
  open();
  const auto has = [&](const std::string& etag, const std::string& more = {}) {
    return ask("GET", "/", "If-None-Match: " + etag + "\r\n" + more);
  };
  EXPECT_THAT(has("\"one\""), StartsWith("HTTP/1.1 304 "));
  EXPECT_EQ(content(has("\"one\"")), "");
  EXPECT_THAT(has("\"one\"", "Accept-Encoding: gzip\r\n"), StartsWith("HTTP/1.1 200 "))
      << "what it has is not compressed";
  EXPECT_THAT(has("\"one-gz\"", "Accept-Encoding: gzip\r\n"), StartsWith("HTTP/1.1 304 "));
  EXPECT_THAT(has("\"two\""), StartsWith("HTTP/1.1 200 "));
}

TEST_F(PageHttpTest, LeavesAllElseToOthers) {
  open();
  for (const auto* path : {"/page", "/page/", "/page/b.js", "/page/bad.js", "/live/x.flv", "//"})
    EXPECT_THAT(ask("GET", path), StartsWith("HTTP/1.1 418 ")) << path;
  EXPECT_THAT(ask("POST", "/"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(ask("POST", "/page/a.js"), StartsWith("HTTP/1.1 405 "));
}

TEST_F(PageHttpTest, WithoutFilesItSaysHowToGetThem) {
  open({});
  const auto answer = ask("GET", "/");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(answer, HasSubstr("nodejs and npm"));
  EXPECT_THAT(ask("GET", "/live/x.flv"), StartsWith("HTTP/1.1 418 "));
}

TEST(PageFiles, AreWholeOrNotThere) {
  for (const PageFile& file : page_files()) {
    EXPECT_TRUE(gunzip(as_bytes(file.gzip), 8 << 20)) << file.path;
    EXPECT_THAT(file.etag, StartsWith("\"")) << file.path;
    EXPECT_FALSE(file.type.empty()) << file.path;
  }
}

// Nothing is asked of other servers, and nothing runs that stands in the page itself.
TEST(PageFiles, ThePageNeedsNothingFromElsewhere) {
  for (const PageFile& file : page_files()) {
    if (file.path != "/") continue;
    const auto html = *gunzip(as_bytes(file.gzip), 8 << 20);
    EXPECT_THAT(std::string(as_text(html)), Not(HasSubstr("://")));
    EXPECT_THAT(std::string(as_text(html)), Not(HasSubstr("<script>")));
    EXPECT_THAT(std::string(as_text(html)), Not(HasSubstr("style=")));
  }
}

}  // namespace
}  // namespace weir::edge
