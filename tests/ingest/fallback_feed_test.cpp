#include "ingest/fallback_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/rejoin.h"
#include "support/fake_clock.h"
#include "support/feed_script.h"
#include "support/matchers.h"
#include "support/words.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using support::FailsWith;
using support::kMillis;
using support::kSamples;
using support::picture;
using support::sound;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Script = support::FeedScript;

class FallbackTest : public ::testing::Test {
 protected:
  /// Runs of what came: "main 0+5" for five packets of the arrival from "main" with stamps from 0
  /// milliseconds on.
  std::string run() {
    settings.name = "the spare";
    FallbackFeed feed(
        main,
        [&]() -> std::unique_ptr<Feed> {
          opened.push_back(std::chrono::duration_cast<milliseconds>(clock.monotonic()));
          if (spares.empty()) return std::make_unique<Script>(clock);
          auto spare = std::move(spares.front());
          spares.pop_front();
          return spare;
        },
        settings, {clock, stop, words, [&](auto time) { clock.advance(time); }, &health});
    std::string text;
    std::optional<std::int64_t> first;
    int count = 0;
    const auto close = [&] {
      if (first) text += fmt::format(" {}+{}", *first, std::exchange(count, 0));
      first.reset();
    };
    while (true) {
      auto item = feed.next();
      if (!item || !*item) close();
      if (!item) return text + " " + item.error().what;
      if (!*item) return text;
      if (const auto* arrival = std::get_if<Arrival>(&**item)) {
        close();
        text += (text.empty() ? "" : ", ") + arrival->from;
        continue;
      }
      const auto at = media::position(std::get<media::Item>(**item)).in(kMillis);
      if (!first) taken.push_back(std::chrono::duration_cast<milliseconds>(clock.monotonic()));
      if (!first) first = at;
      ++count;
    }
  }
  Script& spare() {
    spares.push_back(std::make_unique<Script>(clock));
    return *spares.back();
  }
  std::int64_t switches() const { return health.repairs.switches; }

  support::FakeClock clock;
  StopSource stop;
  support::Words words;
  Health health{clock};
  FallbackSettings settings;
  Script main{clock};
  std::deque<std::unique_ptr<Script>> spares;
  std::vector<milliseconds> opened;
  std::vector<milliseconds> taken;  // when the first packet of each run came
};

TEST_F(FallbackTest, AMainSourceThatIsThereIsAllThereIs) {
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 100);
  EXPECT_EQ(run(), "main 0+100");
  EXPECT_THAT(opened, IsEmpty());
  EXPECT_EQ(switches(), 0);
}

TEST_F(FallbackTest, StandsInWhenTheMainSourceStalls) {
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 50);
  main.arrive(20s, {picture(0)}, "main").pictures(20s, 100);
  spare().arrive(0s, {picture(0)}, "spare").pictures(5s, 1000);
  // Back at the key frame three seconds after the return; the spare gave 40 ms each since 5 s.
  EXPECT_EQ(run(), "main 0+50, spare 0+426, main 0+50");
  EXPECT_THAT(opened, ElementsAre(4960ms));
  EXPECT_THAT(taken, ElementsAre(0ms, 5000ms, 22000ms));
  EXPECT_EQ(switches(), 2);
  EXPECT_THAT(words.warnings, ElementsAre("the input has given nothing for 3.0 s: the spare is "
                                          "opened",
                                          "the spare gives the stream"));
  EXPECT_THAT(words.infos, ElementsAre("main is back and gives the stream"));
}

TEST_F(FallbackTest, StandsInAgainRightAfterAReturn) {
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 1);
  main.arrive(10s, {picture(0)}, "main").pictures(10s, 51);
  main.arrive(30s, {picture(0)}, "main");
  spare().arrive(0s, {picture(0)}, "spare").pictures(4s, 1000);
  spare().arrive(0s, {picture(0)}, "spare").pictures(15s, 1000);
  EXPECT_THAT(run(), HasSubstr(", main 0+1, spare 0+"));
  EXPECT_THAT(opened, ElementsAre(3s, 15s));
}

