#include "base/toml_quotes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/toml_table.h"
#include "support/matchers.h"

namespace weir {
namespace {

using support::FailsWith;
using ::testing::FieldsAre;
using ::testing::Optional;

TEST(TomlQuotes, AreWhereOtherLettersMayBe) {
  for (const char* text : {"", "a = 1", "a = \"ö\"", "a = 'ö'", "a = \"\\\"ö\"", "# ö", "a = 1 # ö",
                           "a = \"\"\"\nö \"ö\"\n\"\"\"\n", "a = '''ö'\nö'''", "\"ö\" = 1",
                           "\xEF\xBB\xBF"
                           "a = 1",
                           "a = '\\' # ö"})
    EXPECT_FALSE(find_bare_letters(text)) << text;
}

TEST(TomlQuotes, OthersAreToldWithTheirLine) {
  EXPECT_THAT(find_bare_letters("ö = 1"), Optional(FieldsAre(1, "ö")));
  EXPECT_THAT(find_bare_letters("a = \"ä\"\nb = größer"), Optional(FieldsAre(2, "öß")));
  EXPECT_THAT(find_bare_letters("a = \"open\nb = ö"), Optional(FieldsAre(2, "ö")));
  EXPECT_THAT(find_bare_letters("a = \"\"\"\n\n\"\"\" ö"), Optional(FieldsAre(3, "ö")));
  EXPECT_THAT(find_bare_letters("\xC7"), Optional(FieldsAre(1, "\xC7")));
}

TEST(TomlQuotes, ATextWithSuchLettersIsRefused) {
  EXPECT_THAT(parse_toml("word = gr\xC3\xB6\xC3\x9F"
                         "er",
                         "list.toml"),
              FailsWith(Code::kUsage, "list.toml:1: 'öß' outside of quotes"));
  EXPECT_THAT(parse_toml("L\xC7\x8C", "list.toml"),
              FailsWith(Code::kUsage, "list.toml:1: 'ǌ' outside of quotes"));
}

TEST(ParseToml, SurvivesAHeaderThatIsNone) {
  EXPECT_THAT(parse_toml("[$", "list.toml"),
              FailsWith(Code::kUsage, ::testing::HasSubstr("list.toml:1: ")));
}

}  // namespace
}  // namespace weir
