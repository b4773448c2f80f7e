#include "rtmp/keys.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temp_folder.h"
#include "support/words.h"

namespace weir::rtmp {
namespace {

TEST(StreamKeys, AllowWhatIsListedAndNothingElse) {
  const auto keys = StreamKeys::parse("# for the show\n\n cam1 : a:b \r\ncam1:second\ncam2:c");
  ASSERT_TRUE(keys) << keys.error().what;
  EXPECT_TRUE(keys->allow("cam1", StreamKey("a:b")));
  EXPECT_TRUE(keys->allow("cam1", StreamKey("second")));
  EXPECT_TRUE(keys->allow("cam2", StreamKey("c")));
  EXPECT_FALSE(keys->allow("cam2", StreamKey("a:b")));
  EXPECT_FALSE(keys->allow("cam1", StreamKey("")));
  EXPECT_FALSE(keys->allow("cam1", StreamKey("a:")));
  EXPECT_FALSE(keys->allow("cam1", StreamKey("a:bb")));
  EXPECT_FALSE(keys->allow("cam3", StreamKey("c")));
}

TEST(StreamKeys, RefuseALineByItsNumberAlone) {
  for (const std::string_view bad : {"a:b\nsecret", "a:b\n:secret", "a:b\nsecret:"}) {
    const auto keys = StreamKeys::parse(bad);
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().what, "line 2 is not STREAM:KEY");
  }
  EXPECT_FALSE(StreamKeys::parse("a:" + std::string(256, 'x')));
  EXPECT_FALSE(StreamKeys::parse("# nothing\n"));
}

TEST(StreamKeys, OfAFileEveryoneMayReadAreSaidInTheLog) {
  const support::TempFolder folder;
  const auto path = folder.path() / "keys";
  std::ofstream(path) << "cam:secret\n";
  namespace fs = std::filesystem;
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  support::Words words;
  ASSERT_TRUE(StreamKeys::load(path.string(), words));
  EXPECT_TRUE(words.warnings.empty());
  fs::permissions(path, fs::perms::others_read, fs::perm_options::add);
  ASSERT_TRUE(StreamKeys::load(path.string(), words));
  ASSERT_EQ(words.warnings.size(), 1U);
  EXPECT_NE(words.warnings[0].find("chmod 600"), std::string::npos);
  EXPECT_EQ(words.warnings[0].find("secret"), std::string::npos);
  EXPECT_EQ(StreamKeys::load((folder.path() / "none").string(), words).error().code, Code::kIo);
}

TEST(SameKey, ComparesAllOfBoth) {
  EXPECT_TRUE(same_key("abc", "abc"));
  EXPECT_FALSE(same_key("abcabc", "abc"));
  EXPECT_FALSE(same_key("ab", "abc"));
  EXPECT_FALSE(same_key("", "abc"));
  EXPECT_FALSE(same_key("x", ""));
}

}  // namespace
}  // namespace weir::rtmp
