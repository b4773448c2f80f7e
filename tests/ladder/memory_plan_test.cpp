#include "ladder/memory_plan.h"

#include <gtest/gtest.h>

namespace weir::ladder {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kMega = 1 << 20;

media::Track track(int width, int height, int rate, AVPixelFormat format = AV_PIX_FMT_YUV420P) {
  AVCodecParameters par{};
  par.codec_type = AVMEDIA_TYPE_VIDEO;
  par.width = width;
  par.height = height;
  par.format = format;
  media::Track track;
  track.par = media::copy_parameters(par);
  track.frame_rate = {rate, 1};
  return track;
}

TEST(MemoryPlan, HoldsWhatFitsAndLeavesRoomForEncoders) {
  const auto plan = divide_memory(track(1920, 1080, 24), 2s, 2048 * kMega, 2);
  EXPECT_TRUE(plan.fits);
  EXPECT_GE(plan.chunks, 3);
  EXPECT_LE(plan.chunks * 48 * 1920 * 1080 * 3 / 2, 2048 * kMega / 2);
  EXPECT_EQ(plan.jobs, 2);
}

TEST(MemoryPlan, ChunksDoNotDependOnTheJobs) {
  const auto source = track(1920, 1080, 24);
  EXPECT_EQ(divide_memory(source, 2s, 2048 * kMega, 1).chunks,
            divide_memory(source, 2s, 2048 * kMega, 64).chunks);
}

TEST(MemoryPlan, LetsFewerEncodersWorkWhereMoreWouldNotFit) {
  const auto plan = divide_memory(track(1920, 1080, 24), 2s, 1024 * kMega, 64);
  EXPECT_TRUE(plan.fits);
  EXPECT_LT(plan.jobs, 8);
  EXPECT_GE(plan.jobs, 1);
}

TEST(MemoryPlan, SaysWhenTwoChunksDoNotFit) {
  EXPECT_TRUE(divide_memory(track(1920, 1080, 60), 4s, 2048 * kMega, 2).fits);
  EXPECT_FALSE(divide_memory(track(1920, 1080, 60), 4s, 1024 * kMega, 2).fits);
  EXPECT_FALSE(
      divide_memory(track(1920, 1080, 60, AV_PIX_FMT_YUV444P10LE), 4s, 2048 * kMega, 2).fits);
}

TEST(MemoryPlan, AnUnknownSizeOrRateIsNoReasonToFail) {
  EXPECT_TRUE(divide_memory(track(0, 0, 0), 2s, 2048 * kMega, 2).fits);
}

}  // namespace
}  // namespace weir::ladder