TEST_F(FallbackTest, AShortPauseOpensNothing) {
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 25).pictures(3900ms, 25, 0, kMillis, 1000);
  EXPECT_EQ(run(), "main 0+50");
  EXPECT_THAT(opened, IsEmpty());
}

TEST_F(FallbackTest, AMainSourceThatIsNotThereAtTheBeginIsNotWaitedFor) {
  main.arrive(20s, {picture(0)}, "main").pictures(20s, 100);
  spare().arrive(0s, {picture(0)}, "spare").pictures(3s, 1000);
  EXPECT_THAT(run(), AllOf(HasSubstr("spare 0+4"), HasSubstr(", main 0+50")));
  EXPECT_EQ(taken.front(), 3s);
  EXPECT_EQ(switches(), 1);
}

TEST_F(FallbackTest, AMainSourceThatIsBackBeforeTheSpareIsThereIsKept) {
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 1).pictures(4s, 25, 0, kMillis, 4000);
  spare().arrive(0s, {picture(0)}, "spare").pictures(5s, 100);
  EXPECT_EQ(run(), "main 0+26");
  EXPECT_EQ(switches(), 0);
}

TEST_F(FallbackTest, GoesBackToTheMiddleOfAStreamWithStampsFromZeroOn) {
  main.arrive(0s, {picture(0), sound(1)}, "main").pictures(0s, 1);
  // No new arrival: the same connection goes on.
  for (int i = 0; i < 100; ++i) {
    const std::int64_t at = 50'000 + i * 40;
    main.packet(10s + i * 40ms, 1, kSamples, (at - 30) * 48, 1920);
    main.packet(10s + i * 40ms, 0, kMillis, at, 40, i % 25 == 0);
  }
  spare().arrive(0s, {picture(0)}, "spare").pictures(4s, 1000);
  // The sound of 30 ms before the key frame came before it; the next is 10 ms behind it.
  EXPECT_THAT(run(), HasSubstr(", main 0+99"));
  EXPECT_EQ(taken.back(), 12s);
}

TEST_F(FallbackTest, AMainSourceThatComesAndGoesIsNotTakenBack) {
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 1);
  for (int i = 1; i < 8; ++i)
    main.arrive(i * 10s, {picture(0)}, "main").pictures(i * 10s, 40);  // 1.6 s each
  spare().arrive(0s, {picture(0)}, "spare").pictures(4s, 3000);
  EXPECT_THAT(run(), AllOf(HasSubstr("main 0+1, spare 0+"), Not(HasSubstr("spare 0+1,"))));
  EXPECT_EQ(switches(), 1);
}

TEST_F(FallbackTest, OtherCodecsAreTaken) {
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 1);
  main.arrive(10s, {picture(0, kMillis, AV_CODEC_ID_VP9)}, "main").pictures(10s, 200);
  spare().arrive(0s, {picture(0, kMillis, AV_CODEC_ID_HEVC)}, "spare").pictures(4s, 1000);
  EXPECT_THAT(run(), AllOf(HasSubstr("main 0+1, spare 0+"), HasSubstr(", main 0+")));
}

TEST_F(FallbackTest, AFallbackWithoutPicturesIsNotTakenAndThatIsSaid) {
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 1).pictures(9s, 2, 0, kMillis, 9000);
  spare().arrive(0s, {sound(0)}, "spare").packet(4s, 0, kSamples, 0, 1024);
  EXPECT_EQ(run(), "main 0+3");
  EXPECT_THAT(words.warnings, Contains("the spare gives nothing more: it has no pictures"));
}

TEST_F(FallbackTest, AMainSourceWithoutPicturesLeavesTheSpareWhereItIs) {
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 1);
  main.arrive(10s, {sound(0)}, "main");
  for (int i = 0; i < 200; ++i) main.packet(10s + i * 20ms, 0, kSamples, i * 960, 960);
  spare().arrive(0s, {picture(0)}, "spare").pictures(4s, 1000);
  EXPECT_THAT(run(), AllOf(HasSubstr("main 0+1, spare 0+2"), Not(HasSubstr("spare 0+1,"))));
  EXPECT_THAT(words.warnings, Contains("main comes back without pictures: it is not taken"));
}

