#include "net/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace weir::net {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Url, IsTakenApart) {
  const auto url = parse_url("HTTPS://Us%20er:p%40ss%3a@Example.COM:8443/live/a%20b?sig=x&y");
  ASSERT_THAT(url, IsOk());
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->user, "Us er");
  EXPECT_EQ(url->password, "p@ss:");
  EXPECT_EQ(url->host, "example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/live/a%20b");
  EXPECT_EQ(url->query, "sig=x&y");
  EXPECT_EQ(url->authority(), "example.com:8443");
}

TEST(Url, WhatIsNotGivenIsEmpty) {
  const auto url = parse_url("rtmp://host");
  ASSERT_THAT(url, IsOk());
  EXPECT_EQ(url->user, "");
  EXPECT_EQ(url->password, "");
  EXPECT_EQ(url->port, 0);
  EXPECT_EQ(url->path, "/");
  EXPECT_EQ(url->query, "");
  EXPECT_EQ(url->authority(), "host");
  EXPECT_EQ(parse_url("http://host:/x")->port, 0);
  EXPECT_EQ(parse_url("http://host?q")->query, "q");
  EXPECT_EQ(parse_url("http://host?q=a/b@c")->path, "/");
}

TEST(Url, AddressesOfVersionSixStandInBrackets) {
  const auto url = parse_url("http://u@[2001:DB8::1]:8080/x");
  ASSERT_THAT(url, IsOk());
  EXPECT_EQ(url->host, "2001:db8::1");
  EXPECT_EQ(url->port, 8080);
  EXPECT_EQ(url->authority(), "[2001:db8::1]:8080");
  EXPECT_EQ(parse_url("http://[::1]")->authority(), "[::1]");
  for (const char* bad : {"http://[::1", "http://[::g]/", "http://[]/", "http://[::1]x/",
                          "http://2001:db8::1/", "http://[127.0.0.1]/"})
    EXPECT_THAT(parse_url(bad), FailsWith(Code::kUsage, HasSubstr("not a URL"))) << bad;
}

TEST(Url, TheLastAtSignEndsTheUser) {
  const auto url = parse_url("http://a@b:c@host/");
  ASSERT_THAT(url, IsOk());
  EXPECT_EQ(url->user, "a@b");
  EXPECT_EQ(url->password, "c");
}

TEST(Url, WhatIsNoneIsRefused) {
  for (const char* bad : {"",
                          "folder",
                          "http:/host",
                          "://host",
                          "1http://host",
                          "h_p://host",
                          "http://",
                          "http:///x",
                          "http://host:0/",
                          "http://host:65536/",
                          "http://host:80x/",
                          "http://host:-1/",
                          "http://ho st/",
                          "http://h/a b",
                          "http://h/\n",
                          "http://h\xc3\xa4/",
                          "http://h/x#y",
                          "http://a%3Ab:c@h/",
                          "http://%zz@h/",
                          "http://u:%4@h/",
                          "http://h%41/",
                          "http://u@/"})
    EXPECT_THAT(parse_url(bad), FailsWith(Code::kUsage, HasSubstr("not a URL"))) << bad;
}

TEST(Url, NoMessageRepeatsASecret) {
  for (const char* bad : {"http://user:hidden@host:0/?hidden", "http://user:hidden%zz@host/",
                          "http://user:hidden@/", "http://user:hidden@ho st/hidden"})
    EXPECT_THAT(parse_url(bad), FailsWith(Code::kUsage, Not(HasSubstr("hidden")))) << bad;
  EXPECT_EQ(parse_url("http://user:hidden@host:81/x?hidden")->shown(), "http://host:81/x");
}

TEST(Url, NamesArePercentEncodedButTheirFolders) {
  EXPECT_EQ(encode_path("720p/seg-00001.m4s"), "720p/seg-00001.m4s");
  EXPECT_EQ(encode_path("a b/?#%:\xc3\xa4~_."), "a%20b/%3F%23%25%3A%C3%A4~_.");
  EXPECT_EQ(encode_path(""), "");
}

}  // namespace
}  // namespace weir::net
