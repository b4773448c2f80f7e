#include "edge/signed_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace weir::edge {
namespace {

using support::FailsWith;
using ::testing::HasSubstr;

const UrlSigner kSigner = *UrlSigner::parse("sixteen or more characters\n");

// As openssl dgst -sha256 -hmac gives it for "/live/show.flv\n1767225600".
constexpr const char* kSign = "2d6640e35c217a145cda803d5b4d2320fde8f880610305de9739d2c71d77454f";

TEST(SignedUrl, IsWhatOpensslMakes) {
  EXPECT_EQ(kSigner.token("/live/show.flv", 1767225600), std::string("1767225600-") + kSign);
}

TEST(SignedUrl, IsGoodUntilItsTimeAndForItsPath) {
  const std::string token = kSigner.token("/a.flv", 1000);
  EXPECT_TRUE(kSigner.is_good("/a.flv", token, 999));
  EXPECT_TRUE(kSigner.is_good("/a.flv", token, 1000));
  EXPECT_FALSE(kSigner.is_good("/a.flv", token, 1001));
  EXPECT_FALSE(kSigner.is_good("/b.flv", token, 999));
  EXPECT_FALSE(kSigner.is_good("/a.flv", "2000" + token.substr(4), 999));
}

TEST(SignedUrl, NothingElseIsGood) {
  const std::string token = kSigner.token("/a", 1000);
  std::string changed = token;
  changed.back() = changed.back() == '0' ? '1' : '0';
  for (const std::string& other :
       {std::string(), std::string("-"), std::string("1000"), std::string("1000-"), changed,
        token + "00", token.substr(0, token.size() - 1), token.substr(0, token.size() - 2),
        "+" + token, " " + token, "01000" + token.substr(4), "-" + token,
        "99999999999999999999" + token.substr(4)})
    EXPECT_FALSE(kSigner.is_good("/a", other, 0)) << other;
}

TEST(SignedUrl, AnotherSecretMayFollow) {
  const auto both =
      UrlSigner::parse("# the new one\nanother secret, of use\n\n sixteen or more characters \n");
  ASSERT_TRUE(both);
  EXPECT_TRUE(both->is_good("/a", kSigner.token("/a", 1000), 0));
  EXPECT_FALSE(kSigner.is_good("/a", both->token("/a", 1000), 0));
}

TEST(SignedUrl, SecretsAreLongAndThere) {
  EXPECT_THAT(UrlSigner::parse("short\n"), FailsWith(Code::kUsage, HasSubstr("line 1")));
  EXPECT_THAT(UrlSigner::parse("# nothing\n"), FailsWith(Code::kUsage, HasSubstr("no secret")));
  NullLog log;
  EXPECT_THAT(UrlSigner::load("/nowhere", log), FailsWith(Code::kIo, HasSubstr("/nowhere")));
}

TEST(SignedUrl, AFolderHasItsTokenInThePath) {
  const PathToken found = path_token("/hls/show/~5-ab/720p/~1.m4s");
  EXPECT_EQ(found.folder, "/hls/show/");
  EXPECT_EQ(found.token, "5-ab");
  EXPECT_EQ(found.rest, "720p/~1.m4s");
  EXPECT_EQ(path_token("/hls/a.m3u8").folder, "");
  EXPECT_EQ(path_token("/hls/~5-ab").folder, "") << "no more than a file's name";
  EXPECT_EQ(without_token("/hls/~5-ab/a.m3u8"), "/hls/~/a.m3u8");
  EXPECT_EQ(without_token("/hls/a.m3u8"), "/hls/a.m3u8");
}

}  // namespace
}  // namespace weir::edge
