// A hole in a live stream is filled with a slate on the clock, and the stream goes on behind it.
#include "ingest/slated_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/clocked_input.h"
#include "ingest/rejoin.h"
#include "media/h26x.h"
#include "support/coded_tracks.h"
#include "support/fake_clock.h"
#include "support/matchers.h"
#include "support/words.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using support::coded_picture;
using support::coded_sound;
using support::FailsWith;
using support::kMillis;
using support::kSamples;
using ::testing::_;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;
using Script = support::FeedScript;

constexpr Micros kAfter = 1s;

/// What was handed out, and when.
struct Shown {
  milliseconds when;
  media::Item item;
};

class SlatedInputTest : public ::testing::Test {
 protected:
  /// Through Rejoin and SlatedInput, as a run does it.
  void run(const media::Tracks& tracks) {
    Rejoin rejoin(script, clock, words);
    auto came = rejoin.open();
    ASSERT_THAT(came, support::IsOk());
    SlatedInput slated(rejoin, tracks, opener, kAfter, clock, words, &health);
    take_all(slated);
  }
  void take_all(flow::Source<media::Item>& source) {
    while (true) {
      auto item = source.next();
      if (!item) failure = item.error().what;
      if (!item || !*item) return;
      shown.push_back(
          {std::chrono::duration_cast<milliseconds>(clock.monotonic()), std::move(**item)});
    }
  }
  /// Picture and sound from `when` on, stamped from 0, for `length`; a key picture a second.
  void publish(milliseconds when, milliseconds length) {
    script.arrive(when, {coded_picture(0), coded_sound(1)}, "the publisher");
    std::int64_t sample = 0;
    for (std::int64_t at = 0; at < length.count(); at += 40) {
      script.packet(when + milliseconds(at), 0, kMillis, at, 40, at % 1000 == 0);
      for (; sample / 48 < at + 40; sample += 1024)
        script.packet(when + milliseconds(at), 1, kSamples, sample, 1024);
    }
  }
  std::vector<const media::Packet*> packets(int track) const {
    std::vector<const media::Packet*> all;
    for (const auto& each : shown)
      if (const auto* packet = std::get_if<media::Packet>(&each.item);
          packet != nullptr && packet->track() == track)
        all.push_back(packet);
    return all;
  }
  /// "kind@milliseconds".
  std::vector<std::string> events() const {
    std::vector<std::string> all;
    for (const auto& each : shown)
      if (const auto* event = std::get_if<media::Event>(&each.item))
        all.push_back(fmt::format("{}@{}", event->kind(), event->at.in(kMillis)));
    return all;
  }
  /// Ticks from the end of each packet of the track to the begin of the next.
  std::vector<std::int64_t> holes(int track) const {
    std::vector<std::int64_t> all;
    const auto list = packets(track);
    for (std::size_t i = 1; i < list.size(); ++i)
      all.push_back(list[i]->raw()->pts - list[i - 1]->raw()->pts - list[i - 1]->raw()->duration);
    return all;
  }
  /// The slate's packets, which are not the "x" of the script.
  static bool of_slate(const media::Packet& packet) { return packet.bytes().size() > 1; }
  std::size_t count_of_slate(int track) const {
    const auto all = packets(track);
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [](const auto* packet) { return of_slate(*packet); }));
  }

  support::FakeClock clock;
  support::Words words;
  StopSource stop;
  Health health{clock};
  Script script{clock};
  int opened = 0;
  SlatedInput::Opener opener = [this](const auto& tracks, const auto& starts) {
    ++opened;
    return Slate::open(tracks, starts, "", stop, words);
  };
  std::vector<Shown> shown;
  std::string failure;
};

TEST_F(SlatedInputTest, FillsAHoleWithoutMissingTime) {
  publish(0s, 2s);
  publish(8s, 2s);
  run({coded_picture(0), coded_sound(1)});
  EXPECT_THAT(events(), ElementsAre("discontinuity@2000", "discontinuity@8000"));
  EXPECT_THAT(holes(0), Each(0));  // no picture is missing: 6 s of 25 a second
  EXPECT_EQ(count_of_slate(0), 150U);
  EXPECT_THAT(holes(1), Each(::testing::AllOf(::testing::Ge(-512), Le(1024))));
  const auto sound = packets(1);
  for (std::size_t i = 1; i < sound.size(); ++i)
    if (of_slate(*sound[i])) {
      EXPECT_EQ(sound[i]->raw()->pts, sound[i - 1]->raw()->pts + 1024) << i;
    }
  EXPECT_THAT(words.warnings,
              ElementsAre("nothing has come for 1.0 s: the slate is shown until something does"));
  EXPECT_THAT(words.infos, ElementsAre("the input is back after 6.0 s"));
}

