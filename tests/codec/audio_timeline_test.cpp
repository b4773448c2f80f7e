#include "codec/audio_timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/samplefmt.h>
}

#include "support/collect.h"
#include "support/matchers.h"

namespace weir::codec {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::_;

constexpr int kRate = 48'000;

media::Frame tone(std::int64_t pts, int samples) {
  media::Frame frame;
  AVFrame& raw = *frame.raw();
  raw.format = AV_SAMPLE_FMT_S16;
  raw.sample_rate = kRate;
  raw.nb_samples = samples;
  raw.pts = pts;
  raw.time_base = {1, kRate};
  av_channel_layout_default(&raw.ch_layout, 1);
  av_frame_get_buffer(&raw, 0);
  auto* values = reinterpret_cast<std::int16_t*>(raw.data[0]);
  for (int i = 0; i < samples; ++i) values[i] = static_cast<std::int16_t>(1 + i);
  return frame;
}

struct Play {
  support::Collect<media::Frame> out;
  AudioTimeline timeline{{20, {1, 1000}}, out};

  void play(std::initializer_list<std::pair<std::int64_t, int>> frames) {
    for (const auto& [pts, samples] : frames)
      ASSERT_THAT(timeline.push(tone(pts, samples)), IsOk());
    ASSERT_THAT(timeline.finish(), IsOk());
  }
  // Where the sound ends; checks that no frame leaves a hole.
  std::int64_t end() {
    std::int64_t next = out.items.front().raw()->pts;
    for (auto& frame : out.items) {
      EXPECT_EQ(frame.raw()->pts, next);
      next += frame.raw()->nb_samples;
    }
    return next;
  }
};

TEST(AudioTimeline, CountsSamplesWhileStampsJitter) {
  Play run;
  run.play({{0, 1000}, {1010, 1000}, {1990, 1000}, {3030, 1000}});
  EXPECT_EQ(run.end(), 4000);
  EXPECT_EQ(run.timeline.silence_samples(), 0);
}

TEST(AudioTimeline, FillsAHoleWithSilence) {
  Play run;
  run.play({{0, 1000}, {11'000, 1000}});
  EXPECT_EQ(run.end(), 12'000);
  EXPECT_EQ(run.timeline.silence_samples(), 10'000);
  const AVFrame& hole = *run.out.items[1].raw();
  EXPECT_EQ(reinterpret_cast<std::int16_t*>(hole.data[0])[hole.nb_samples - 1], 0);
}

TEST(AudioTimeline, CutsAnOverlap) {
  Play run;
  run.play({{0, 4000}, {1000, 4000}, {5000, 1000}});
  EXPECT_EQ(run.end(), 6000);
  EXPECT_EQ(run.timeline.dropped_samples(), 3000);
  EXPECT_EQ(reinterpret_cast<std::int16_t*>(run.out.items[1].raw()->data[0])[0], 3001);
}

TEST(AudioTimeline, LeavesOutWhatLiesWhollyInThePast) {
  Play run;
  run.play({{0, 8000}, {1000, 1000}, {8000, 1000}});
  EXPECT_EQ(run.end(), 9000);
}

TEST(AudioTimeline, BeginsWhereTheSourceBegins) {
  Play run;
  run.play({{48'000, 1000}});
  EXPECT_EQ(run.out.items.front().raw()->pts, 48'000);
}

TEST(AudioTimeline, OfNothingIsNothing) {
  Play run;
  run.play({});
  EXPECT_TRUE(run.out.items.empty());
  EXPECT_EQ(run.out.finished, 1);
}

TEST(AudioTimeline, PassesFailureAndDoneUp) {
  support::Collect<media::Frame> failing;
  failing.fail_at = 1;
  AudioTimeline first({20, {1, 1000}}, failing);
  EXPECT_THAT(first.push(tone(0, 10)), FailsWith(Code::kIo, _));
  support::Collect<media::Frame> done;
  done.done_at = 2;
  AudioTimeline second({20, {1, 1000}}, done);
  EXPECT_EQ(*second.push(tone(0, 10)), flow::Flow::kMore);
  EXPECT_EQ(*second.push(tone(10, 10)), flow::Flow::kDone);
}

}  // namespace
}  // namespace weir::codec
