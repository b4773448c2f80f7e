#include "base/text.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Text, OnlyAsciiLettersHaveACase) {
  EXPECT_EQ(lower("HTTP://Ex-1_z[\xC3\x84"), "http://ex-1_z[\xC3\x84");
  EXPECT_EQ(lower(""), "");
}

TEST(Text, CaseAsideTheSameIsTheSame) {
  EXPECT_TRUE(same_but_for_case("Content-Length", "content-lengtH"));
  EXPECT_TRUE(same_but_for_case("", ""));
  EXPECT_FALSE(same_but_for_case("Host", "Hosts"));
  EXPECT_FALSE(same_but_for_case("a[", "a{"));
}

TEST(Text, AReasonInsideASentenceBeginsSmall) {
  EXPECT_EQ(lower_first("No such File"), "no such File");
  EXPECT_EQ(lower_first("\xC3\x84nderung"), "\xC3\x84nderung");
  EXPECT_EQ(lower_first(""), "");
}

TEST(Text, BlanksGoFromBothEndsAndStayInTheMiddle) {
  EXPECT_EQ(trim(" \ta b\r"), "a b");
  EXPECT_EQ(trim("a\n"), "a\n");
  EXPECT_EQ(trim(" \t "), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("\fa\r", "\f"), "a\r");
}

}  // namespace
}  // namespace weir
