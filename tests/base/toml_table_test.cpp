#include "base/toml_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace weir {
namespace {

using support::FailsWith;
using ::testing::StartsWith;

// U+01CC, U+FDDE and '$' are where toml++ 3.3 trips.
TEST(ParseToml, TellsTheLineOfWhatIsNoToml) {
  for (const char* text : {"\n[$", "\nL\xC7\x8C",
                           "\nword = gr\xC3\xB6\xC3\x9F"
                           "er",
                           "\n1=\xEF\xB7\x9E"})
    EXPECT_THAT(parse_toml(text, "list.toml"), FailsWith(Code::kUsage, StartsWith("list.toml:2: ")))
        << text;
}

TEST(ParseToml, TakesAnyLettersInQuotesAndComments) {
  const auto table = parse_toml(
      "word = \"gr\xC3\xB6\xC3\x9F"
      "er\"  # \xC7\x8C\n",
      "list.toml");
  ASSERT_THAT(table, support::IsOk());
  EXPECT_EQ((*table)["word"].value<std::string>(),
            "gr\xC3\xB6\xC3\x9F"
            "er");
}

}  // namespace
}  // namespace weir
