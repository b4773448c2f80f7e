#include "rtmp/url.h"

#include <gtest/gtest.h>

namespace weir::rtmp {
namespace {

TEST(RtmpUrl, IsTakenApart) {
  const auto url = parse_url("rtmp://Media.Example.org/live/name?key=abc");
  ASSERT_TRUE(url) << url.error().what;
  EXPECT_FALSE(url->secure);
  EXPECT_EQ(url->host, "media.example.org");
  EXPECT_EQ(url->port, 1935);
  EXPECT_EQ(url->app, "live");
  EXPECT_EQ(url->stream, "name");
  EXPECT_EQ(url->query, "key=abc");
  EXPECT_EQ(url->tc_url(), "rtmp://media.example.org/live");
  EXPECT_EQ(url->name(), "name?key=abc");
}

TEST(RtmpUrl, HasPortsInstancesAndIpv6Addresses) {
  const auto url = parse_url("rtmps://[2001:db8::1]:444/app/inst/name");
  ASSERT_TRUE(url) << url.error().what;
  EXPECT_TRUE(url->secure);
  EXPECT_EQ(url->host, "2001:db8::1");
  EXPECT_EQ(url->app, "app/inst");
  EXPECT_EQ(url->stream, "name");
  EXPECT_EQ(url->tc_url(), "rtmps://[2001:db8::1]:444/app/inst");
  EXPECT_EQ(parse_url("rtmps://h/a/s")->port, 443);
  EXPECT_EQ(parse_url("rtmps://h/a/s")->tc_url(), "rtmps://h/a");
}

TEST(RtmpUrl, ThatCannotBeUsedIsRefused) {
  for (const char* bad :
       {"http://h/live/name", "rtmp:///live/name", "rtmp://h", "rtmp://h/", "rtmp://h/live",
        "rtmp://h/live/", "rtmp://user:pass@h/live/name", "live/name", ""})
    EXPECT_EQ(parse_url(bad).error().code, Code::kUsage) << bad;
}

TEST(RtmpUrl, OfAServerIsAllApp) {
  const auto url = parse_tc_url("rtmp://h:1936/app/inst/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->app, "app/inst");
  EXPECT_EQ(url->stream, "");
  EXPECT_EQ(parse_tc_url("rtmp://h")->app, "");
}

TEST(RtmpUrl, NeverShowsStreamNorQuery) {
  const auto url = parse_url("rtmp://h/live2/abcd-secret?key=other&x=1");
  EXPECT_EQ(url->shown(), "rtmp://h/live2/...");
  EXPECT_EQ(url->struck_from("no stream abcd-secret (key other), abcd-secret?key=other&x=1"),
            "no stream ... (key ...), ...?...");
  for (const char* bad : {"rtmp://user:secret@h/live/secret", "http://h/secret?secret"})
    EXPECT_EQ(parse_url(bad).error().what.find("secret?"), std::string::npos);
}

}  // namespace
}  // namespace weir::rtmp