TEST_F(SlatedInputTest, ThePictureAfterADiscontinuityIsAnIdrWithItsParameterSets) {
  publish(0s, 2s);
  publish(8s, 1s);
  run({coded_picture(0), coded_sound(1)});
  const media::Packet* first = nullptr;
  for (std::size_t i = 0; i + 1 < shown.size() && first == nullptr; ++i)
    if (std::holds_alternative<media::Event>(shown[i].item))
      first = std::get_if<media::Packet>(&shown[i + 1].item);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->track(), 0);
  EXPECT_TRUE(first->key());
  EXPECT_TRUE(media::has_idr(AV_CODEC_ID_H264, first->bytes()));
  EXPECT_FALSE(media::find_parameter_sets(AV_CODEC_ID_H264, first->bytes()).sps.empty());
}

TEST_F(SlatedInputTest, IsGivenOnTheClock) {
  publish(0s, 2s);
  publish(8s, 1s);
  run({coded_picture(0), coded_sound(1)});
  for (const auto& each : shown) {
    const auto* packet = std::get_if<media::Packet>(&each.item);
    if (packet == nullptr || !of_slate(*packet)) continue;
    const auto due = std::max<milliseconds>(milliseconds(packet->pts().in(kMillis)), 2960ms);
    EXPECT_GE(each.when, due - 1ms);
    EXPECT_LE(each.when, due + 1ms);
  }
}

TEST_F(SlatedInputTest, ATrackThatFellBehindGoesOnWhereItEnded) {
  script.arrive(0s, {coded_picture(0), coded_sound(1)}).pictures(0s, 25);
  for (int i = 0; i < 33; ++i) script.packet(960ms, 1, kSamples, i * 1024, 1024);  // to 704 ms
  publish(6s, 1s);
  run({coded_picture(0), coded_sound(1)});
  const auto sound = packets(1);
  for (std::size_t i = 1; i < sound.size(); ++i)
    if (of_slate(*sound[i])) {
      EXPECT_EQ(sound[i]->raw()->pts, sound[i - 1]->raw()->pts + 1024) << i;
    }
  EXPECT_EQ(count_of_slate(1), 249U);  // from 704 ms to 6.016 s
  EXPECT_THAT(holes(0), Each(0));
}

TEST_F(SlatedInputTest, AShortPauseIsLeftAsItIs) {
  script.arrive(0s, {coded_picture(0)}).pictures(0s, 25).pictures(1900ms, 25, 0, kMillis, 1900);
  run({coded_picture(0)});
  EXPECT_THAT(packets(0), SizeIs(50));
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_EQ(opened, 0);
}

TEST_F(SlatedInputTest, BeforeAnythingCameThereIsNothingToFill) {
  script.arrive(30s, {coded_picture(0)}).pictures(60s, 5);
  run({coded_picture(0)});
  EXPECT_THAT(packets(0), SizeIs(5));
  EXPECT_EQ(opened, 0);
}

TEST_F(SlatedInputTest, TheSameSourceReturnsWithAKeyPicture) {
  script.arrive(0s, {coded_picture(0)}).pictures(0s, 10);
  // It stalls for two seconds and goes on with the pictures between two keys.
  script.pictures(2360ms, 60, 0, kMillis, 2360, 1000).pictures(4760ms, 25, 0, kMillis, 4760);
  script.packet(5760ms, 0, kMillis, 5760, 40);
  run({coded_picture(0)});
  EXPECT_THAT(holes(0), Each(Le(10)));
  EXPECT_THAT(events(), ElementsAre("discontinuity@400", HasSubstr("discontinuity@2")));
  EXPECT_EQ(health.repairs.waiting_for_key, 0);  // 2360 is a key: the first of its run
}

TEST_F(SlatedInputTest, PicturesBeforeTheNextKeyAreLeftOut) {
  script.arrive(0s, {coded_picture(0)}).pictures(0s, 10);
  for (int i = 0; i < 50; ++i) script.packet(3s + i * 40ms, 0, kMillis, 3000 + i * 40, 40, i == 25);
  run({coded_picture(0)});
  EXPECT_THAT(holes(0), Each(Le(10)));
  EXPECT_THAT(events(), ElementsAre("discontinuity@400", "discontinuity@4000"));
  EXPECT_EQ(health.repairs.waiting_for_key, 25);
  EXPECT_EQ(count_of_slate(0), 90U);  // from 0.4 s to 4 s
}

