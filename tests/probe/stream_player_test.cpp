#include "probe/stream_player.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::probe {
namespace {

constexpr std::int64_t kMs = 1'000, kS = 1'000'000;
constexpr auto kVideo = PlayerLane::kVideo, kAudio = PlayerLane::kAudio;
using ::testing::Optional;

/// Frames of 40 ms with stamps from `from` on; each arrives and is shown `late` after its stamp.
void send(StreamPlayer& player, PlayerLane lane, std::int64_t from, std::int64_t to,
          std::int64_t late) {
  for (std::int64_t at = from; at < to; at += 40 * kMs) {
    player.arrived(lane, at, at + late);
    player.shown(lane, at, at + late);
    player.tick(at + late);
  }
}

TEST(StreamPlayer, IsBehindByWhatItBuffersBeforeItBegins) {
  StreamPlayer player(true, false);
  send(player, kVideo, 0, 10 * kS, 200 * kMs);
  ASSERT_TRUE(player.latency());
  EXPECT_EQ(player.latency()->by, Latency::By::kArrival);
  // Half a second and the frame that completes it; a constant way to us cannot be seen.
  EXPECT_NEAR(double(player.latency()->mean_us()), 520e3, 25e3);
  EXPECT_EQ(player.buffer().figures().stall_count, 0);
}

TEST(StreamPlayer, IsBehindTheAirWhereTheStreamTellsWhenThatWas) {
  constexpr std::int64_t kDay = 1'790'000'000 * kS;
  StreamPlayer player(true, false, kDay);
  // On air at its stamp since the day began, here 800 ms later; an hour on, stamps begin anew.
  player.dated(0, kDay);
  send(player, kVideo, 0, 5 * kS, 800 * kMs);
  ASSERT_TRUE(player.latency());
  EXPECT_EQ(player.latency()->by, Latency::By::kDate);
  EXPECT_NEAR(double(player.latency()->mean_us()), 800e3 + 520e3, 25e3);
  player.dated(1 * kS, kDay + 5 * kS);
  for (std::int64_t at = 1 * kS; at < 4 * kS; at += 40 * kMs) {
    player.arrived(kVideo, at, at + 4800 * kMs);
    player.shown(kVideo, at, at + 4800 * kMs);
    player.tick(at + 4800 * kMs);
  }
  EXPECT_NEAR(double(player.latency()->last_us), 800e3 + 520e3, 45e3);
}

TEST(StreamPlayer, CountsWhatTheServerHadKeptFromTheBegin) {
  StreamPlayer player(true, false);
  // Two seconds at once, the newest of them now.
  for (std::int64_t at = 0; at < 2 * kS; at += 40 * kMs) {
    player.arrived(kVideo, at, 2 * kS);
    player.shown(kVideo, at, 2 * kS);
    player.tick(2 * kS);
  }
  send(player, kVideo, 2 * kS, 5 * kS, 0);
  EXPECT_NEAR(double(player.latency()->first_us), 2e6, 50e3);
  EXPECT_NEAR(double(player.latency()->last_us), 2e6, 50e3);
}

TEST(StreamPlayer, StallsForAsLongAsNothingCameLessWhatItHeld) {
  StreamPlayer player(true, false);
  send(player, kVideo, 0, 5 * kS, 0);
  const auto before = player.latency()->last_us;
  // Three seconds late, all at once, and then in time again.
  for (std::int64_t now = 5 * kS; now < 8 * kS; now += 20 * kMs) player.tick(now);
  for (std::int64_t at = 5 * kS; at < 8 * kS; at += 40 * kMs) {
    player.arrived(kVideo, at, 8 * kS);
    player.shown(kVideo, at, 8 * kS);
  }
  send(player, kVideo, 8 * kS, 12 * kS, 0);
  const auto figures = player.buffer().figures();
  ASSERT_EQ(figures.stall_count, 1);
  EXPECT_NEAR(double(figures.stalled_us), double(3 * kS - before), 60e3);
  EXPECT_NEAR(double(player.latency()->last_us), double(before + figures.stalled_us), 60e3);
}

TEST(StreamPlayer, GoesOnWhereStampsBeginAnewInBothTracks) {
  StreamPlayer player(true, true);
  const auto both = [&](std::int64_t stamp, std::int64_t at) {
    for (const auto lane : {kVideo, kAudio}) {
      player.arrived(lane, stamp, at);
      player.shown(lane, stamp, at);
    }
    player.tick(at);
  };
  for (std::int64_t at = 0; at < 5 * kS; at += 40 * kMs) both(100 * kS + at, at);
  for (std::int64_t at = 5 * kS; at < 10 * kS; at += 40 * kMs) both(at - 5 * kS, at);
  EXPECT_EQ(player.buffer().figures().stall_count, 0);
  EXPECT_EQ(player.buffer().figures().skip_count, 0);
  EXPECT_GT(player.buffer().figures().played_us, 9 * kS);
}

TEST(StreamPlayer, JumpsOverWhatIsMissing) {
  StreamPlayer player(true, false);
  send(player, kVideo, 0, 3 * kS, 0);
  for (std::int64_t at = 6 * kS; at < 10 * kS; at += 40 * kMs) {
    player.arrived(kVideo, at, at - 3 * kS);
    player.shown(kVideo, at, at - 3 * kS);
    player.tick(at - 3 * kS);
  }
  EXPECT_EQ(player.buffer().figures().stall_count, 0);
  EXPECT_EQ(player.buffer().figures().skip_count, 1);
  EXPECT_NEAR(double(player.buffer().figures().skipped_us), 3e6, 50e3);
}

}  // namespace
}  // namespace weir::probe
