#include "edge/live_stream.h"

#include <algorithm>
#include <random>

#include "edge/hub.h"
#include "live.h"
#include "support/fake_clock.h"

namespace weir::edge {
namespace {

using namespace std::chrono_literals;
using support::FakeClock;

class LiveStreamTest : public ::testing::Test {
 protected:
  /// A frame each 40 ms, a key frame a second, sound with each; the clock goes along.
  void publish(int frames, std::size_t size = 100) {
    for (int i = 0; i < frames; ++i, at_ms += 40) {
      stream.take(picture(at_ms, at_ms % 1000 == 0, size));
      stream.take(sound(at_ms));
      clock.advance(40ms);
      stream.tick();
    }
  }
  void begin() {
    stream.begin();
    for (const auto& tag : {metadata(), video_header(), audio_header()}) stream.take(tag);
  }
  static LiveLimits limits() {
    LiveLimits out;
    out.slow_time = Micros{3'000'000};
    out.stall = Micros{5'000'000};
    out.most_skips = 2;
    return out;
  }

  FakeClock clock;
  LiveStream stream{limits(), clock};
  std::int64_t at_ms = 0;
};

TEST_F(LiveStreamTest, AViewerGetsHeadersAtOnceAndAllFramesFromTheFirstOn) {
  begin();
  Watcher one(stream);
  publish(100);
  stream.end();
  one.take();
  EXPECT_EQ(one.viewer->state(), Viewer::State::kEnded);
  ASSERT_GT(one.tags.size(), 3U);
  EXPECT_EQ(one.tags[0].body, metadata().body);
  EXPECT_EQ(one.tags[1].body, audio_header().body);
  EXPECT_EQ(one.tags[2].body, video_header().body);
  EXPECT_EQ(one.pictures.size(), 100U);
  EXPECT_EQ(one.viewer->skipped(), 0U);
}

TEST_F(LiveStreamTest, AStreamWithoutFramesEndsItsViewers) {
  begin();
  Watcher one(stream);
  EXPECT_EQ(one.viewer->state(), Viewer::State::kPlaying);
  stream.end();
  EXPECT_EQ(one.viewer->state(), Viewer::State::kEnded);
  EXPECT_TRUE(one.tags.empty());
}

TEST_F(LiveStreamTest, AFrameWaitsNoLongerThanTheBatch) {
  begin();
  stream.take(picture(0, true));
  Watcher one(stream);
  clock.advance(299ms);
  stream.tick();
  EXPECT_TRUE(one.pictures.empty());
  EXPECT_EQ(stream.due(), clock.monotonic() + 1ms);
  clock.advance(1ms);
  stream.tick();
  EXPECT_EQ(one.pictures.size(), 1U);
}

TEST_F(LiveStreamTest, WhoComesLateBeginsAtTheLastKeyFrame) {
  begin();
  publish(60);
  Watcher one(stream);
  ASSERT_FALSE(one.pictures.empty());
  EXPECT_EQ(one.pictures.front(), 2000);
  EXPECT_EQ(one.tags[0].timestamp_ms, 2000);
}

TEST_F(LiveStreamTest, AllViewersAreGivenTheSameBytes) {
  begin();
  publish(30);
  Watcher one(stream);
  Watcher other(stream);
  publish(30);
  ASSERT_EQ(one.pieces.size(), other.pieces.size());
  for (std::size_t i = 0; i < one.pieces.size(); ++i)
    EXPECT_EQ(one.pieces[i].bytes.data(), other.pieces[i].bytes.data());
  EXPECT_LT(sizeof(Viewer), 200U);
}

TEST_F(LiveStreamTest, ALongGopIsNotKeptBeyondItsLimits) {
  LiveLimits small = limits();
  small.cache_frames = 20;
  LiveStream other(small, clock);
  other.begin();
  other.take(video_header());
  for (int i = 0; i < 50; ++i, clock.advance(40ms), other.tick())
    other.take(picture(i * 40, i == 0));
  Watcher late(other);
  EXPECT_TRUE(late.tags.empty());
  other.take(picture(2000, true));
  clock.advance(300ms);
  other.tick();
  EXPECT_EQ(late.pictures, std::vector<std::int64_t>{2000});
}

TEST_F(LiveStreamTest, WhoIsTooFarBehindGoesOnAtAKeyFrameAndNobodyElseNotices) {
  begin();
  Watcher quick(stream);
  Watcher slow(stream, false);
  publish(10);
  slow.take_one();
  slow.take_one();
  publish(110);
  slow.take();
  ASSERT_GT(slow.viewer->skipped(), 0U);
  EXPECT_EQ(stream.counters().of(Via::kHttpFlv).skips, 1U);
  EXPECT_EQ(stream.counters().of(Via::kHttpFlv).skipped_frames, slow.viewer->skipped());
  EXPECT_EQ(quick.viewer->skipped(), 0U);
  EXPECT_EQ(slow.pictures.back(), quick.pictures.back());
  const auto step = std::adjacent_find(slow.pictures.begin(), slow.pictures.end(),
                                       [](auto a, auto b) { return b - a > 40; });
  ASSERT_NE(step, slow.pictures.end());
  EXPECT_EQ(*(step + 1) % 1000, 0) << "not a key frame";
}

TEST_F(LiveStreamTest, HeadersThatChangedAreSentAgainToWhoMissedThem) {
  begin();
  publish(10);
  Watcher slow(stream, false);
  slow.take_one();
  slow.take_one();
  stream.take(video_header(77));
  publish(110);
  slow.take();
  ASSERT_GT(slow.viewer->skipped(), 0U);
  EXPECT_EQ(std::count_if(slow.tags.begin(), slow.tags.end(),
                          [](const auto& tag) { return tag.body == video_header(77).body; }),
            1);
}

TEST_F(LiveStreamTest, WhoTakesNothingIsSentAwayInTime) {
  begin();
  Watcher quick(stream);
  Watcher stuck(stream, false);
  publish(100);
  EXPECT_EQ(stuck.viewer->state(), Viewer::State::kPlaying);
  publish(60);
  EXPECT_EQ(stuck.viewer->state(), Viewer::State::kEvicted);
  EXPECT_FALSE(stuck.viewer->next());
  EXPECT_EQ(quick.viewer->state(), Viewer::State::kPlaying);
  EXPECT_EQ(stream.counters().of(Via::kHttpFlv).evicted, 1U);
}

TEST_F(LiveStreamTest, WhoIsTooSlowAgainAndAgainIsSentAway) {
  begin();
  Watcher slow(stream, false);
  for (int i = 0; i < 4; ++i) {
    publish(100);
    slow.take_one();
    slow.take_one();
  }
  EXPECT_EQ(slow.viewer->state(), Viewer::State::kEvicted);
  EXPECT_EQ(stream.counters().of(Via::kHttpFlv).skips, 3U);
}

TEST_F(LiveStreamTest, MemoryIsThatOfTheSlowestAllowed) {
  begin();
  Watcher stuck(stream, false);
  publish(2000, 10'000);
  EXPECT_LT(stream.kept(), 100U * 10'100);
}

TEST_F(LiveStreamTest, AnotherPublisherGoesOnOneFrameBehindTheOneBefore) {
  begin();
  Watcher one(stream);
  publish(10);
  stream.begin();
  stream.take(video_header(66));
  stream.take(audio_header());
  stream.take(picture(7'000'000, false));  // no key frame: of no use
  stream.take(sound(7'000'000));
  stream.take(picture(7'000'010, true));
  clock.advance(300ms);
  stream.tick();
  ASSERT_EQ(one.pictures.size(), 11U);
  EXPECT_EQ(one.pictures.back(), 360 + 40 + 10) << "one offset for sound and pictures";
  EXPECT_EQ(stream.counters().before_key, 1U);
  EXPECT_EQ(stream.counters().publishers, 2U);
}

TEST_F(LiveStreamTest, AJumpOfThePublishersClockIsTakenOut) {
  begin();
  Watcher one(stream);
  publish(10);
  at_ms = 90'000'000;
  publish(10);
  ASSERT_EQ(one.pictures.size(), 18U) << "the last two wait for their batch";
  EXPECT_EQ(one.pictures.back(), 17 * 40);
  EXPECT_EQ(stream.jumps(), 1U);
}

TEST_F(LiveStreamTest, SoundAloneIsEnteredOnceASecond) {
  stream.begin();
  stream.take(audio_header());
  for (int i = 0; i < 100; ++i, clock.advance(40ms), stream.tick()) stream.take(sound(i * 40));
  Watcher late(stream);
  ASSERT_FALSE(late.tags.empty());
  EXPECT_EQ(late.tags.front().body, audio_header().body);
  EXPECT_EQ(late.tags[1].timestamp_ms, 3000);
}

TEST_F(LiveStreamTest, DamagedTagsAreCountedAndLeftOut) {
  begin();
  stream.take({flv::TagType::kVideo, 0, Bytes{0x17}});
  stream.take({flv::TagType::kVideo, 0, Bytes{}});
  Watcher one(stream);
  publish(10);
  EXPECT_EQ(stream.counters().damaged, 1U);
  EXPECT_FALSE(one.pictures.empty());
}

TEST_F(LiveStreamTest, RtmpViewersShareChunksOfTheSameTags) {
  begin();
  stream.take(picture(0, true, 70'000));
  clock.advance(300ms);
  stream.tick();
  Watcher owner(stream, false);
  Viewer one(stream, owner, Form::kRtmp, Via::kRtmp);
  Viewer other(stream, owner, Form::kRtmp, Via::kRtmp);
  const auto intro = one.next();
  const auto tags = one.next();
  ASSERT_TRUE(intro && tags);
  EXPECT_EQ(intro->bytes[0], 8) << "form 0 on chunk stream 8";
  EXPECT_EQ(other.next()->bytes.data(), intro->bytes.data());
  EXPECT_EQ(other.next()->bytes.data(), tags->bytes.data());
  EXPECT_EQ(tags->bytes[12 + 65'536], 0xc8) << "form 3 goes on after 64 KiB";
}

// Whatever the order of joins, slowness and publishers: Watcher fails on what no player can follow.
TEST_F(LiveStreamTest, EveryViewerGetsALegalStreamWhateverHappens) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 dice(seed);
    LiveStream live(limits(), clock);
    std::vector<std::unique_ptr<Watcher>> all;
    std::int64_t at = 0;
    const auto begin_one = [&] {
      live.begin();
      for (const auto& tag :
           {metadata(), video_header(static_cast<std::uint8_t>(dice() % 250)), audio_header()})
        live.take(tag);
      at = dice() % 10'000'000;
    };
    begin_one();
    for (int i = 0; i < 600; ++i, at += 40) {
      live.take(picture(at, dice() % 40 == 0, dice() % 3000));
      live.take(sound(at - static_cast<std::int64_t>(dice() % 30)));
      clock.advance(40ms);
      live.tick();
      if (dice() % 20 == 0) all.push_back(std::make_unique<Watcher>(live, dice() % 2 == 0));
      if (dice() % 200 == 0) begin_one();
      if (!all.empty() && dice() % 60 == 0) all.erase(all.begin());
      for (const auto& one : all)
        if (dice() % 30 == 0) one->take_one();
    }
    EXPECT_GT(live.counters().of(Via::kHttpFlv).skips + live.counters().of(Via::kHttpFlv).evicted,
              0U);
  }
}

TEST(HubTest, ViewersStayThroughABreakAndEndWhenNobodyComesBack) {
  FakeClock clock;
  Hub hub({}, clock);
  struct Owner : ViewerOwner {
    void ready() override {
      while (viewer && viewer->next()) {
      }
      if (viewer && viewer->state() == Viewer::State::kEnded) viewer.reset();
    }
    std::unique_ptr<Viewer> viewer;
  } owner;
  EXPECT_FALSE(hub.play("live/a", owner, Form::kFlv, Via::kHttpFlv));
  {
    auto first = hub.publish("live/a", {});
    ASSERT_TRUE(first);
    first->take(video_header());
    first->take(picture(0, true));
    owner.viewer = *hub.play("live/a", owner, Form::kFlv, Via::kHttpFlv);
  }
  clock.advance(10s);
  hub.tick();
  EXPECT_TRUE(owner.viewer);
  { auto second = hub.publish("live/a", {}); }
  clock.advance(15s);
  hub.tick();
  EXPECT_FALSE(owner.viewer);
  EXPECT_EQ(hub.streams(), 0U);
  EXPECT_FALSE(hub.due());
}

TEST(HubTest, APublisherTakesOverUntilTwoFight) {
  FakeClock clock;
  Hub hub({}, clock);
  int put_out = 0;
  std::vector<Publication> all;
  for (int i = 0; i < 7; ++i) all.push_back(*hub.publish("live/a", [&](auto) { ++put_out; }));
  EXPECT_EQ(put_out, 6);
  const auto refused = hub.publish("live/a", {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kRefused);
  all.front().take(video_header());
  EXPECT_EQ(hub.find("live/a")->counters().bytes, 0U) << "who was put out has no say";
}

TEST(HubTest, ClosedItGivesWhatThereIsAndTakesNobody) {
  FakeClock clock;
  Hub hub({}, clock);
  struct Owner : ViewerOwner {
    void ready() override {
      while (viewer && viewer->next()) ++pieces;
    }
    std::unique_ptr<Viewer> viewer;
    int pieces = 0;
  } owner;
  int put_out = 0;
  auto publication = hub.publish("live/a", [&](auto) { ++put_out; });
  publication->take(video_header());
  publication->take(picture(0, true));
  owner.viewer = *hub.play("live/a", owner, Form::kFlv, Via::kHttpFlv);
  hub.close();
  EXPECT_EQ(put_out, 1);
  EXPECT_GT(owner.pieces, 0) << "the block that was open";
  EXPECT_EQ(owner.viewer->state(), Viewer::State::kEnded);
  EXPECT_FALSE(hub.publish("live/b", {}));
  EXPECT_FALSE(hub.play("live/a", owner, Form::kFlv, Via::kHttpFlv));
  EXPECT_EQ(hub.viewers(), 1U);
  owner.viewer.reset();
  EXPECT_EQ(hub.viewers(), 0U);
}

}  // namespace
}  // namespace weir::edge
