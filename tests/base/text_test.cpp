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

TEST(Text, Utf8IsWhatRfc3629Says) {
  for (const auto* good : {"", "a", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF"})
    EXPECT_TRUE(valid_utf8(good)) << good;
  for (const auto* bad :
       {"\xFF", "a\xC3", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xBC"})
    EXPECT_FALSE(valid_utf8(bad)) << bad;
}

}  // namespace
}  // namespace weir
