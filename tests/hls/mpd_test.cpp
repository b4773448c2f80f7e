#include "hls/mpd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/golden.h"

namespace weir::hls {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Set = MpdAdaptationSet;

MpdSegments segments(std::uint32_t timescale, std::vector<MpdRun> timeline) {
  return {timescale,
          0,
          0,
          "$RepresentationID$/init.mp4",
          "$RepresentationID$/seg-$Number%05d$.m4s",
          std::move(timeline)};
}

MpdRepresentation picture(std::string id, Size size, std::int64_t rate) {
  MpdRepresentation out;
  out.id = std::move(id);
  out.bandwidth = rate;
  out.codecs = "avc1.64001f";
  out.resolution = size;
  out.frame_rate = {30'000, 1001};
  out.segments = segments(30'000, {{0, 60'060, 2}, {180'180, 10'010, 0}});
  return out;
}

Set pictures() {
  Set out;
  out.representations = {picture("720p", {1280, 720}, 3'000'000),
                         picture("360p", {640, 360}, 800'000)};
  return out;
}

Set sound() {
  Set out;
  out.id = 2;
  out.content = Set::Content::kAudio;
  out.language = "en";
  out.label = "audio";
  out.role = "main";
  out.channels = 2;
  MpdRepresentation one;
  one.id = "audio";
  one.bandwidth = 128'000;
  one.codecs = "mp4a.40.2";
  one.sampling_rate = 48'000;
  one.segments = segments(48'000, {{0, 96'256, 0}, {96'256, 95'232, 1}});
  out.representations = {one};
  return out;
}

Mpd vod() {
  Mpd out;
  out.duration = 6'340'000us;
  out.min_buffer = 2s;
  out.periods = {{"0", 0s, {pictures(), sound()}}};
  return out;
}

TEST(MpdText, Vod) {
  support::expect_golden("hls/vod.mpd", to_text(vod()));
}

TEST(MpdText, LiveWithTwoPeriodsOneOfThemEncrypted) {
  Mpd mpd = vod();
  mpd.dynamic = true;
  mpd.duration.reset();
  mpd.availability_start_us = 1'790'000'000'123'000;
  mpd.publish_us = 1'790'000'010'000'000;
  mpd.update_period = 2s;
  mpd.time_shift_depth = 60s;
  mpd.presentation_delay = 6s;
  mpd.clock_uri = "manifest.mpd";
  MpdPeriod next{"3", 6'006'000us, {pictures()}};
  next.sets[0].key_id = AesBlock{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255};
  next.sets[0].clear_key = true;
  for (auto& each : next.sets[0].representations) {
    each.segments.offset = 180'180;
    each.segments.start_number = 3;
    each.segments.timeline = {{180'180, 60'060, 0}, {240'240, 60'060, 0}};
  }
  next.sets[0].representations[1].segments.start_number = 4;
  mpd.periods.push_back(next);
  support::expect_golden("hls/live.mpd", to_text(mpd));
}

TEST(MpdText, HighDynamicRangeIsToldAsEssentialAndTheUsualOneNotAtAll) {
  Mpd mpd = vod();
  EXPECT_THAT(to_text(mpd), Not(HasSubstr("cicp:Transfer")));
  mpd.periods[0].sets[0].colour = {9, 16, 9};
  EXPECT_THAT(to_text(mpd), HasSubstr("<EssentialProperty schemeIdUri=\"urn:mpeg:mpegB:cicp:"
                                      "TransferCharacteristics\" value=\"16\"/>"));
  EXPECT_THAT(to_text(mpd), HasSubstr("cicp:ColourPrimaries\" value=\"9\"/>"));
  EXPECT_THAT(to_text(mpd), HasSubstr("cicp:MatrixCoefficients\" value=\"9\"/>"));
}

TEST(MpdText, NamesFromOutsideCannotBreakOut) {
  Mpd mpd = vod();
  mpd.periods[0].sets[1].label = "a<b>&\"c\"\n\x01";
  mpd.periods[0].sets[1].language = "\"><x y=\"";
  EXPECT_THAT(to_text(mpd), HasSubstr("<Label>a&lt;b&gt;&amp;&quot;c&quot;</Label>"));
  EXPECT_THAT(to_text(mpd), HasSubstr("lang=\"&quot;&gt;&lt;x y=&quot;\""));
}

TEST(MpdText, PicturesOfOneShapeTellItAndOthersTellTheirSamples) {
  Mpd mpd = vod();
  EXPECT_THAT(to_text(mpd), HasSubstr(" par=\"16:9\""));
  auto& small = mpd.periods[0].sets[0].representations[1];
  small.resolution = {480, 360};
  EXPECT_THAT(to_text(mpd), Not(HasSubstr("par=")));
  small.sample_shape = {4, 3};
  EXPECT_THAT(to_text(mpd), HasSubstr(" par=\"16:9\""));
  EXPECT_THAT(to_text(mpd), HasSubstr("width=\"480\" height=\"360\" sar=\"4:3\""));
}

TEST(MpdText, SegmentsOffTheCommonTimesAreNotCalledAligned) {
  Mpd mpd = vod();
  mpd.periods[0].sets[0].aligned = mpd.periods[0].sets[1].aligned = false;
  EXPECT_THAT(to_text(mpd), Not(HasSubstr("segmentAlignment")));
}

TEST(MpdTimeline, SegmentsOfOneLengthAreOneRun) {
  std::vector<MpdRun> timeline;
  for (const std::int64_t start : {0, 10, 20, 30, 50, 60}) append(timeline, start, 10);
  append(timeline, 70, 9);
  EXPECT_THAT(timeline, ElementsAre(MpdRun{0, 10, 3}, MpdRun{50, 10, 1}, MpdRun{70, 9, 0}));
}

TEST(MpdDuration, AsXmlSchemaWritesThem) {
  EXPECT_EQ(format_xs_duration(0s), "PT0S");
  EXPECT_EQ(format_xs_duration(100s), "PT100S");
  EXPECT_EQ(format_xs_duration(6'006'000us), "PT6.006S");
  EXPECT_EQ(format_xs_duration(1us), "PT0.000001S");
}

}  // namespace
}  // namespace weir::hls
