// What stands behind the options of picture processing.
#include "cli/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace weir::cli {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;

TEST(WatermarkOption, PartsFollowTheNameInAnyOrder) {
  const auto mark =
      parse_watermark("a, b=c.png,opacity=0.25,corner=bottom-left,margin=0,start=2s,end=1m");
  ASSERT_THAT(mark, IsOk());
  EXPECT_EQ(mark->file, "a, b=c.png");
  EXPECT_EQ(mark->corner, ladder::Corner::kBottomLeft);
  EXPECT_EQ(mark->margin, 0);
  EXPECT_EQ(mark->opacity, 0.25);
  EXPECT_EQ(mark->start, Micros(2'000'000));
  EXPECT_EQ(mark->end, Micros(60'000'000));
}

TEST(WatermarkOption, WhatIsOutOfBoundsIsNamed) {
  for (const auto& [text, said] : std::initializer_list<std::pair<const char*, const char*>>{
           {"a.png,opacity=2", "opacity '2'"},
           {"a.png,margin=-1", "margin '-1'"},
           {"a.png,corner=middle", "'middle' is no corner"},
           {"a.png,start=x", "'x'"},
           {"a.png,start=2s,end=1s", "its end is not after its start"}})
    EXPECT_THAT(parse_watermark(text), FailsWith(Code::kUsage, HasSubstr(said)));
}

TEST(PictureOption, RatesAndCropsAreRead) {
  PictureChoice chosen;
  chosen.fps = "29.97";
  chosen.crop = "640:360:0:12";
  ASSERT_THAT(read(chosen), IsOk());
  EXPECT_EQ(chosen.options.fps.num, 30'000);
  EXPECT_EQ(chosen.options.fps.den, 1001);
  EXPECT_EQ(chosen.options.crop->y, 12);
}

TEST(PictureOption, RatesAndCropsOutOfBoundsAreRefused) {
  for (const char* fps : {"0", "-25", "1000", "fast", "25/0"}) {
    PictureChoice chosen;
    chosen.fps = fps;
    EXPECT_THAT(read(chosen), FailsWith(Code::kUsage, HasSubstr("--fps")));
  }
  for (const char* crop :
       {"640", "640:360:0", "640:360:0:1", "8:8:0:0", "640:360:-2:0", "a:b:c:d", "640:360:0:0:0"}) {
    PictureChoice chosen;
    chosen.crop = crop;
    EXPECT_THAT(read(chosen), FailsWith(Code::kUsage, HasSubstr("--crop"))) << crop;
  }
}

}  // namespace
}  // namespace weir::cli
