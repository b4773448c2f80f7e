#include "ingest/rejoin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"
#include "support/feed_script.h"
#include "support/matchers.h"
#include "support/words.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using support::kMillis;
using support::kSamples;
using support::kTs;
using support::picture;
using support::sound;
using Script = support::FeedScript;

class RejoinTest : public ::testing::Test {
 protected:
  /// "track@ms+ms" of packets, "kind@ms" of events, "track N codec [rate]@ms" of changes.
  Result<std::vector<std::string>> run(Script& script) {
    Rejoin rejoin(script, clock, words);
    WEIR_TRY_ASSIGN(const auto tracks, rejoin.open());
    std::vector<std::string> list;
    if (!tracks) return list;
    while (true) {
      WEIR_TRY_ASSIGN(auto item, rejoin.next());
      if (!item) break;
      list.push_back(text(*item));
    }
    arrivals = rejoin.arrivals();
    return list;
  }
  static std::string text(const media::Item& item) {
    const auto at = media::position(item).in(kMillis);
    const auto* packet = std::get_if<media::Packet>(&item);
    if (packet == nullptr) return text(std::get<media::Event>(item), at);
    return fmt::format("{}@{}+{}", packet->track(), at, packet->duration().in(kMillis));
  }
  static std::string text(const media::Event& event, std::int64_t at) {
    if (event.kind() != media::event::kTrack) return fmt::format("{}@{}", event.kind(), at);
    const auto rate = event.number("sample_rate");
    return fmt::format("track {} {}{}@{}", *event.number("track"), *event.text("codec"),
                       rate ? fmt::format(" {}", *rate) : "", at);
  }
  support::FakeClock clock;
  support::Words words;
  std::int64_t arrivals = 0;
};

TEST_F(RejoinTest, OneArrivalPassesUntouched) {
  Script script(clock);
  script.arrive(5s, {picture(0)}).pictures(5s, 3);
  EXPECT_THAT(*run(script), ElementsAre("0@0+40", "0@40+40", "0@80+40"));
}

TEST_F(RejoinTest, AFeedWithoutAnArrivalHasNoTracks) {
  Script script(clock);
  EXPECT_THAT(*run(script), IsEmpty());
}

TEST_F(RejoinTest, AReturnIsPlacedOnTheClockBehindADiscontinuity) {
  Script script(clock);
  script.arrive(1s, {picture(0)}).pictures(1s, 2);
  script.arrive(8s, {picture(0)}).pictures(8s, 2);
  EXPECT_THAT(*run(script),
              ElementsAre("0@0+40", "0@40+40", "discontinuity@7000", "0@7000+40", "0@7040+40"));
  EXPECT_EQ(arrivals, 2);
}

TEST_F(RejoinTest, AReturnIsNeverBeforeTheEndOfWhatCame) {
  Script script(clock);
  script.arrive(0s, {picture(0)});
  for (int i = 0; i < 4; ++i) script.packet(0s, 0, kMillis, i * 40, 40);  // a burst
  script.arrive(10ms, {picture(0)}).packet(10ms, 0, kMillis, 0, 40);
  EXPECT_THAT(*run(script), ElementsAre("0@0+40", "0@40+40", "0@80+40", "0@120+40",
                                        "discontinuity@160", "0@160+40"));
}

TEST_F(RejoinTest, PictureAndSoundAreMovedByOneOffset) {
  Script script(clock);
  script.arrive(0s, {picture(0), sound(1)}).pictures(0s, 1);
  script.arrive(3s, {picture(0), sound(1)});
  script.packet(3s, 1, kSamples, 480, 1024).packet(3s, 0, kMillis, 25, 40);
  EXPECT_THAT(*run(script), ElementsAre("0@0+40", "discontinuity@3000", "1@3010+21", "0@3025+40"));
}

TEST_F(RejoinTest, TracksAreFoundByWhatTheyAre) {
  Script script(clock);
  script.arrive(0s, {picture(0), sound(1)}).pictures(0s, 1);
  script.arrive(2s, {sound(0), picture(1, kTs)});
  script.packet(2s, 0, kSamples, 0, 1024).pictures(2s, 1, 1, kTs);
  EXPECT_THAT(*run(script), ElementsAre("0@0+40", "discontinuity@2000", "1@2000+21", "0@2000+40"));
}

