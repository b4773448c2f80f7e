#include "base/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace weir {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::IsOk;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Duration, IsReadInEveryUnit) {
  EXPECT_EQ(*parse_duration("6s"), 6s);
  EXPECT_EQ(*parse_duration("500ms"), 500ms);
  EXPECT_EQ(*parse_duration("20us"), 20us);
  EXPECT_EQ(*parse_duration("2m"), 2min);
  EXPECT_EQ(*parse_duration("1h"), 1h);
  EXPECT_EQ(*parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(*parse_duration("3"), 3s);
  EXPECT_EQ(*parse_duration("0s"), 0s);
}

TEST(Duration, RefusesWhatIsNoneAndShowsHowToWriteIt) {
  for (const char* text :
       {"", "s", "-1s", "6 s", "6x", "inf", "nan", "1e400s", "99999999999h", "0x10"})
    EXPECT_THAT(parse_duration(text),
                FailsWith(Code::kUsage, AllOf(HasSubstr(text), HasSubstr("6s"))))
        << text;
}

TEST(Duration, IsWrittenInTheShortestExactForm) {
  EXPECT_EQ(format_duration(2s), "2s");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(120s), "2m");
  EXPECT_EQ(format_duration(3600s), "1h");
  EXPECT_EQ(format_duration(7us), "7us");
  EXPECT_EQ(format_duration(0us), "0s");
}

TEST(Duration, WhatIsWrittenIsReadBack) {
  for (const Micros value : {Micros(1), Micros(1500), Micros(90s), Micros(1h), Micros(0)})
    EXPECT_EQ(*parse_duration(format_duration(value)), value);
}

TEST(Bitrate, CountsInThousands) {
  EXPECT_EQ(*parse_bitrate("3M"), 3'000'000);
  EXPECT_EQ(*parse_bitrate("4.5M"), 4'500'000);
  EXPECT_EQ(*parse_bitrate("500k"), 500'000);
  EXPECT_EQ(*parse_bitrate("128000"), 128'000);
  EXPECT_EQ(*parse_bitrate("2G"), 2'000'000'000);
}

TEST(Bitrate, RefusesWhatIsNone) {
  for (const char* text : {"", "fast", "-3M", "3Mb", "3 M", "nan"})
    EXPECT_THAT(parse_bitrate(text), FailsWith(Code::kUsage, HasSubstr("not a bit rate"))) << text;
}

TEST(Bitrate, WhatIsWrittenIsReadBack) {
  EXPECT_EQ(format_bitrate(4'500'000), "4.5M");
  EXPECT_EQ(format_bitrate(128'000), "128k");
  EXPECT_EQ(format_bitrate(1234), "1234");
  for (const std::int64_t rate : {1LL, 999LL, 1234LL, 128'000LL, 1'234'567LL, 4'500'000LL})
    EXPECT_EQ(*parse_bitrate(format_bitrate(rate)), rate);
}

TEST(ByteCount, CountsInPowersOf1024) {
  EXPECT_EQ(*parse_bytes("2G"), 2LL << 30);
  EXPECT_EQ(*parse_bytes("512M"), 512LL << 20);
  EXPECT_EQ(*parse_bytes("64k"), 64LL << 10);
  EXPECT_THAT(parse_bytes("much"), FailsWith(Code::kUsage, HasSubstr("write it like 2G")));
}

TEST(PictureSize, IsWidthByHeight) {
  EXPECT_EQ(*parse_size("1920x1080"), (Size{1920, 1080}));
  for (const char* text :
       {"", "1920", "1920x", "x1080", "0x10", "-2x2", "1920x1080x2", "1920X1080", "9999999999x2"})
    EXPECT_THAT(parse_size(text), FailsWith(Code::kUsage, HasSubstr("write it like 1920x1080")))
        << text;
}

}  // namespace
}  // namespace weir
