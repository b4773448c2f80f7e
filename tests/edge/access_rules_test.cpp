#include "edge/access_rules.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::edge {
namespace {

using support::FailsWith;
using ::testing::HasSubstr;

AccessRules rules(const AccessConfig& config) {
  NullLog log;
  return std::move(*AccessRules::make(config, log));
}

bool serves(const AccessRules& rules, AccessRules::Asked asked) {
  if (asked.path.empty()) asked.path = "/live/a.flv";
  if (asked.peer.empty()) asked.peer = "192.0.2.7";
  if (asked.host.empty()) asked.host = "edge.example:8080";
  asked.signed_path = asked.path;
  return rules.refusal(asked, 1000).empty();
}

TEST(AccessRules, WithoutAnyAllIsServed) {
  EXPECT_TRUE(serves(rules({}), {.page = "https://anywhere.example/"}));
}

TEST(AccessRules, AddressesAreAllowedAndDenied) {
  const auto both = rules({.allow = {"192.0.2.0/24", "2001:db8::/32"}, .deny = {"192.0.2.66"}});
  EXPECT_TRUE(serves(both, {.peer = "192.0.2.7"}));
  EXPECT_TRUE(serves(both, {.peer = "::ffff:192.0.2.7"}));
  EXPECT_TRUE(serves(both, {.peer = "2001:db8::1"}));
  EXPECT_FALSE(serves(both, {.peer = "192.0.2.66"}));
  EXPECT_FALSE(serves(both, {.peer = "198.51.100.1"}));
  EXPECT_TRUE(serves(rules({.deny = {"192.0.2.66"}}), {.peer = "198.51.100.1"}));
}

TEST(AccessRules, PagesOfOtherHostsAreRefused) {
  const auto some = rules({.referers = {"example.org", "*.example.com"}});
  for (const char* page :
       {"", "https://example.org", "http://EXAMPLE.org:8443/a?b", "https://a.b.example.com/",
        "https://edge.example/page", "http://edge.example:8080/"})
    EXPECT_TRUE(serves(some, {.page = page})) << page;
  for (const char* page : {"https://example.com/", "https://badexample.com/", "null",
                           "https://example.org.evil.example/", "https://evil.example/example.org",
                           "https://sub.example.org/"})
    EXPECT_FALSE(serves(some, {.page = page})) << page;
  EXPECT_TRUE(serves(some, {.path = "/", .page = "https://evil.example/"})) << "a link to the page";
  EXPECT_TRUE(serves(some, {.path = "/page/app.js", .page = "https://evil.example/"}));
}

TEST(AccessRules, WhatIsSignedNeedsItsToken) {
  const support::TempFolder folder;
  std::ofstream(folder / "secret") << "sixteen or more characters\n";
  const UrlSigner signer = *UrlSigner::parse("sixteen or more characters");
  const auto some =
      rules({.secret_file = folder / "secret", .signed_paths = {"/live", "/hls/paid/"}});
  const std::string token = signer.token("/live/a.flv", 2000);
  EXPECT_TRUE(serves(some, {.token = token}));
  EXPECT_FALSE(serves(some, {}));
  EXPECT_FALSE(serves(some, {.path = "/live/b.flv", .token = token}));
  EXPECT_FALSE(serves(some, {.path = "/hls/paid/a.m3u8"}));
  EXPECT_TRUE(serves(some, {.path = "/hls/free/a.m3u8"}));
  EXPECT_TRUE(serves(some, {.path = "/lively/a.flv"}));
  const auto all = rules({.secret_file = folder / "secret"});
  EXPECT_FALSE(serves(all, {.path = "/hls/free/a.m3u8"}));
  EXPECT_TRUE(serves(all, {.path = "/"})) << "the page itself";
}

TEST(AccessRules, NamesWhatIsWrong) {
  NullLog log;
  EXPECT_THAT(AccessRules::make({.secret_file = "/nowhere"}, log),
              FailsWith(Code::kIo, HasSubstr("/nowhere")));
  EXPECT_THAT(AccessRules::make({.allow = {"x"}}, log), FailsWith(Code::kUsage, HasSubstr("'x'")));
}

// What an exchange is answered, and what its handler sees.
struct Inner : HttpHandler {
  void handle(const HttpRequest& request, HttpExchangePtr exchange) override {
    seen = request.path;
    exchange->answer(plain_answer(200));
  }
  std::string seen;
};

struct Exchange : HttpExchange {
  explicit Exchange(unsigned& to) : status(to) {}
  void answer(HttpAnswer answer) override { status = answer.status; }
  TakenConnection take_over() override { return {}; }
  bool is_over() const override { return false; }
  boost::asio::any_io_executor executor() override { return {}; }
  const std::string& peer() const override { return address; }
  const std::string address = "192.0.2.7";
  unsigned& status;
};

class GuardedHttpTest : public ::testing::Test {
 protected:
  static std::string write_secret(const support::TempFolder& folder) {
    std::ofstream(folder / "secret") << "sixteen or more characters\n";
    return folder / "secret";
  }
  unsigned ask(const std::string& target, const std::string& fields = "") {
    const std::string bytes = "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    HttpRequestParser parser;
    EXPECT_EQ(parser.parse(bytes), HttpRequestParser::State::kComplete);
    unsigned status = 0;
    guarded.handle(parser.request(), std::make_shared<Exchange>(status));
    return status;
  }
  static std::string token(const std::string& path, std::int64_t expires) {
    return UrlSigner::parse("sixteen or more characters")->token(path, expires);
  }

