// Texts of other formats, as cues.
#include "formats/text_file.h"

#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/ass_cue.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::formats {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;

bool any_language(std::string_view) {
  return true;
}

std::string written(const support::TempFolder& folder, const std::string& name,
                    std::string_view text) {
  std::ofstream(folder / name, std::ios::binary) << text;
  return folder / name;
}

std::string ass(std::string_view text) {
  return cue_from_ass(fmt::format("0,0,Default,,0,0,0,,{}", text)).text;
}

TEST(AssCue, WordsKeepTheirStyleAndCharactersAreEscaped) {
  EXPECT_EQ(ass("{\\i1}a{\\i0} & <b>, c"), "<i>a</i> &amp; &lt;b&gt;, c");
  EXPECT_EQ(ass("{\\b1\\i1}a{\\b0}b"), "<b><i>a</i></b><i>b</i>");
  EXPECT_EQ(ass("{\\u1}a{\\r}b{\\fnArial\\c&HFF&}c"), "<u>a</u>bc");
  EXPECT_EQ(ass("{\\i1}open"), "<i>open</i>");
}

TEST(AssCue, LinesNeverLeaveAnEmptyOne) {
  EXPECT_EQ(ass("a\\Nb\\n\\N\\hc\\N"), "a\nb\n c");
  EXPECT_EQ(ass("\\N\\Na"), "a");
}

TEST(AssCue, ThePlaceOnTheScreenBecomesSettings) {
  EXPECT_EQ(cue_from_ass("0,0,Default,,0,0,0,,{\\an8}top").settings, "line:0");
  EXPECT_EQ(cue_from_ass("0,0,Default,,0,0,0,,{\\an4}left").settings, "line:50% align:left");
  EXPECT_EQ(cue_from_ass("0,0,Default,,0,0,0,,{\\an3}right").settings, "align:right");
  EXPECT_EQ(cue_from_ass("0,0,Default,,0,0,0,,{\\an2}below").settings, "");
}

TEST(AssCue, AnyBytesAreSafe) {
  std::mt19937 dice(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (int i = 0; i < 40; ++i) text += "{}\\ibuanrNh0128,&<"[dice() % 19];
    EXPECT_EQ(cue_from_ass(text).text.find("\n\n"), std::string::npos);
  }
}

TEST(TextFile, SubRipIsReadByItsTimes) {
  const support::TempFolder folder;
  const auto file =
      written(folder, "a.srt",
              "1\n00:00:05,500 --> 00:00:06,000\nlate\n\n2\n00:00:01,000 --> 00:00:03,250\n"
              "<i>Bonjour</i> & toi\nca va\n\n");
  const auto cues = read_text_file(file, any_language, nullptr);
  ASSERT_THAT(cues, IsOk());
  ASSERT_EQ(cues->size(), 2u);
  EXPECT_EQ((*cues)[0].start_ms, 1000);
  EXPECT_EQ((*cues)[0].end_ms, 3250);
  EXPECT_EQ((*cues)[0].text, "<i>Bonjour</i> &amp; toi\nca va");
  EXPECT_EQ((*cues)[1].text, "late");
}

TEST(TextFile, WhatIsNoUtf8IsRefusedWithItsTime) {
  const support::TempFolder folder;
  const auto file = written(folder, "a.srt", "1\n00:00:01,000 --> 00:00:03,000\ncaf\xE9\n\n");
  EXPECT_THAT(
      read_text_file(file, any_language, nullptr),
      FailsWith(Code::kBadInput, HasSubstr("the text at 1.000 s is damaged, or not UTF-8")));
}

TEST(TextFile, AFileThatIsNotThereOrHoldsNoTextIsNamed) {
  const support::TempFolder folder;
  const auto file = written(folder, "a.srt", "no text at all");
  EXPECT_THAT(read_text_file(file, any_language, nullptr),
              FailsWith(Code::kBadInput, HasSubstr("a.srt")));
  EXPECT_THAT(read_bytes(folder / "b.vtt", 10, nullptr),
              FailsWith(Code::kIo, HasSubstr("b.vtt': no such file")));
}

TEST(TextFile, NoMoreBytesAreReadThanAskedFor) {
  const support::TempFolder folder;
  const auto file = written(folder, "a.vtt", "WEBVTT and more");
  EXPECT_EQ(read_bytes(file, 6, nullptr)->size(), 6u);
  EXPECT_EQ(read_bytes(file, 100, nullptr)->size(), 15u);
}

}  // namespace
}  // namespace weir::formats
