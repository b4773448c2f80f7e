#include "rtmp/stream_name.h"

#include <gtest/gtest.h>

namespace weir::rtmp {
namespace {

TEST(StreamName, TakesTheQueryFromWhereSendersPutIt) {
  struct Case {
    const char* app;
    const char* tc_url;
    const char* stream;
  };
  for (const auto& [app, tc_url, stream] : {Case{"live", "rtmp://h/live", "name?key=abc"},
                                            Case{"live?key=abc", "rtmp://h/live?key=abc", "name"},
                                            Case{"live", "rtmp://h:1935/live?x=1&key=abc", "name"},
                                            Case{"live/", "rtmp://h/live", "name?x&key=%61b%63&y"},
                                            Case{"", "rtmp://h/live?key=abc", "name"}}) {
    const auto name = stream_name(app, tc_url, stream);
    ASSERT_TRUE(name) << tc_url << ": " << name.error().what;
    EXPECT_EQ(name->app, "live");
    EXPECT_EQ(name->stream, "name");
    EXPECT_EQ(name->key.reveal(), "abc");
  }
}

TEST(StreamName, PrefersTheKeyBehindTheStream) {
  EXPECT_EQ(stream_name("live?key=b", "rtmp://h/live?key=c", "s?key=a")->key.reveal(), "a");
  EXPECT_TRUE(stream_name("live", "rtmp://h/live", "s?monkey=a")->key.empty());
  EXPECT_TRUE(stream_name("live", "rtmp://h/live", "s?")->key.empty());
}

TEST(StreamName, KeepsTheInstanceWithTheApp) {
  EXPECT_EQ(stream_name("app/inst", "", "s")->app, "app/inst");
  EXPECT_EQ(stream_name("", "rtmp://host", "s")->app, "");
}

TEST(StreamName, RefusesWhatCouldBeAPathOrALie) {
  for (const std::string_view bad :
       {"", "?key=abc", "a/b", "..", "a..b", "a%2fb", "%2e%2E", "a%00", "a\nb", "a%0ab", "a\x7f"})
    EXPECT_FALSE(stream_name("live", "", bad)) << bad;
  for (const std::string_view bad : {"../live", "live/..", "a\tb", "live%00", "%2e%2e/x"})
    EXPECT_FALSE(stream_name(bad, "", "s")) << bad;
  EXPECT_TRUE(stream_name("live", "", "50% off.ä"));
}

TEST(StreamName, RefusesWhatIsTooLong) {
  const std::string longest(255, 'x'), longer(256, 'x');
  EXPECT_TRUE(stream_name(longest, "", longest + "?key=" + longest));
  EXPECT_FALSE(stream_name("live", "", longer));
  EXPECT_FALSE(stream_name(longer, "", "s"));
  EXPECT_FALSE(stream_name("live", "", "s?key=" + std::string(65536, 'k')));
  EXPECT_FALSE(stream_name("live", "rtmp://h/" + std::string(2048, 'x'), "s"));
}

TEST(StreamName, IsNotRepeatedByItsRefusal) {
  const auto error = stream_name("live", "", "secret/name?key=secret").error();
  EXPECT_EQ(error.code, Code::kRefused);
  EXPECT_EQ(error.what.find("secret"), std::string::npos) << error.what;
}

}  // namespace
}  // namespace weir::rtmp