  support::TempFolder folder;
  const std::string secret = write_secret(folder);
  support::FakeClock clock;
  NullLog log;
  AccessGate gate{rules({.secret_file = secret, .referers = {"good.example"}}), clock, log};
  Inner inner;
  GuardedHttp guarded{gate, inner};
  const std::int64_t now = clock.utc_us() / 1'000'000;
};

TEST_F(GuardedHttpTest, ATokenStandsInTheQueryOrInThePath) {
  EXPECT_EQ(ask("/live/a.flv"), 403U);
  EXPECT_EQ(ask("/live/a.flv?token=" + token("/live/a.flv", now + 60)), 200U);
  EXPECT_EQ(ask("/live/a.flv?x=1&token=" + token("/live/a.flv", now + 60) + "&y"), 200U);
  EXPECT_EQ(ask("/live/a.flv?token=" + token("/live/a.flv", now - 1)), 403U);
  EXPECT_EQ(ask("/hls/~" + token("/hls/", now + 60) + "/720p/a.m4s"), 200U);
  EXPECT_EQ(inner.seen, "/hls/720p/a.m4s");
  EXPECT_EQ(ask("/hls/~" + token("/hls/free/", now + 60) + "/a.m4s"), 403U);
  EXPECT_EQ(ask("/hls/a.m4s?token=" + token("/hls/", now + 60)), 403U);
}

TEST_F(GuardedHttpTest, NoOtherWayToWriteAPathGoesAround) {
  gate.replace(rules({.secret_file = secret, .signed_paths = {"/live"}}));
  EXPECT_EQ(ask("/free/a.flv"), 200U);
  for (const char* path : {"/live/a.flv", "/%6cive/a.flv", "/live%2fa.flv", "/~/live/a.flv",
                           "/~1-2/live/a.flv", "/live/~1-2/a.flv"})
    EXPECT_NE(
        ask(path) == 200 && inner.seen.find("live") != std::string::npos && decode_path(inner.seen),
        true)
        << path;
}

TEST_F(GuardedHttpTest, TheRulesMayBeReplaced) {
  gate.replace(rules({}));
  EXPECT_EQ(ask("/live/a.flv"), 200U);
  gate.replace(rules({.deny = {"192.0.2.7"}}));
  EXPECT_EQ(ask("/live/a.flv"), 403U);
}

TEST_F(GuardedHttpTest, TheOriginStandsAboveTheReferer) {
  gate.replace(rules({.referers = {"good.example"}}));
  EXPECT_EQ(ask("/a", "Referer: https://good.example/x\r\n"), 200U);
  EXPECT_EQ(ask("/a", "Referer: https://bad.example/x\r\n"), 403U);
  EXPECT_EQ(ask("/a", "Origin: https://bad.example\r\nReferer: https://good.example/x\r\n"), 403U);
}

}  // namespace
}  // namespace weir::edge
