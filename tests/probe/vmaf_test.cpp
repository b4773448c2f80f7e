#include "probe/vmaf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace weir::probe {
namespace {

using ::testing::ElementsAre;

media::Frame grey(int level) {
  media::Frame frame;
  AVFrame& raw = *frame.raw();
  raw.width = 320;
  raw.height = 180;
  raw.format = AV_PIX_FMT_YUV420P;
  av_frame_get_buffer(&raw, 0);
  for (int y = 0; y < 180; ++y)
    for (int x = 0; x < raw.linesize[0]; ++x)
      raw.data[0][y * raw.linesize[0] + x] = std::uint8_t((x * 7 + y * 13 + level) & 255);
  for (int plane : {1, 2}) std::fill_n(raw.data[plane], raw.linesize[plane] * 90, 128);
  return frame;
}

// As libvmaf 2.3 writes them, shortened.
constexpr const char* kScores = R"({"version": "2.3.1", "fps": 61.2, "frames": [
  {"frameNum": 0, "metrics": {"integer_motion2": 0.0, "vmaf": 97.428043}},
  {"frameNum": 1, "metrics": {"integer_motion2": 3.9, "vmaf": 88.5}}],
  "pooled_metrics": {"vmaf": {"min": 88.5, "max": 97.428043}}, "aggregate_metrics": {}})";

TEST(Vmaf, ReadsTheScoresOfEachPicture) {
  const auto scores = read_vmaf_scores(kScores, 2);
  ASSERT_TRUE(scores);
  EXPECT_THAT(*scores, ElementsAre(97.428043, 88.5));
}

TEST(Vmaf, MindsScoresThatAreMissingOrNone) {
  EXPECT_EQ(read_vmaf_scores(kScores, 3).error().code, Code::kBadInput);
  EXPECT_EQ(read_vmaf_scores("", 1).error().code, Code::kBadInput);
  EXPECT_EQ(read_vmaf_scores("[]", 1).error().code, Code::kBadInput);
  EXPECT_EQ(read_vmaf_scores(R"({"frames": [{"metrics": {}}]})", 1).error().code, Code::kBadInput);
}

TEST(Vmaf, GivesEqualPicturesAHighScoreWhereLibvmafIs) {
  const auto picture = grey(0);
  auto meter = Vmaf::open(*picture.raw());
  if (!Vmaf::available()) {
    EXPECT_EQ(meter.error().code, Code::kUnsupported);
    return;
  }
  ASSERT_TRUE(meter);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE((*meter)->add(*picture.raw(), *picture.raw()));
  const auto scores = (*meter)->finish();
  ASSERT_TRUE(scores) << scores.error().what;
  ASSERT_EQ(scores->size(), 3u);
  for (const double score : *scores) EXPECT_GT(score, 90);
}

}  // namespace
}  // namespace weir::probe
