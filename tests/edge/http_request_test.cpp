#include "edge/http_request.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace weir::edge {
namespace {

using State = HttpRequestParser::State;

constexpr std::string_view kPlain =
    "GET /live/a.m3u8?x=1&y HTTP/1.1\r\nHost: example.org:8080\r\nRange:  bytes=0-1 \r\n\r\n";

// 0 for a request, 1 for one that is not at its end, else the status it is refused with.
unsigned verdict(std::string_view bytes, HttpLimits limits = {}) {
  HttpRequestParser parser(limits);
  switch (parser.parse(bytes)) {
    case State::kComplete:
      return 0;
    case State::kMore:
      return 1;
    case State::kRefused:
      return parser.status();
  }
  return 2;
}

unsigned verdict_of_fields(const std::string& fields) {
  return verdict("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
}

TEST(HttpRequest, TellsWhatIsAskedFor) {
  HttpRequestParser parser;
  const std::string bytes = std::string(kPlain) + "GET";
  ASSERT_EQ(parser.parse(bytes), State::kComplete);
  const HttpRequest& request = parser.request();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.path, "/live/a.m3u8");
  EXPECT_EQ(request.query, "x=1&y");
  EXPECT_EQ(request.host, "example.org:8080");
  EXPECT_EQ(request.field("range"), "bytes=0-1");
  EXPECT_EQ(request.field("nothing"), "");
  EXPECT_TRUE(request.keep_alive);
  EXPECT_FALSE(request.has_content());
  EXPECT_EQ(parser.size(), kPlain.size());
}

TEST(HttpRequest, AnyBreakingOfTheBytesGivesTheSame) {
  const std::vector<std::string> samples{
      std::string(kPlain),
      "\r\nGET / HTTP/1.0\r\n\r\n",
      "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
      "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"};
  std::mt19937 dice(1);
  for (const std::string& sample : samples) {
    const unsigned whole = verdict(sample);
    for (int round = 0; round < 200; ++round) {
      HttpRequestParser parser;
      State state = State::kMore;
      for (std::size_t size = 0; state == State::kMore && size < sample.size();) {
        size = std::min<std::size_t>(sample.size(), size + 1 + dice() % 7);
        const std::string moved = sample.substr(0, size);  // elsewhere each time
        state = parser.parse(moved);
        if (state == State::kComplete) {
          EXPECT_EQ(parser.size(), sample.size());
        }
      }
      EXPECT_EQ(state == State::kRefused ? parser.status() : 0, whole) << sample;
    }
  }
}

TEST(HttpRequest, EveryBeginningWantsMore) {
  for (std::size_t size = 0; size < kPlain.size(); ++size)
    EXPECT_EQ(verdict(kPlain.substr(0, size)), 1U) << size;
}

TEST(HttpRequest, RefusesWhatTwoReadersMayUnderstandDifferently) {
  EXPECT_EQ(verdict("GET / HTTP/1.1\nHost: a\n\n"), 400U);
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\n\r\n"), 400U);
  EXPECT_EQ(verdict_of_fields("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400U);
  EXPECT_EQ(verdict_of_fields("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), 400U);
  EXPECT_EQ(verdict_of_fields("Content-Length: 1\r\nContent-Length: 1\r\n"), 400U);
  EXPECT_EQ(verdict_of_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            400U);
  EXPECT_EQ(verdict_of_fields("Transfer-Encoding: xchunked\r\n"), 501U);
  EXPECT_EQ(verdict_of_fields("Transfer-Encoding: gzip, chunked\r\n"), 501U);
  EXPECT_EQ(verdict_of_fields("Transfer-Encoding : chunked\r\n"), 400U);
  EXPECT_EQ(verdict_of_fields(" folded: 1\r\n"), 400U);
  EXPECT_EQ(verdict_of_fields("a: 1\r\n\tmore\r\n"), 400U);
  EXPECT_EQ(verdict_of_fields("a\r\n"), 400U);
  EXPECT_EQ(verdict_of_fields(": a\r\n"), 400U);
  EXPECT_EQ(verdict_of_fields("a: 1\r2\r\n"), 400U);
  EXPECT_EQ(verdict_of_fields(std::string("a: 1\0002\r\n", 8)), 400U);
  EXPECT_EQ(verdict("PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400U);
}

TEST(HttpRequest, AContentLengthIsDigits) {
  for (const std::string value : {"", "-1", "+1", "0x1", "1 2", "1,1", "9999999999999999999"})
    EXPECT_EQ(verdict_of_fields("Content-Length: " + value + "\r\n"), 400U) << value;
  HttpRequestParser parser;
  ASSERT_EQ(parser.parse("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 007\r\n\r\n"),
            State::kComplete);
  EXPECT_EQ(parser.request().content_length, 7U);
}

TEST(HttpRequest, OneHostAndARequestLineOfThreeParts) {
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\n\r\n"), 400U);
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400U);
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400U);
  EXPECT_EQ(verdict("GET / HTTP/1.0\r\n\r\n"), 0U);
  EXPECT_EQ(verdict("GET /\r\n\r\n"), 400U);
  EXPECT_EQ(verdict("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), 400U);
  EXPECT_EQ(verdict("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"), 400U);
  EXPECT_EQ(verdict("GET a HTTP/1.1\r\nHost: a\r\n\r\n"), 400U);
  EXPECT_EQ(verdict("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"), 400U);
  EXPECT_EQ(verdict("GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n"), 400U);
  EXPECT_EQ(verdict("G(T / HTTP/1.1\r\nHost: a\r\n\r\n"), 400U);
  EXPECT_EQ(verdict("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505U);
  EXPECT_EQ(verdict("GET / http/1.1\r\nHost: a\r\n\r\n"), 400U);
  EXPECT_EQ(verdict("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), 0U);
  EXPECT_EQ(verdict("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400U);
}

TEST(HttpRequest, TakesTheFormProxiesSend) {
  HttpRequestParser parser;
  ASSERT_EQ(parser.parse("GET http://a.b?c HTTP/1.1\r\nHost: a.b\r\n\r\n"), State::kRefused);
  parser.reset();
  ASSERT_EQ(parser.parse("GET HTTP://a.b/c?d HTTP/1.1\r\nHost: a.b\r\n\r\n"), State::kComplete);
  EXPECT_EQ(parser.request().path, "/c");
  EXPECT_EQ(parser.request().query, "d");
}

TEST(HttpRequest, HasLimits) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(verdict("GET /" + std::string(9000, 'a')), 414U);
  EXPECT_EQ(verdict("GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"), 414U);
  EXPECT_EQ(verdict(head + "a: " + std::string(9000, 'a')), 431U);
  std::string many = head;
  for (int i = 0; i < 64; ++i) many += "a: b\r\n";
  EXPECT_EQ(verdict(many + "\r\n"), 431U);
}

TEST(HttpRequest, SaysWhetherTheConnectionGoesOn) {
  const auto keeps = [](const std::string& bytes) {
    HttpRequestParser parser;
    EXPECT_EQ(parser.parse(bytes), State::kComplete);
    return parser.request().keep_alive;
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

TEST(HttpRequest, RobustAgainstChangedBytes) {
  std::mt19937 dice(7);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes(kPlain);
    for (unsigned i = dice() % 4; i > 0; --i)
      bytes[dice() % bytes.size()] = static_cast<char>(dice());
    HttpRequestParser parser;
    if (parser.parse(bytes) == State::kComplete) {
      EXPECT_LE(parser.size(), bytes.size());
    }
  }
}

TEST(DecodePath, GivesNamesBelowTheFolder) {
  EXPECT_EQ(decode_path("/").value(), "");
  EXPECT_EQ(decode_path("/a/b%20c.ts").value(), "a/b c.ts");
  EXPECT_EQ(decode_path("/a/").value(), "a/");
  EXPECT_EQ(decode_path("/..a/b..").value(), "..a/b..");
  EXPECT_EQ(decode_path("/%C3%A4").value(), "\xc3\xa4");
}

TEST(DecodePath, RefusesWhatLeadsOutside) {
  for (const std::string_view path :
       {"a",       "//",        "/a//b",     "/..",     "/../a", "/a/..",       "/a/../b",
        "/./a",    "/%2e%2e/a", "/a/%2E%2e", "/.%2e/a", "/%2fa", "/a%2f..%2fb", "/a%00.m3u8",
        "/a%5c..", "/a\\b",     "/%",        "/%4",     "/%zz",  "/a%0a"})
    EXPECT_FALSE(decode_path(path)) << path;
}

}  // namespace
}  // namespace weir::edge
