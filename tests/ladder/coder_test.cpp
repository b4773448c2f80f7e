// One rendition of a chunk: every picture, the quantiser that was asked for, and bytes that depend
// on nothing else.
#include "ladder/coder.h"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/test_pattern.h"
#include "ladder/scaler.h"
#include "media/h26x.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::ladder {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::SizeIs;

constexpr AVRational kBase{1, 12'800};
constexpr int kStep = 512;  // of kBase: 25 pictures a second

media::Track source(int width = 320, int height = 180) {
  media::CodecParametersPtr par(avcodec_parameters_alloc());
  par->codec_type = AVMEDIA_TYPE_VIDEO;
  par->codec_id = AV_CODEC_ID_RAWVIDEO;
  par->width = width;
  par->height = height;
  par->color_primaries = AVCOL_PRI_BT709;
  par->color_trc = AVCOL_TRC_BT709;
  par->color_space = AVCOL_SPC_BT709;
  media::Track track;
  track.kind = media::Kind::kVideo;
  track.par = media::copy_parameters(*par);
  track.time_base = kBase;
  track.frame_rate = {25, 1};
  return track;
}

PlannedRendition planned(int width = 160, int height = 90, const std::string& name = "low") {
  PlannedRendition made;
  made.rung.name = name;
  made.rung.bitrate = 200'000;
  made.rung.max_bitrate = 300'000;
  made.rung.buffer = 400'000;
  made.width = width;
  made.height = height;
  return made;
}

std::vector<GridFrame> paint(int count, const std::set<int>& keys = {0}, int width = 320,
                             int height = 180) {
  std::vector<GridFrame> pictures;
  for (int n = 0; n < count; ++n) {
    GridFrame made;
    made.frame = ingest::paint({width, height, {25, 1}, 48'000}, n);
    made.frame.raw()->time_base = kBase;
    made.frame.raw()->pts = n * kStep;
    made.mark.key = keys.contains(n);
    pictures.push_back(std::move(made));
  }
  return pictures;
}

std::vector<const GridFrame*> all(const std::vector<GridFrame>& pictures) {
  std::vector<const GridFrame*> pointers;
  for (const auto& picture : pictures) pointers.push_back(&picture);
  return pointers;
}

// Two seconds with a key picture in the middle, analysed.
class CoderTest : public ::testing::Test {
 protected:
  std::shared_ptr<const Analysis> analysed(const std::string& name = "stats") {
    auto made = analyse(all(pictures_), 2, source(), analysis_size({planned()}), folder_ / name);
    EXPECT_THAT(made, IsOk());
    return *made;
  }
  std::unique_ptr<Coder> open(const PlannedRendition& rendition = planned(),
                              const std::string& preset = "veryfast") {
    auto coder = Coder::open(rendition, source(), preset);
    EXPECT_THAT(coder, IsOk());
    return std::move(*coder);
  }
  std::vector<media::Packet> code(const Coder& coder, const Analysis& analysis, double qp) {
    auto packets = coder.code(all(pictures_), analysis, qp, second_pass_tools(coder.preset()));
    EXPECT_THAT(packets, IsOk());
    return packets ? std::move(*packets) : std::vector<media::Packet>();
  }

  support::TempFolder folder_;
  std::vector<GridFrame> pictures_ = paint(50, {0, 25});
};

std::string joined(const std::vector<media::Packet>& packets) {
  std::string bytes;
  for (const auto& packet : packets) bytes.append(packet.bytes().begin(), packet.bytes().end());
  return bytes;
}

TEST_F(CoderTest, EveryPictureComesOutOnceUnderItsOwnStamp) {
  const auto analysis = analysed();
  const auto packets = code(*open(), *analysis, 30);
  ASSERT_THAT(packets, SizeIs(50));
  std::set<std::int64_t> stamps;
  for (const auto& packet : packets) {
    EXPECT_EQ(av_cmp_q(packet.base(), kBase), 0);
    stamps.insert(packet.raw()->pts);
  }
  EXPECT_THAT(stamps, SizeIs(50));
  EXPECT_EQ(*stamps.begin(), 0);
  EXPECT_EQ(*stamps.rbegin(), 49 * kStep);
}

TEST_F(CoderTest, KeyPacketsAreTheMarkedPicturesAndCarryTheTracksParameterSets) {
  const auto analysis = analysed();
  const auto coder = open();
  const auto& par = *coder->track().par;
  const ByteView headers(par.extradata, static_cast<std::size_t>(par.extradata_size));
  std::vector<std::int64_t> keys;
  for (const auto& packet : code(*coder, *analysis, 30)) {
    EXPECT_EQ(packet.key(), media::has_idr(AV_CODEC_ID_H264, packet.bytes()));
    if (!packet.key()) continue;
    keys.push_back(packet.raw()->pts);
    EXPECT_TRUE(std::equal(headers.begin(), headers.end(), packet.bytes().begin()));
  }
  EXPECT_THAT(keys, ElementsAre(0, 25 * kStep));
}

TEST_F(CoderTest, PicturesThatMayBeThrownAwayAreThoseTheAnalysisMadePlainB) {
  const auto analysis = analysed();
  for (const auto& packet : code(*open(), *analysis, 30)) {
    const auto type = analysis->types[static_cast<std::size_t>(packet.raw()->pts / kStep)];
    EXPECT_EQ((packet.raw()->flags & AV_PKT_FLAG_DISPOSABLE) != 0, type == codec::PictureType::kB);
  }
}

TEST_F(CoderTest, AllSizesHaveTheSameTypesOfPictures) {
  const auto analysis = analysed();
  const auto order = [&](const PlannedRendition& rendition) {
    std::vector<std::int64_t> stamps;
    for (const auto& packet : code(*open(rendition), *analysis, 30))
      stamps.push_back(2 * packet.raw()->pts +
                       (packet.raw()->flags & AV_PKT_FLAG_DISPOSABLE ? 1 : 0));
    return stamps;
  };
  const auto low = order(planned());
  EXPECT_EQ(order(planned(320, 180)), low);
  EXPECT_EQ(order(planned(96, 54)), low);
}

TEST_F(CoderTest, FractionsOfAQuantiserCount) {
  const auto analysis = analysed();
  const auto coder = open();
  std::vector<std::size_t> sizes;
  for (const double qp : {28.0, 28.25, 28.5, 28.75, 29.0})
    sizes.push_back(joined(code(*coder, *analysis, qp)).size());
  EXPECT_TRUE(std::is_sorted(sizes.rbegin(), sizes.rend()));
  EXPECT_LT(sizes[2], sizes[0]);
  EXPECT_LT(sizes[4], sizes[2]);
}

TEST_F(CoderTest, AnyQuantiserOfTheRateControlIsTaken) {
  const auto analysis = analysed();
  const auto coder = open();
  for (const double qp : {1.0, 10.0, 50.0, 51.0})
    EXPECT_THAT(code(*coder, *analysis, qp), SizeIs(50));
}

TEST_F(CoderTest, ARateFarBelowWhatTheAnalysisTookIsNoFailure) {
  auto rendition = planned();
  rendition.rung.bitrate = 1000;
  EXPECT_THAT(code(*open(rendition), *analysed(), 30), SizeIs(50));
}

TEST_F(CoderTest, CallsAtTheSameTimeGiveTheSameBytes) {
  const auto analysis = analysed();
  const auto coder = open();
  const auto alone = joined(code(*coder, *analysis, 27.3));
  std::vector<std::string> together(3);
  std::vector<std::thread> threads;
  for (auto& bytes : together)
    threads.emplace_back([&] { bytes = joined(code(*coder, *analysis, 27.3)); });
  for (auto& thread : threads) thread.join();
  for (const auto& bytes : together) EXPECT_TRUE(bytes == alone);
}

TEST_F(CoderTest, AnalysingAgainGivesTheSameBytes) {
  // As a run does that goes on after a crash.
  const auto coder = open();
  const auto once = joined(code(*coder, *analysed("one"), 30));
  EXPECT_TRUE(once == joined(code(*coder, *analysed("two"), 30)));
}

TEST_F(CoderTest, ARungsOwnPresetCountsMoreThanTheRuns) {
  PlannedRendition rendition = planned();
  EXPECT_EQ(open(rendition, "medium")->preset(), "medium");
  rendition.rung.preset = "ultrafast";
  EXPECT_EQ(open(rendition, "medium")->preset(), "ultrafast");
}

TEST_F(CoderTest, EveryPresetCodesWithTheTypesOfOneAnalysis) {
  const auto analysis = analysed();
  std::set<std::string> seen;
  for (const auto& preset : preset_names()) {
    const auto coder = open(planned(), preset);
    const auto packets = code(*coder, *analysis, 30);
    EXPECT_THAT(packets, SizeIs(50)) << preset;
    seen.insert(joined(packets));
  }
  EXPECT_THAT(seen, SizeIs(Gt(5U)));  // effort makes a difference
}

TEST_F(CoderTest, PacketsOfAnyPresetFitTheTrackItOpenedWith) {
  const auto analysis = analysed();
  for (const auto& preset : preset_names()) {
    const auto coder = open(planned(), preset);
    const auto& par = *coder->track().par;
    const std::string headers(par.extradata, par.extradata + par.extradata_size);
    EXPECT_TRUE(joined(code(*coder, *analysis, 40)).starts_with(headers)) << preset;
  }
}

TEST_F(CoderTest, CheaperToolsFitTheSameTrack) {
  const auto analysis = analysed();
  for (const char* preset : {"veryfast", "fast", "slow"}) {
    const auto coder = open(planned(), preset);
    const auto& par = *coder->track().par;
    const std::string headers(par.extradata, par.extradata + par.extradata_size);
    EXPECT_EQ(coder->tools(), second_pass_tools(preset));
    ASSERT_THAT(coder->allow_cheaper(), IsOk());
    EXPECT_EQ(coder->tools(), second_pass_tools(preset));
    std::set<std::string> seen;
    for (int notches = 0; notches <= notches_below(preset); ++notches) {
      const auto packets = coder->code(all(pictures_), *analysis, 30, coder->tools(notches));
      ASSERT_THAT(packets, IsOk());
      EXPECT_TRUE(joined(*packets).starts_with(headers)) << preset << " less " << notches;
      seen.insert(joined(*packets));
    }
    EXPECT_THAT(seen, SizeIs(Gt(2U)));
    EXPECT_EQ(coder->tools(100), coder->tools(notches_below(preset)));
  }
}

TEST_F(CoderTest, TheTrackSaysWhatThePacketsAre) {
  const auto coder = open();
  const media::Track& track = coder->track();
  EXPECT_TRUE(track.video());
  EXPECT_EQ(track.codec(), AV_CODEC_ID_H264);
  EXPECT_EQ(track.rendition, "low");
  EXPECT_EQ(track.bitrate, 200'000);
  EXPECT_EQ(track.max_bitrate, 300'000);
  EXPECT_EQ(av_cmp_q(track.frame_rate, {25, 1}), 0);
  EXPECT_EQ(track.par->width, 160);
  EXPECT_EQ(track.par->height, 90);
  EXPECT_EQ(track.par->color_space, AVCOL_SPC_BT709);
  EXPECT_EQ(track.par->video_delay, coder->reorder());
  const auto sets = media::find_parameter_sets(
      AV_CODEC_ID_H264,
      {track.par->extradata, static_cast<std::size_t>(track.par->extradata_size)});
  ASSERT_THAT(sets.sps, SizeIs(1));
  EXPECT_THAT(sets.pps, SizeIs(1));
  const auto info = media::parse_sps(AV_CODEC_ID_H264, sets.sps[0]);
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->profile, track.par->profile);
  EXPECT_EQ(info->level, track.par->level);
  EXPECT_EQ(info->width, 160);
  EXPECT_EQ(info->height, 90);
}

TEST_F(CoderTest, ARungsOwnRateIsNeverAboveTheSources) {
  PlannedRendition rendition = planned();
  rendition.rung.fps = {10, 1};
  EXPECT_EQ(av_cmp_q(open(rendition)->track().frame_rate, {10, 1}), 0);
  rendition.rung.fps = {60, 1};
  EXPECT_EQ(av_cmp_q(open(rendition)->track().frame_rate, {25, 1}), 0);
}

TEST_F(CoderTest, NoPictureIsCodedLaterThanReorderSays) {
  const auto analysis = analysed();
  const auto coder = open();
  const auto packets = code(*coder, *analysis, 30);
  for (std::size_t i = 0; i < packets.size(); ++i)
    EXPECT_GE(packets[i].raw()->pts / kStep, static_cast<std::int64_t>(i) - coder->reorder());
}

TEST(Coder, ARefusedSettingNamesTheRendition) {
  PlannedRendition rendition = planned();
  rendition.rung.tune = "piano";
  EXPECT_THAT(Coder::open(rendition, source(), "veryfast"),
              FailsWith(Code::kUsage, AllOf(HasSubstr("rendition low: "), HasSubstr("'piano'"))));
}

TEST(Analysis, TellsATypeForEveryPictureAndFactsOfTheChunk) {
  const support::TempFolder folder;
  const auto pictures = paint(50, {0, 25});
  const auto made =
      analyse(all(pictures), 2, source(), analysis_size({planned()}), folder / "stats");
  ASSERT_THAT(made, IsOk());
  const Analysis& analysis = **made;
  ASSERT_THAT(analysis.types, SizeIs(50));
  EXPECT_EQ(analysis.types[0], codec::PictureType::kI);
  EXPECT_EQ(analysis.types[25], codec::PictureType::kI);
  EXPECT_THAT(analysis.complexity, Gt(0));
  EXPECT_THAT(analysis.distortion, AllOf(Gt(0), Lt(1)));
}

TEST(Analysis, FilesGoWithIt) {
  const support::TempFolder folder;
  const auto pictures = paint(5);
  {
    const auto made =
        analyse(all(pictures), 0.2, source(), analysis_size({planned()}), folder / "stats");
    ASSERT_THAT(made, IsOk());
    EXPECT_TRUE(std::filesystem::exists(folder / "stats"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Analysis, FilesGoAlsoAfterAFailure) {
  const support::TempFolder folder;
  const auto pictures = paint(5);
  AnalysisSettings settings = analysis_size({planned()});
  settings.tune = "piano";
  EXPECT_THAT(analyse(all(pictures), 0.2, source(), settings, folder / "stats"),
              FailsWith(Code::kUsage, HasSubstr("piano")));
  EXPECT_THAT(
      analyse(all(pictures), 0.2, source(), analysis_size({planned()}), folder / "missing/stats"),
      FailsWith(Code::kUnsupported, HasSubstr("x264 refuses")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Analysis, OnePictureIsAChunk) {
  const support::TempFolder folder;
  const auto pictures = paint(1);
  const auto made =
      analyse(all(pictures), 0.04, source(), analysis_size({planned()}), folder / "stats");
  ASSERT_THAT(made, IsOk());
  const auto coder = Coder::open(planned(), source(), "veryfast");
  const auto packets = (*coder)->code(all(pictures), **made, 30, second_pass_tools("veryfast"));
  ASSERT_THAT(packets, IsOk());
  EXPECT_THAT(*packets, SizeIs(1));
}

TEST(Analysis, AStillPictureIsEasierThanAMovingOne) {
  const support::TempFolder folder;
  const auto moving = paint(25);
  auto still = paint(25);
  for (int n = 0; n < 25; ++n) {
    auto& picture = still[static_cast<std::size_t>(n)];
    picture.frame = moving[0].frame.share();
    picture.frame.raw()->pts = n * kStep;
  }
  const auto complexity = [&](const std::vector<GridFrame>& pictures) {
    return (*analyse(all(pictures), 1, source(), analysis_size({planned()}), folder / "stats"))
        ->complexity;
  };
  EXPECT_LT(complexity(still), complexity(moving) / 2);
}

TEST(AnalysisSize, IsEvenShapedLikeTheLargestRenditionAndNoLarger) {
  for (const auto& [width, height] : {std::pair{3840, 2160},
                                      {1920, 1080},
                                      {1080, 1920},
                                      {854, 480},
                                      {640, 272},
                                      {320, 180},
                                      {64, 48}}) {
    const auto size = analysis_size({planned(width / 2, height / 2), planned(width, height)});
    EXPECT_EQ(size.width % 2, 0);
    EXPECT_EQ(size.height % 2, 0);
    EXPECT_LE(size.width, width);
    EXPECT_LE(size.height, height);
    EXPECT_GE(size.width, 16);
    EXPECT_GE(size.height, 16);
    EXPECT_NEAR(static_cast<double>(size.width) / size.height, static_cast<double>(width) / height,
                0.05 * width / height);
  }
}

TEST(AnalysisGroups, RenditionsWithThePicturesAndTheTuneOfAnotherShareItsAnalysis) {
  std::vector<PlannedRendition> plan{planned(320, 180, "a"), planned(640, 360, "b"),
                                     planned(160, 90, "c"), planned(320, 180, "d")};
  plan[1].rung.fps = {30, 1};
  plan[2].rung.fps = {60, 2};
  plan[3].rung.tune = "animation";
  const auto groups = analysis_groups(plan);
  ASSERT_THAT(groups, SizeIs(3));
  EXPECT_THAT(groups[0].members, ElementsAre(0u));
  EXPECT_THAT(groups[1].members, ElementsAre(1u, 2u));
  EXPECT_THAT(groups[2].members, ElementsAre(3u));
  EXPECT_EQ(groups[1].settings.height, analysis_size({plan[1]}).height);
  EXPECT_EQ(av_cmp_q(groups[1].settings.frame_rate, {30, 1}), 0);
  EXPECT_EQ(groups[2].settings.tune, "animation");
}

TEST(AnalysisGroups, OfNothingAreNone) {
  EXPECT_THAT(analysis_groups({}), IsEmpty());
}

TEST(ScaleAll, GivesEveryPictureInOrderAtTheSizeAskedFor) {
  const auto pictures = paint(10);
  for (const auto& [width, height] : {std::pair{160, 90}, {320, 180}, {98, 54}}) {
    std::vector<std::int64_t> stamps;
    ASSERT_THAT(scale_all(all(pictures), width, height,
                          [&, w = width, h = height](const GridFrame& from, const AVFrame& scaled) {
                            EXPECT_EQ(scaled.width, w);
                            EXPECT_EQ(scaled.height, h);
                            EXPECT_EQ(scaled.format, AV_PIX_FMT_YUV420P);
                            EXPECT_EQ(scaled.pts, from.frame.raw()->pts);
                            stamps.push_back(scaled.pts);
                            return Result<void>();
                          }),
                IsOk());
    EXPECT_THAT(stamps, SizeIs(10));
    EXPECT_TRUE(std::is_sorted(stamps.begin(), stamps.end()));
  }
}

TEST(ScaleAll, OfNothingIsNothing) {
  EXPECT_THAT(scale_all({}, 160, 90,
                        [](const GridFrame&, const AVFrame&) -> Result<void> {
                          return fail(Code::kInternal, "there is no picture");
                        }),
              IsOk());
}

TEST(ScaleAll, StopsAtTheFirstFailure) {
  const auto pictures = paint(10);
  int seen = 0;
  EXPECT_THAT(scale_all(all(pictures), 160, 90,
                        [&](const GridFrame&, const AVFrame&) -> Result<void> {
                          if (++seen == 3) return fail(Code::kIo, "disk full");
                          return {};
                        }),
              FailsWith(Code::kIo, HasSubstr("disk full")));
  EXPECT_EQ(seen, 3);
}

TEST(ScaleAll, PicturesWhoseSizeChangesInMidChunkAreAllScaled) {
  auto pictures = paint(4);
  auto larger = paint(8, {}, 480, 270);
  for (std::size_t n = 4; n < 8; ++n) pictures.push_back(std::move(larger[n]));
  int seen = 0;
  ASSERT_THAT(scale_all(all(pictures), 160, 90,
                        [&](const GridFrame& from, const AVFrame& scaled) -> Result<void> {
                          EXPECT_EQ(scaled.pts, seen++ * kStep);
                          EXPECT_EQ(scaled.pts, from.frame.raw()->pts);
                          EXPECT_EQ(scaled.width, 160);
                          return {};
                        }),
              IsOk());
  EXPECT_EQ(seen, 8);
}

}  // namespace
}  // namespace weir::ladder