TEST_F(SlatedInputTest, ReorderedPicturesKeepTheirDelayInTheSlate) {
  const auto some = [&](milliseconds when, int delay) {
    script.arrive(when, {coded_picture(0)});
    for (int i = 0; i < 20; ++i)
      script.packet(when + i * 40ms, 0, kMillis, i * 40, 40, i % 10 == 0, delay);
  };
  some(0s, 80);
  some(4s, 80);
  some(9s, 160);  // another encoder
  run({coded_picture(0)});
  const auto all = packets(0);
  for (std::size_t i = 1; i < all.size(); ++i)
    EXPECT_GT(all[i]->raw()->dts, all[i - 1]->raw()->dts) << i;
  EXPECT_EQ(events().size(), 4U);
  const auto step = holes(0);
  EXPECT_EQ(std::ranges::count(step, 0), std::ssize(step) - 1);  // 80 ms more, once
}

TEST_F(SlatedInputTest, FiftyReturnsDoNotDriftFromTheClock) {
  for (int i = 0; i < 50; ++i)
    script.arrive(milliseconds(i * 3017), {coded_picture(0)}).pictures(milliseconds(i * 3017), 20);
  run({coded_picture(0)});
  EXPECT_EQ(opened, 49);
  EXPECT_EQ(events().size(), 98U);
  EXPECT_THAT(holes(0), Each(::testing::AllOf(::testing::Ge(0), Le(10))));
  EXPECT_NEAR(static_cast<double>(packets(0).back()->pts().in(kMillis)), 49 * 3017 + 760, 60);
}

TEST_F(SlatedInputTest, TellsNoGapsWhileItIsShown) {
  script.arrive(0s, {coded_picture(0)}).pictures(0s, 5);
  script.event(3s, media::event::kGap, 2000)
      .event(3s, "cue", 2900)
      .event(3s, "discontinuity", 3000);
  script.pictures(6s, 5, 0, kMillis, 6000);
  run({coded_picture(0)});
  EXPECT_THAT(events(), ElementsAre("discontinuity@200", "discontinuity@6000", "cue@2900"));
}

TEST_F(SlatedInputTest, TheStateIsSlateAndTheStallIsCounted) {
  publish(0s, 2s);
  publish(8s, 2s);
  health.begin({coded_picture(0)});
  Rejoin rejoin(script, clock, words);
  ASSERT_THAT(rejoin.open(), support::IsOk());
  SlatedInput slated(rejoin, {coded_picture(0), coded_sound(1)}, opener, kAfter, clock, words,
                     &health);
  std::vector<HealthState> seen;
  while (true) {
    auto item = slated.next();
    ASSERT_THAT(item, support::IsOk());
    if (!*item) break;
    if (const auto* packet = std::get_if<media::Packet>(&**item)) health.take(*packet);
    const auto state = health.report().state;
    if (seen.empty() || seen.back() != state) seen.push_back(state);
  }
  EXPECT_THAT(seen, ElementsAre(HealthState::kLive, HealthState::kSlate, HealthState::kLive));
  EXPECT_EQ(health.repairs.stalls, 1);
}

TEST_F(SlatedInputTest, WithoutASlateTheHoleIsToldAsGaps) {
  opener = [&](const auto&, const auto&) -> Result<std::unique_ptr<SlatedInput::Packets>> {
    ++opened;
    return fail(Code::kUnsupported, "no slate can be made of av1");
  };
  script.arrive(0s, {coded_picture(0)}).pictures(0s, 5).pictures(9s, 5, 0, kMillis, 9000);
  Rejoin rejoin(script, clock, words);
  ASSERT_THAT(rejoin.open(), support::IsOk());
  SlatedInput slated(rejoin, {coded_picture(0)}, opener, kAfter, clock, words, &health);
  ClockedInput clocked(slated, 3s, clock, words);
  take_all(clocked);
  EXPECT_EQ(opened, 1);
  EXPECT_THAT(events(), Contains(HasSubstr("gap@")));
  EXPECT_THAT(words.warnings, Contains("no slate is shown: no slate can be made of av1"));
  EXPECT_THAT(packets(0), SizeIs(10));
}

TEST_F(SlatedInputTest, TheEndOfTheInputIsTheEnd) {
  script.arrive(0s, {coded_picture(0)}).pictures(0s, 5);
  script.fail_with({Code::kIo, "gone for good"});
  run({coded_picture(0)});
  EXPECT_EQ(failure, "gone for good");
  EXPECT_THAT(packets(0), SizeIs(5));
}

}  // namespace
}  // namespace weir::ingest
