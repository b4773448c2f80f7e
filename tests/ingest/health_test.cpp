#include "ingest/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "flow/through.h"
#include "ingest/jump_repair.h"
#include "support/fake_clock.h"
#include "support/matchers.h"
#include "support/packets.h"
#include "support/words.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

media::Track track(int index, media::Kind kind, AVCodecID codec) {
  AVCodecParameters* par = avcodec_parameters_alloc();
  par->codec_id = codec;
  media::Track out;
  out.index = index;
  out.kind = kind;
  out.par = media::copy_parameters(*par);
  avcodec_parameters_free(&par);
  return out;
}
media::Tracks both() {
  return {track(0, media::Kind::kVideo, AV_CODEC_ID_H264),
          track(1, media::Kind::kAudio, AV_CODEC_ID_AAC)};
}
std::int64_t repaired(const HealthReport& report, std::string_view name) {
  const auto found =
      std::ranges::find(report.repairs, name, [](const auto& each) { return each.first; });
  return found == report.repairs.end() ? -1 : found->second;
}

class HealthTest : public ::testing::Test {
 protected:
  void take(std::string_view text, int index = 0, std::int64_t length = 40) {
    for (const auto& packet :
         support::packets(text, {index, {1, 1000}, length, std::string(100, 'x')}))
      health.take(packet);
  }
  support::FakeClock clock;
  Health health{clock};
};

TEST_F(HealthTest, WaitsUntilSomethingWasWritten) {
  const auto report = health.report();
  EXPECT_EQ(report.state, HealthState::kWaiting);
  EXPECT_EQ(report.media_us, 0);
  EXPECT_FALSE(report.av_offset_us);
  EXPECT_THAT(report.tracks, IsEmpty());
}

TEST_F(HealthTest, RatesAreThoseSinceTheReportBefore) {
  health.begin(both());
  take("K0 d40 d80 d120 d160");
  clock.advance(500ms);
  auto report = health.report();
  ASSERT_THAT(report.tracks, SizeIs(2));
  EXPECT_EQ(report.tracks[0].bitrate, 8000);
  EXPECT_DOUBLE_EQ(report.tracks[0].fps, 10);
  EXPECT_EQ(report.media_us, 200'000);
  take("d200");
  clock.advance(1s);
  report = health.report();
  EXPECT_EQ(report.tracks[0].bitrate, 800);
  EXPECT_EQ(report.tracks[0].packets, 6);
  EXPECT_EQ(report.bytes, 600);
  EXPECT_EQ(report.tracks[1].bitrate, 0);
}

TEST_F(HealthTest, TheOffsetIsHowFarPicturesReachBeyondTheSound) {
  health.begin(both());
  take("K0 d40");
  EXPECT_FALSE(health.report().av_offset_us);
  take("K0 K21 K42", 1, 21);
  EXPECT_EQ(health.report().av_offset_us, 17'000);
}

TEST_F(HealthTest, NothingForMoreThanASecondIsWaiting) {
  health.begin(both());
  take("K0");
  clock.advance(1s);
  EXPECT_EQ(health.report().state, HealthState::kLive);
  clock.advance(1ms);
  EXPECT_EQ(health.report().state, HealthState::kWaiting);
  EXPECT_EQ(health.report().tracks[0].bitrate, 0);
}

TEST_F(HealthTest, SaysWhereTheStreamComesFrom) {
  health.begin(both());
  take("K0");
  health.set_fallback(true);
  EXPECT_EQ(health.report().state, HealthState::kFallback);
  health.set_slate(true);
  EXPECT_EQ(health.report().state, HealthState::kSlate);
  health.set_slate(false);
  health.set_fallback(false);
  EXPECT_EQ(health.report().state, HealthState::kLive);
}

TEST_F(HealthTest, PacketsOfNoTrackAreNotCounted) {
  health.begin({});
  take("K0");
  EXPECT_EQ(health.report().state, HealthState::kWaiting);
  EXPECT_EQ(health.report().bytes, 0);
}

TEST_F(HealthTest, AStageCountsWhatItMends) {
  support::Words words;
  flow::Waiting<media::Item> out;
  JumpRepair repair(both(), 3s, words, out, &health.repairs);
  const auto push = [&](int index, std::string_view text) {
    for (auto& packet : support::packets(text, {index, {1, 1000}}))
      ASSERT_THAT(repair.push(std::move(packet)), support::IsOk());
  };
  push(0, "K0 d40");
  push(1, "K0 K40");
  push(0, "d9000 d80");
  push(0, "d20000");
  push(1, "K20000");
  push(0, "K20040 d20080");
  push(1, "K20040");
  push(0, "K0");
  push(1, "K0");
  const auto report = health.report();
  EXPECT_EQ(repaired(report, "dropped"), 1);
  EXPECT_EQ(repaired(report, "losses"), 1);
  EXPECT_EQ(repaired(report, "resets"), 1);
  EXPECT_EQ(repaired(report, "waiting_for_key"), 1);
  EXPECT_EQ(repaired(report, "wraps"), 0);
}

class Kept : public HealthSink {
 public:
  void take(const HealthReport& report) override { reports.push_back(report); }
  std::vector<HealthReport> reports;
};

TEST_F(HealthTest, TheLastStateIsToldToo) {
  Kept kept;
  health.begin(both());
  {
    const HealthTicker ticker(health, kept);
    take("K0 d40");
  }
  ASSERT_THAT(kept.reports, Not(IsEmpty()));
  EXPECT_EQ(kept.reports.back().bytes, 200);
}

}  // namespace
}  // namespace weir::ingest