TEST_F(FallbackTest, ASpareThatFailsIsOpenedAnewSomeTimeLater) {
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 1).arrive(30s, {picture(0)}, "main");
  spare().fail_with({Code::kIo, "connection refused"});
  spare().arrive(0s, {picture(0)}, "spare").pictures(9s, 10).fail_with({Code::kIo, "it broke"});
  EXPECT_THAT(run(), HasSubstr("main 0+1, spare 0+10"));
  ASSERT_GE(opened.size(), 3U);
  EXPECT_EQ(opened[0], 3s);
  EXPECT_EQ(opened[1], 8s);
  EXPECT_GE(opened[2], 14s);
  EXPECT_THAT(words.warnings, Contains("the spare gives nothing more: connection refused"));
}

TEST_F(FallbackTest, NothingFromBothForTooLongIsAFailure) {
  settings.budget = 10s;
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 1).arrive(1h, {picture(0)}, "main");
  EXPECT_EQ(run(), "main 0+1 neither the input nor the spare has given anything for 10s");
  EXPECT_EQ(clock.monotonic(), 10s);
}

TEST_F(FallbackTest, OrAnEndWhereThatIsOne) {
  settings.budget = 10s;
  settings.may_end = true;
  main.arrive(50s, {picture(0)}, "main").pictures(50s, 1).arrive(2h, {picture(0)}, "main");
  EXPECT_EQ(run(), "main 0+1");  // the first is waited for without a limit
  EXPECT_EQ(clock.monotonic(), 60s);
}

TEST_F(FallbackTest, AMainSourceThatFailsAtTheBeginIsAFailure) {
  main.fail_with({Code::kUnsupported, "no such protocol"});
  EXPECT_EQ(run(), " no such protocol");
}

TEST_F(FallbackTest, AMainSourceThatFailsForGoodLeavesTheStreamToTheSpare) {
  settings.budget = 10s;
  settings.may_end = true;
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 1).fail_with({Code::kUnsupported, "no"});
  spare().arrive(0s, {picture(0)}, "spare").pictures(4s, 100);
  EXPECT_EQ(run(), "main 0+1, spare 0+100");
}

TEST_F(FallbackTest, AStopEndsIt) {
  main.arrive(0s, {picture(0)}, "main").pictures(0s, 3);
  stop.request();
  EXPECT_EQ(run(), " stopped");
}

TEST_F(FallbackTest, EverySwitchIsOneOffsetForPictureAndSoundOnTheClock) {
  main.arrive(0s, {picture(0), sound(1)}, "main");
  main.packet(0s, 0, kMillis, 0, 40, true).packet(0s, 1, kSamples, 480, 1024);
  main.arrive(1h, {picture(0), sound(1)}, "main");
  auto& other = spare().arrive(0s, {sound(0), picture(1)}, "spare");
  other.packet(7s, 0, kSamples, 0, 1024).packet(7s, 1, kMillis, 15, 40, true);
  other.packet(7s, 0, kSamples, 960, 1024).packet(20s, 0, kSamples, 0, 1024);
  settings.budget = 8s;
  settings.may_end = true;
  FallbackFeed feed(main, [&] { return std::move(spares.front()); }, settings,
                    {clock, stop, words, [&](auto time) { clock.advance(time); }, &health});
  Rejoin rejoin(feed, clock, words);
  ASSERT_THAT(rejoin.open(), support::IsOk());
  std::vector<std::string> list;
  for (auto item = rejoin.next(); item && *item; item = rejoin.next()) {
    const auto* event = std::get_if<media::Event>(&**item);
    const auto at = media::position(**item).in(kMillis);
    list.push_back(event ? fmt::format("{} {}", event->kind(), at)
                         : fmt::format("{} {}", std::get<media::Packet>(**item).track(), at));
  }
  EXPECT_THAT(list, ElementsAre("0 0", "1 10", "discontinuity 7000", "0 7000", "1 7005"));
}

}  // namespace
}  // namespace weir::ingest