TEST_F(RejoinTest, WhatWasNotThereBeforeIsLeftOutAndSaid) {
  Script script(clock);
  script.arrive(0s, {picture(0)}).pictures(0s, 1);
  script.arrive(2s, {picture(0), sound(1)});
  script.packet(2s, 1, kSamples, 0, 1024).pictures(2s, 1);
  EXPECT_THAT(*run(script), ElementsAre("0@0+40", "discontinuity@2000", "0@2000+40"));
  EXPECT_THAT(words.warnings,
              ElementsAre("'the source' comes back with aac that was not there before: it is left "
                          "out"));
}

TEST_F(RejoinTest, AnotherCodecIsToldBehindTheDiscontinuity) {
  Script script(clock);
  script.arrive(0s, {picture(0)}).pictures(0s, 1);
  script.arrive(2s, {picture(0, kMillis, AV_CODEC_ID_HEVC)}).pictures(2s, 1);
  script.arrive(4s, {picture(0, kMillis, AV_CODEC_ID_HEVC)}).pictures(4s, 1);
  script.arrive(6s, {picture(0)}).pictures(6s, 1);
  EXPECT_THAT(*run(script), ElementsAre("0@0+40", "discontinuity@2000", "track 0 hevc@2000",
                                        "0@2000+40", "discontinuity@4000", "0@4000+40",
                                        "discontinuity@6000", "track 0 h264@6000", "0@6000+40"));
}

TEST_F(RejoinTest, SoundOfAnotherRateIsToldAndKeepsItsTimeBase) {
  Script script(clock);
  script.arrive(0s, {picture(0), sound(1)}).pictures(0s, 1);
  script.arrive(2s, {picture(0), sound(1, 44'100)}).packet(2s, 1, {1, 44'100}, 44'100, 1024);
  EXPECT_THAT(*run(script),
              ElementsAre("0@0+40", "discontinuity@2000", "track 1 aac 44100@2000", "1@3000+23"));
}

TEST_F(RejoinTest, WhatIsAlikeHasItsPlaceBeforeWhatIsNot) {
  Script script(clock);
  script.arrive(0s, {sound(0), sound(1, 44'100)}).packet(0s, 0, kSamples, 0, 1024);
  script.arrive(2s, {sound(0, 44'100), sound(1, 32'000)});
  script.packet(2s, 0, {1, 44'100}, 0, 1024).packet(2s, 1, {1, 32'000}, 0, 1024);
  EXPECT_THAT(*run(script), ElementsAre("0@0+21", "discontinuity@2000", "track 0 aac 32000@2000",
                                        "1@2000+23", "0@2000+32"));
}

TEST_F(RejoinTest, AChangeOnTheWayIsOneOfOurTrack) {
  Script script(clock);
  script.arrive(0s, {picture(0), sound(1)}).pictures(0s, 1);
  script.arrive(2s, {sound(0), picture(1)}).pictures(2s, 1, 1);
  script.change(3s, picture(1, kMillis, AV_CODEC_ID_HEVC), 1000).pictures(3s, 1, 1, kMillis, 1000);
  script.arrive(5s, {picture(0, kMillis, AV_CODEC_ID_HEVC)}).pictures(5s, 1);
  EXPECT_THAT(*run(script),
              ElementsAre("0@0+40", "discontinuity@2000", "0@2000+40", "track 0 hevc@3000",
                          "0@3000+40", "discontinuity@5000", "0@5000+40"));
}

TEST_F(RejoinTest, OneThatBringsNothingOfUseIsWaitedOut) {
  Script script(clock);
  script.arrive(0s, {picture(0)}).pictures(0s, 1);
  script.arrive(2s, {sound(0)}).packet(2s, 0, kSamples, 0, 1024);
  script.arrive(4s, {picture(0)}).pictures(4s, 1);
  EXPECT_THAT(*run(script), ElementsAre("0@0+40", "discontinuity@4000", "0@4000+40"));
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("aac that was not there before")));
}

TEST_F(RejoinTest, ManyReturnsDoNotDrift) {
  Script script(clock);
  for (int i = 0; i < 50; ++i) script.arrive(i * 1003ms, {picture(0)}).pictures(i * 1003ms, 3);
  const auto list = *run(script);
  EXPECT_EQ(list.back(), "0@49230+40");  // 49 * 1003 + 80, to the next 10 ms
}

TEST_F(RejoinTest, NothingComesInTheTimeItWasGiven) {
  Script script(clock);
  script.arrive(0s, {picture(0)}).pictures(10s, 1);
  Rejoin rejoin(script, clock, words);
  ASSERT_THAT(rejoin.open(), IsOk());
  EXPECT_EQ(rejoin.next_within(3s)->state, flow::Awaited<media::Item>::State::kNothingYet);
  EXPECT_EQ(clock.monotonic(), 3s);
}

}  // namespace
}  // namespace weir::ingest
