#include "media/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

extern "C" {
#include <libavutil/pixfmt.h>
}

#include "support/matchers.h"

namespace weir::media {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::_;
using ::testing::HasSubstr;

Track video_track() {
  AVCodecParameters* par = avcodec_parameters_alloc();
  par->codec_type = AVMEDIA_TYPE_VIDEO;
  par->codec_id = AV_CODEC_ID_HEVC;
  par->format = AV_PIX_FMT_YUV420P10LE;
  par->color_trc = AVCOL_TRC_SMPTE2084;
  par->video_delay = 2;
  Track track;
  track.index = 0;
  track.kind = Kind::kVideo;
  track.par = copy_parameters(*par);
  avcodec_parameters_free(&par);
  track.time_base = {1, 12'800};
  track.frame_rate = {30'000, 1001};
  track.language = "eng";
  track.rendition = "720p";
  track.rotation = 270;
  track.mirrored = true;
  track.bitrate = 2'500'000;
  track.shift = {-90, {1, 90'000}};
  return track;
}

TEST(Event, SurvivesItsJson) {
  const Event event = segment_event(7, {12'345, {1, 24'000}}, {6'000'000, kMicros});
  const auto back = parse_event(to_json(event));
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->kind(), event::kSegment);
  EXPECT_EQ(back->at.ticks, 12'345);
  EXPECT_EQ(back->at.base.den, 24'000);
  EXPECT_EQ(back->number("number"), 7);
  EXPECT_EQ(back->time("length")->micros(), 6'000'000);
}

TEST(Event, OfARenditionSaysWhichAndWhether) {
  const Event dropped = rendition_event(video_track(), true, {18, {1, 1}});
  EXPECT_EQ(to_json(dropped), R"({"event":"rendition","pts":18,"base":"1/1",)"
                              R"("rendition":"720p","track":0,"state":"dropped"})");
  const auto change = rendition_change(dropped);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->track, 0);
  EXPECT_TRUE(change->dropped);
  EXPECT_FALSE(rendition_change(rendition_event(video_track(), false, {24, {1, 1}}))->dropped);
  EXPECT_FALSE(rendition_change(make_event(event::kRendition, {18, {1, 1}})));
  EXPECT_FALSE(rendition_change(anchor_event({18, {1, 1}}, 0)));
}

TEST(Event, OfAnUnknownKindPassesThroughWhole) {
  const std::string json = R"({"event":"mood","pts":5,"base":"1/25","colour":["red"]})";
  const auto event = parse_event(json);
  ASSERT_THAT(event, IsOk());
  EXPECT_EQ(to_json(*event), json);
}

TEST(Event, WithoutKindOrTimeIsRefused) {
  for (const auto* text :
       {"", "{", "[]", "1", R"({"pts":1,"base":"1/25"})", R"({"event":"x","base":"1/25"})",
        R"({"event":"x","pts":1})", R"({"event":"x","pts":1,"base":"1/0"})",
        R"({"event":"x","pts":1,"base":"-1/2"})", R"({"event":5,"pts":1,"base":"1/2"})"})
    EXPECT_THAT(parse_event(text), FailsWith(Code::kBadInput, _)) << text;
}

TEST(Event, NestedTooDeepIsRefused) {
  const std::string deep(100'000, '[');
  EXPECT_THAT(parse_event(R"({"event":"x","pts":1,"base":"1/2","a":)" + deep),
              FailsWith(Code::kBadInput, _));
}

TEST(TrackEvent, RestoresWhatTheContainerDrops) {
  const Track track = video_track();
  Track bare = track;
  AVCodecParameters* par = avcodec_parameters_alloc();
  par->codec_type = AVMEDIA_TYPE_VIDEO;
  par->codec_id = AV_CODEC_ID_HEVC;
  bare.par = copy_parameters(*par);
  avcodec_parameters_free(&par);
  bare.time_base = {1, 51'200};
  bare.frame_rate = {0, 1};
  bare.language = bare.rendition = "";
  bare.rotation = 0;
  bare.mirrored = false;
  bare.bitrate = 0;
  bare.shift = {};
  Tracks tracks{bare};
  apply_track_event(track_event(track, {0, {1, 1}}), tracks);
  const Track& restored = tracks[0];
  EXPECT_EQ(restored.time_base.den, 12'800);
  EXPECT_EQ(restored.frame_rate.num, 30'000);
  EXPECT_EQ(restored.language, "eng");
  EXPECT_EQ(restored.rendition, "720p");
  EXPECT_EQ(restored.rotation, 270);
  EXPECT_TRUE(restored.mirrored);
  EXPECT_EQ(restored.bitrate, 2'500'000);
  EXPECT_EQ(restored.shift.ticks, -90);
  EXPECT_EQ(restored.par->format, AV_PIX_FMT_YUV420P10LE);
  EXPECT_EQ(restored.par->color_trc, AVCOL_TRC_SMPTE2084);
  EXPECT_EQ(restored.par->video_delay, 2);
}

TEST(TrackEvent, OfAnotherTrackChangesNothing) {
  Tracks tracks{video_track()};
  Track other = video_track();
  other.index = 3;
  other.language = "deu";
  apply_track_event(track_event(other, {0, {1, 1}}), tracks);
  EXPECT_EQ(tracks[0].language, "eng");
}

TEST(ChangeEvent, TellsTheTrackFromThereOn) {
  Track now = video_track();
  auto par = copy_parameters(*now.par);
  auto& own = const_cast<AVCodecParameters&>(*par);
  own.codec_type = AVMEDIA_TYPE_VIDEO;
  now.par = par;
  const Tracks before{now};
  own.codec_id = AV_CODEC_ID_VP9;
  own.width = 640;
  own.height = 360;
  own.video_delay = 3;
  set_extradata(own, Bytes{1, 2, 3});
  now.par = copy_parameters(own);
  const auto sent = parse_event(to_json(change_event(now, {18, {1, 1}})));
  ASSERT_THAT(sent, IsOk());
  const auto got = changed_track(*sent, before);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->codec(), AV_CODEC_ID_VP9);
  EXPECT_EQ(got->par->width, 640);
  EXPECT_EQ(got->par->height, 360);
  EXPECT_EQ(got->par->video_delay, 3);
  EXPECT_EQ(Bytes(got->par->extradata, got->par->extradata + got->par->extradata_size),
            (Bytes{1, 2, 3}));
  EXPECT_EQ(got->language, "eng");
  EXPECT_THAT(refuse_change(*sent, before),
              FailsWith(Code::kBadInput, HasSubstr("to vp9 at 18.000 s")));
  EXPECT_THAT(refuse_change(*sent, {}), IsOk());
}

TEST(ChangeEvent, NeedsAKnownCodecOfTheSameKindAndATrack) {
  const Tracks tracks{video_track()};
  for (const auto* text : {R"({"event":"track","pts":1,"base":"1/1","track":0})",
                           R"({"event":"track","pts":1,"base":"1/1","track":0,"codec":"aac"})",
                           R"({"event":"track","pts":1,"base":"1/1","track":0,"codec":"no such"})",
                           R"({"event":"track","pts":1,"base":"1/1","track":9,"codec":"vp9"})",
                           R"({"event":"gap","pts":1,"base":"1/1","track":0,"codec":"vp9"})"}) {
    const auto event = parse_event(text);
    ASSERT_THAT(event, IsOk());
    EXPECT_FALSE(changed_track(*event, tracks)) << text;
  }
}

TEST(Time, ComparesExactlyAcrossBases) {
  EXPECT_TRUE((Time{1, {1, 3}} < Time{33'334, {1, 100'000}}));
  EXPECT_TRUE((Time{2, {1, 25}} == Time{80, {1, 1000}}));
}

TEST(Rational, ParsesOnlyTwoWholeNumbers) {
  EXPECT_EQ(parse_rational("30000/1001")->den, 1001);
  for (const auto* text : {"", "/", "1", "1/", "/1", "1/0", "1/-1", "1/2x", "a/b"})
    EXPECT_THAT(parse_rational(text), FailsWith(Code::kBadInput, _)) << text;
}

}  // namespace
}  // namespace weir::media
