// A constant rate out of any other: which pictures are shown, when, and what is counted.
#include "ladder/fixed_rate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/collect.h"
#include "support/matchers.h"

namespace weir::ladder {
namespace {

using support::Collect;
using support::IsOk;
using ::testing::ElementsAre;

media::Frame picture(std::int64_t pts, AVRational base) {
  media::Frame frame;
  AVFrame& f = *frame.raw();
  f.format = AV_PIX_FMT_GRAY8;
  f.width = f.height = 16;
  EXPECT_GE(av_frame_get_buffer(&f, 0), 0);
  f.data[0][0] = static_cast<std::uint8_t>(pts);
  f.pts = pts;
  f.time_base = base;
  return frame;
}

struct Played {
  Collect<media::Frame> out;
  FixedRate::Counts counts;

  Played(AVRational rate, AVRational base, const std::vector<std::int64_t>& stamps) {
    FixedRate stage(rate, base, out);
    for (const auto pts : stamps) EXPECT_THAT(stage.push(picture(pts, base)), IsOk());
    EXPECT_THAT(stage.finish(), IsOk());
    counts = stage.counts();
  }
  std::vector<int> shown() const {
    std::vector<int> marks;
    for (const auto& frame : out.items) marks.push_back(frame.raw()->data[0][0]);
    return marks;
  }
  std::vector<std::int64_t> micros() const {
    std::vector<std::int64_t> times;
    for (const auto& frame : out.items) times.push_back(frame.pts().micros());
    return times;
  }
};

TEST(FixedRate, ConstantRateStaysAsItIs) {
  const Played run({25, 1}, {1, 1000}, {7, 47, 87, 127});
  EXPECT_THAT(run.shown(), ElementsAre(7, 47, 87, 127));
  EXPECT_THAT(run.micros(), ElementsAre(7'000, 47'000, 87'000, 127'000));
  EXPECT_EQ(run.counts.dropped + run.counts.repeated, 0);
}

TEST(FixedRate, RepeatsOverAHoleAndCounts) {
  const Played run({25, 1}, {1, 1000}, {0, 40, 200});
  EXPECT_THAT(run.shown(), ElementsAre(0, 40, 40, 40, 40, 200));
  EXPECT_EQ(run.counts.repeated, 3);
  EXPECT_EQ(run.counts.dropped, 0);
}

TEST(FixedRate, HalvesARate) {
  const Played run({25, 1}, {1, 50}, {0, 1, 2, 3, 4, 5, 6});
  EXPECT_THAT(run.shown(), ElementsAre(0, 2, 4, 6));
  EXPECT_EQ(run.counts.dropped, 3);
  EXPECT_EQ(run.counts.repeated, 0);
}

TEST(FixedRate, RoundedStampsOfNtscAreNeitherDroppedNorRepeated) {
  std::vector<std::int64_t> stamps;
  for (int n = 0; n < 200; ++n) stamps.push_back(n * 1001 / 30);
  const Played run({30000, 1001}, {1, 1000}, stamps);
  EXPECT_EQ(run.out.items.size(), 200U);
  EXPECT_EQ(run.counts.dropped + run.counts.repeated, 0);
  for (std::size_t n = 1; n < run.out.items.size(); ++n)
    EXPECT_EQ(run.out.items[n].pts().ticks - run.out.items[n - 1].pts().ticks, 1001);
}

TEST(FixedRate, NoPictureIsMovedByMoreThanHalfAStep) {
  const std::vector<std::int64_t> stamps{3, 20, 70, 71, 133, 150, 170, 260, 300};
  const Played run({30, 1}, {1, 1000}, stamps);
  for (const auto& frame : run.out.items) {
    const auto mark = static_cast<std::int64_t>(frame.raw()->data[0][0]) * 1000;
    if (mark == 300'000 % 256) continue;
    EXPECT_GE(frame.pts().micros() + 16'700, mark);
  }
  EXPECT_EQ(run.micros().front(), 3'000);
}

TEST(FixedRate, ALongHoleStaysAHole) {
  const Played run({25, 1}, {1, 25}, {0, 1, 1000, 1001});
  EXPECT_THAT(run.micros(), ElementsAre(0, 40'000, 40'000'000, 40'040'000));
  EXPECT_EQ(run.counts.repeated, 0);
}

TEST(FixedRate, NothingInNothingOut) {
  const Played run({25, 1}, {1, 25}, {});
  EXPECT_TRUE(run.out.items.empty());
  EXPECT_EQ(run.out.finished, 1);
}

TEST(FixedRate, AnswersDoneAndFailureFromBelow) {
  Collect<media::Frame> out;
  out.done_at = 2;
  FixedRate stage({25, 1}, {1, 25}, out);
  ASSERT_THAT(stage.push(picture(0, {1, 25})), IsOk());
  auto flow = stage.push(picture(9, {1, 25}));
  ASSERT_THAT(flow, IsOk());
  EXPECT_EQ(*flow, flow::Flow::kDone);
  EXPECT_EQ(out.items.size(), 2U);
  Collect<media::Frame> broken;
  broken.fail_at = 1;
  FixedRate other({25, 1}, {1, 25}, broken);
  ASSERT_THAT(other.push(picture(0, {1, 25})), IsOk());
  EXPECT_FALSE(other.finish());
  EXPECT_EQ(broken.finished, 1);
}

}  // namespace
}  // namespace weir::ladder
