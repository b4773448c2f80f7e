#include "net/http_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/content_type.h"
#include "net/http_verdict.h"
#include "support/matchers.h"

namespace weir::net {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::IsOk;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;
using ::testing::Pair;

TEST(HttpTarget, FilesLieBelowItsPathAndItsQueryGoesAlong) {
  const auto target = HttpTarget::make("http://h/live?sig=1", {}, "weir/1");
  ASSERT_THAT(target, IsOk());
  const Bytes body{1, 2};
  const auto put = target->put("720p/a b.ts", body);
  EXPECT_EQ(put.method, "PUT");
  EXPECT_EQ(put.target, "/live/720p/a%20b.ts?sig=1");
  EXPECT_EQ(put.body.size(), 2u);
  EXPECT_THAT(put.headers,
              ElementsAre(Pair("Content-Type", "video/mp2t"), Pair("User-Agent", "weir/1")));
  EXPECT_EQ(target->remove("x").target, "/live/x?sig=1");
  EXPECT_THAT(target->remove("x").headers, ElementsAre(Pair("User-Agent", "weir/1")));
  EXPECT_EQ(target->shown("a b"), "http://h/live/a%20b");
}

// RFC 7617 section 2: the example of Aladdin.
TEST(HttpTarget, UserAndPasswordBecomeBasicCredentials) {
  const auto target = HttpTarget::make("http://Aladdin:open%20sesame@h/", {}, "weir/1");
  ASSERT_THAT(target, IsOk());
  EXPECT_THAT(target->remove("x").headers,
              ElementsAre(Pair("User-Agent", "weir/1"),
                          Pair("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")));
  EXPECT_THAT(target->shown("x"), AllOf(Not(HasSubstr("Aladdin")), Not(HasSubstr("sesame"))));
}

TEST(HttpTarget, GivenHeadersComeAfterOurOwn) {
  const auto target =
      HttpTarget::make("http://h", {"Authorization: Bearer x:y", "X-A:", "X-B:\t b "}, "weir/1");
  ASSERT_THAT(target, IsOk());
  EXPECT_THAT(target->remove("x").headers,
              ElementsAre(Pair("User-Agent", "weir/1"), Pair("Authorization", "Bearer x:y"),
                          Pair("X-A", ""), Pair("X-B", "b")));
}

TEST(HttpTarget, WhatIsNoHeaderIsRefusedWithoutRepeatingIt) {
  for (const char* bad : {"secret", ": secret", "A B: secret", "A: secret\r\nB: x", "A\x01: secret",
                          "Host: secret", "content-LENGTH: secret", "Transfer-Encoding: secret",
                          "Connection: secret", "\xc3\xa4: secret"})
    EXPECT_THAT(HttpTarget::make("http://h", {bad}, "w"),
                FailsWith(Code::kUsage, AllOf(HasSubstr("header"), Not(HasSubstr("secret")))))
        << bad;
}

TEST(HttpTarget, OtherSchemesAreRefused) {
  EXPECT_THAT(HttpTarget::make("s3://key:secret@bucket/a", {}, "w"),
              FailsWith(Code::kUsage, AllOf(HasSubstr("'s3://bucket/a'"), HasSubstr("https://"))));
  EXPECT_THAT(HttpTarget::make("http:/x", {}, "w"), FailsWith(Code::kUsage, HasSubstr("URL")));
}

TEST(ContentType, GoesByTheEnding) {
  EXPECT_EQ(content_type("a/index.m3u8"), "application/vnd.apple.mpegurl");
  EXPECT_EQ(content_type("x.mpd"), "application/dash+xml");
  EXPECT_EQ(content_type("x.m4s"), "video/iso.segment");
  EXPECT_EQ(content_type("x.mp4"), "video/mp4");
  EXPECT_EQ(content_type("x.ts"), "video/mp2t");
  EXPECT_EQ(content_type("x.aac"), "audio/aac");
  EXPECT_EQ(content_type("x.vtt"), "text/vtt");
  EXPECT_EQ(content_type("x.jpg"), "image/jpeg");
  EXPECT_EQ(content_type("x.key"), "application/octet-stream");
  EXPECT_EQ(content_type("a.ts/none"), "application/octet-stream");
  EXPECT_EQ(content_type(""), "application/octet-stream");
}

Verdict judged(unsigned status, bool removal = false, std::string retry_after = "") {
  return judge(HttpResponse{status, "as it says", std::move(retry_after)}, removal, 0);
}

TEST(Verdict, EverySuccessIsDone) {
  for (const unsigned status : {200u, 201u, 202u, 204u, 299u})
    EXPECT_EQ(judged(status).what, Verdict::What::kDone) << status;
}

TEST(Verdict, WhatIsGoneNeedsNoRemoval) {
  for (const unsigned status : {404u, 410u}) {
    EXPECT_EQ(judged(status, true).what, Verdict::What::kDone);
    EXPECT_EQ(judged(status, false).what, Verdict::What::kFinal);
  }
}

TEST(Verdict, OnlyWhatMayPassIsTriedAgain) {
  for (const unsigned status : {408u, 425u, 429u, 500u, 502u, 503u, 504u, 507u, 599u})
    EXPECT_EQ(judged(status).what, Verdict::What::kAgain) << status;
  for (const unsigned status : {301u, 308u, 400u, 401u, 403u, 405u, 409u, 411u, 413u, 415u})
    EXPECT_EQ(judged(status).what, Verdict::What::kFinal) << status;
}

TEST(Verdict, TheServersWishToWaitIsPassedOn) {
  EXPECT_THAT(judged(429, false, "7").wait, Optional(Eq(7s)));
  EXPECT_THAT(judged(503, false, "Thu, 01 Jan 1970 00:00:09 GMT").wait, Optional(Eq(9s)));
  EXPECT_EQ(judged(503).wait, std::nullopt);
}

TEST(Verdict, NoAnswerIsTriedAgainButAnUntrustedServerIsNot) {
  EXPECT_EQ(judge(fail(Code::kTimeout, "x"), false, 0).what, Verdict::What::kAgain);
  EXPECT_EQ(judge(fail(Code::kIo, "x"), false, 0).what, Verdict::What::kAgain);
  const Verdict untrusted = judge(fail(Code::kRefused, "certificate"), false, 0);
  EXPECT_EQ(untrusted.what, Verdict::What::kFinal);
  EXPECT_EQ(untrusted.error.code, Code::kIo);
  EXPECT_FALSE(untrusted.answered);
}

}  // namespace
}  // namespace weir::net
