// Ladder files and the plan made of them.
#include "ladder/ladder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ladder/plan.h"
#include "support/matchers.h"

namespace weir::ladder {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;

constexpr std::string_view kSmall = R"([[rendition]]
name = "small"
width = 640
height = 360
bitrate = "700k"
)";

media::Track source(int width, int height, int rotation = 0, AVRational aspect = {1, 1}) {
  AVCodecParameters* par = avcodec_parameters_alloc();
  par->width = width;
  par->height = height;
  par->sample_aspect_ratio = aspect;
  media::Track track;
  track.kind = media::Kind::kVideo;
  track.par = media::copy_parameters(*par);
  track.rotation = rotation;
  avcodec_parameters_free(&par);
  return track;
}

std::vector<std::string> planned(const media::Track& track) {
  std::vector<std::string> sizes;
  for (const auto& r : make_plan(load_ladder("launch")->renditions, track).renditions)
    sizes.push_back(fmt::format("{} {}x{}", r.rung.name, r.width, r.height));
  return sizes;
}

TEST(Ladder, FileSaysItAll) {
  const auto ladder = parse_ladder(R"(
[[rendition]]
name = "hd"
width = 1280
height = 720
bitrate = 2500000
max_bitrate = "4M"
buffer = "5M"
codec = "h264"
fps = 29.97
preset = "fast"
tune = "film"
[[audio]]
name = "deu"
bitrate = "96k"
channels = 1
language = "deu"
)",
                                   "a.toml");
  ASSERT_THAT(ladder, IsOk());
  const Rendition& r = ladder->renditions.at(0);
  EXPECT_EQ(r.max_bitrate, 4'000'000);
  EXPECT_NEAR(av_q2d(r.fps), 29.97, 1e-6);
  EXPECT_EQ(r.preset, "fast");
  EXPECT_EQ(ladder->audio.at(0).channels, 1);
}

TEST(Ladder, HasStereoSoundWhenNothingIsSaid) {
  const auto ladder = parse_ladder(kSmall, "a.toml");
  ASSERT_THAT(ladder, IsOk());
  EXPECT_EQ(ladder->audio.size(), 1U);
  EXPECT_EQ(ladder->audio[0].bitrate, 128'000);
}

TEST(Ladder, ErrorsNameFileLineAndTheNearestKey) {
  const auto with = [](std::string line) { return std::string(kSmall) + line; };
  EXPECT_THAT(parse_ladder(with("bitrat = 1"), "a.toml"),
              FailsWith(Code::kUsage,
                        HasSubstr("a.toml:6: unknown key 'bitrat'; did you mean 'bitrate'?")));
  EXPECT_THAT(parse_ladder(with("codec = \"vp9\""), "a.toml"),
              FailsWith(Code::kUsage, HasSubstr("a.toml:6: codec 'vp9'")));
  EXPECT_THAT(parse_ladder(with("preset = \"fats\""), "a.toml"),
              FailsWith(Code::kUsage, HasSubstr("a.toml:6: preset 'fats' is not known: use one of "
                                                "ultrafast, superfast, veryfast")));
  EXPECT_THAT(parse_ladder(with("tune = \"piano\""), "a.toml"),
              FailsWith(Code::kUsage, HasSubstr("a.toml:6: tune 'piano' is not known")));
  EXPECT_THAT(parse_ladder(with("max_bitrate = \"1k\""), "a.toml"),
              FailsWith(Code::kUsage, HasSubstr("below")));
  EXPECT_THAT(parse_ladder(with("buffer = \"lots\""), "a.toml"),
              FailsWith(Code::kUsage, HasSubstr("bit rate")));
  EXPECT_THAT(parse_ladder(with(std::string(kSmall)), "a.toml"),
              FailsWith(Code::kUsage, HasSubstr("twice")));
  EXPECT_THAT(parse_ladder("[[rendition]]\nname = \"x\"", "a.toml"),
              FailsWith(Code::kUsage, HasSubstr("lacks 'width'")));
  EXPECT_THAT(parse_ladder("", "a.toml"), FailsWith(Code::kUsage, HasSubstr("no [[rendition]]")));
  EXPECT_THAT(parse_ladder("= 5", "a.toml"), FailsWith(Code::kUsage, HasSubstr("a.toml:1: ")));
  EXPECT_THAT(parse_ladder("rendition = 3", "a.toml"),
              FailsWith(Code::kUsage, HasSubstr("[[rendition]]")));
}

TEST(Ladder, NamesCannotLeaveTheirFolder) {
  for (const auto* name : {"", "..", "a/b", ".x", "a b", "-x"}) {
    const auto text =
        fmt::format("[[rendition]]\nname = \"{}\"\nwidth = 16\nheight = 16\nbitrate = 1", name);
    EXPECT_THAT(parse_ladder(text, "a.toml"), FailsWith(Code::kUsage, HasSubstr("name"))) << name;
  }
}

TEST(Ladder, UnknownNameListsTheBuiltInOnes) {
  EXPECT_THAT(load_ladder("lunch"), FailsWith(Code::kUsage, HasSubstr("launch, apple-avc")));
  EXPECT_THAT(load_ladder("no/such.toml"), FailsWith(Code::kIo, HasSubstr("no such file")));
}

TEST(Plan, KeepsTheShapeAndLeavesOutWhatIsLarger) {
  EXPECT_THAT(planned(source(1920, 1080)),
              ::testing::ElementsAre("1080p 1920x1080", "720p 1280x720", "480p 854x480",
                                     "360p 640x360", "234p 416x234"));
  EXPECT_THAT(planned(source(640, 272)), ::testing::ElementsAre("360p 640x272", "234p 416x176"));
}

TEST(Plan, TurnsAndSquaresThePictureFirst) {
  EXPECT_THAT(planned(source(1280, 720, 90)),
              ::testing::ElementsAre("1080p 608x1080", "720p 406x720", "480p 270x480",
                                     "360p 202x360", "234p 132x234"));
  EXPECT_EQ(planned(source(1440, 1080, 0, {4, 3})).front(), "1080p 1920x1080");
}

TEST(Plan, MakesSizesEvenWithoutEnlarging) {
  EXPECT_EQ(planned(source(1919, 1079)).front(), "1080p 1918x1078");
}

TEST(Plan, MakesTheSmallestWhenAllAreLarger) {
  EXPECT_THAT(planned(source(160, 90)), ::testing::ElementsAre("234p 160x90"));
}

}  // namespace
}  // namespace weir::ladder
