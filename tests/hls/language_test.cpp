#include "hls/language.h"

#include <gtest/gtest.h>

namespace weir::hls {
namespace {

TEST(LanguageTag, IsTheShortestCode) {
  EXPECT_EQ(language_tag("eng"), "en");
  EXPECT_EQ(language_tag("ger"), "de");
  EXPECT_EQ(language_tag("deu"), "de");
  EXPECT_EQ(language_tag("EN"), "en");
  EXPECT_EQ(language_tag("pt-BR"), "pt-BR");
  EXPECT_EQ(language_tag("qaa"), "qaa");
}

TEST(LanguageTag, IsUndForWhatIsNoTag) {
  for (const auto* bad : {"", "und", "e", "english", "e\"n", "en-", "en-\n", "12", "en-waytoolong"})
    EXPECT_EQ(language_tag(bad), "und") << bad;
}

TEST(LanguageCode3, IsWhatMdhdHolds) {
  EXPECT_EQ(language_code3("en"), "eng");
  EXPECT_EQ(language_code3("de-AT"), "deu");
  EXPECT_EQ(language_code3("qaa"), "qaa");
  EXPECT_EQ(language_code3("??"), "und");
}

}  // namespace
}  // namespace weir::hls
