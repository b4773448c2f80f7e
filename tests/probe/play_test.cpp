#include "probe/play.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"

namespace weir::probe {
namespace {

using namespace std::chrono_literals;

/// A window that notes when each picture came; a wait is time that passes.
class NotedScreen : public Screen {
 public:
  explicit NotedScreen(support::FakeClock& clock) : clock_(clock) {}
  Result<void> open(const AVFrame*) override {
    clock_.advance(300ms);
    start = clock_.monotonic();
    return {};
  }
  Result<void> show(const AVFrame& picture) override {
    shown.push_back({clock_.monotonic(), picture.pts});
    return {};
  }
  std::optional<PlayKey> wait_key(std::chrono::nanoseconds patience) override {
    clock_.advance(std::max<std::chrono::nanoseconds>(patience, 100us));
    if (keys.empty() || clock_.monotonic() < keys.front().first) return {};
    const PlayKey key = keys.front().second;
    keys.pop_front();
    return key;
  }
  std::chrono::nanoseconds start{};  // when the window was there
  std::vector<std::pair<std::chrono::nanoseconds, std::int64_t>> shown;  // pts: milliseconds
  std::deque<std::pair<std::chrono::nanoseconds, PlayKey>> keys;

 private:
  support::FakeClock& clock_;
};

/// Plays in blocks, `speed` times as fast as the machine's clock goes.
class BlockSpeaker : public Speaker {
 public:
  BlockSpeaker(const support::FakeClock& clock, double speed) : clock_(clock), speed_(speed) {}
  void queue(ByteView samples) override {
    play();
    if (queued_ == 0) since_ = clock_.monotonic();
    queued_ += std::int64_t(samples.size());
    heard += std::int64_t(samples.size());
  }
  std::int64_t waiting_us() const override {
    const_cast<BlockSpeaker*>(this)->play();
    return queued_ / kPlayedFrameBytes * 1'000'000 / kPlayedRate;
  }
  void clear() override { queued_ = 0; }
  void pause(bool paused) override {
    play();
    paused_ = paused;
    since_ = clock_.monotonic();
  }
  std::int64_t heard = 0;  // bytes

 private:
  void play() {
    constexpr std::int64_t kBlock = 1024 * kPlayedFrameBytes;
    const auto block = std::chrono::nanoseconds(std::int64_t(1024e9 / kPlayedRate / speed_));
    for (; !paused_ && queued_ > 0 && clock_.monotonic() - since_ >= block; since_ += block)
      queued_ = std::max<std::int64_t>(0, queued_ - kBlock);
  }
  const support::FakeClock& clock_;
  const double speed_;
  std::int64_t queued_ = 0;
  std::chrono::nanoseconds since_{};
  bool paused_ = false;
};

struct Script {
  std::int64_t seconds = 4;
  std::int64_t sound_from_ms = 0;
  std::int64_t sound_until_ms = 1'000'000;
  bool sound = true;
  bool pictures = true;
};

/// 25 pictures a second and 20 ms of sound at a time, in their order.
class ScriptedSource : public PlaySource {
 public:
  ScriptedSource(const Script& script, std::int64_t from_us)
      : script_(script), next_ms_(from_us / 1000) {}
  Result<bool> read(std::chrono::nanoseconds) override {
    if (over()) return false;
    if (script_.pictures && next_ms_ % 40 == 0) {
      media::Frame frame;
      frame.raw()->pts = next_ms_;
      frame.raw()->time_base = {1, 1000};
      pictures.push_back({next_ms_ * 1000, std::move(frame)});
    }
    if (script_.sound && next_ms_ >= script_.sound_from_ms && next_ms_ < script_.sound_until_ms)
      sound.push_back({next_ms_ * 1000, samples()});
    next_ms_ += 20;
    return true;
  }
  bool over() const override { return next_ms_ >= script_.seconds * 1000; }
  bool has_pictures() const override { return script_.pictures; }
  bool has_sound() const override { return script_.sound; }
  bool seekable() const override { return true; }
  std::optional<std::int64_t> duration_us() const override { return script_.seconds * 1'000'000; }

 private:
  static media::Frame samples() {
    media::Frame frame;
    frame.raw()->format = AV_SAMPLE_FMT_S16;
    frame.raw()->nb_samples = kPlayedRate / 50;
    frame.raw()->sample_rate = kPlayedRate;
    av_channel_layout_default(&frame.raw()->ch_layout, 2);
    av_frame_get_buffer(frame.raw(), 0);
    return frame;
  }
  const Script script_;
  std::int64_t next_ms_;
};

struct PlayTest : ::testing::Test {
  PlayReport played(const Script& script, Speaker* speaker) {
    NullLog log;
    const PlayParts parts{[script](std::int64_t from_us) -> Result<std::unique_ptr<PlaySource>> {
                            return std::make_unique<ScriptedSource>(script, from_us);
                          },
                          screen,
                          speaker,
                          clock,
                          stop,
                          log};
    auto report = play(parts);
    EXPECT_TRUE(report) << report.error().what;
    return *report;
  }
  double seconds() const {
    return std::chrono::duration<double>(clock.monotonic() - screen.start).count();
  }

  support::FakeClock clock;
  std::chrono::nanoseconds start = clock.monotonic() + 300ms;
  StopSource stop;
  NotedScreen screen{clock};
};

TEST_F(PlayTest, ShowsEachPictureWhenTheMachineClockSaysWithoutSound) {
  const auto report = played({.sound = false}, nullptr);
  EXPECT_EQ(report.shown, 100);
  EXPECT_EQ(report.dropped, 0);
  EXPECT_NEAR(seconds(), 4.0, 0.05);
  EXPECT_LT(report.late_worst_us, 10'000);
}

TEST_F(PlayTest, FollowsASoundClockThatIsSlow) {
  BlockSpeaker speaker(clock, 0.98);
  const auto report = played({}, &speaker);
  EXPECT_TRUE(report.sound);
  EXPECT_EQ(report.shown, 100);
  EXPECT_NEAR(seconds(), 4.0 / 0.98, 0.06);
}

TEST_F(PlayTest, PutsSilenceInFrontOfSoundThatBeginsLater) {
  BlockSpeaker speaker(clock, 1);
  played({.sound_from_ms = 500}, &speaker);
  EXPECT_NEAR(double(speaker.heard) / kPlayedFrameBytes / kPlayedRate, 4.0, 0.001);
}

TEST_F(PlayTest, GoesOnWhenTheSoundIsOver) {
  BlockSpeaker speaker(clock, 1);
  const auto report = played({.seconds = 8, .sound_until_ms = 2000}, &speaker);
  EXPECT_EQ(report.shown, 200);
  EXPECT_EQ(report.dropped, 0);
  EXPECT_NEAR(seconds(), 8.0, 0.3);
}

TEST_F(PlayTest, PlaysSoundAlone) {
  BlockSpeaker speaker(clock, 1);
  const auto report = played({.pictures = false}, &speaker);
  EXPECT_EQ(report.shown, 0);
  EXPECT_NEAR(seconds(), 4.0, 0.1);
}

TEST_F(PlayTest, StandsStillWhilePaused) {
  BlockSpeaker speaker(clock, 1);
  screen.keys = {{start + 1s, PlayKey::kPause}, {start + 3s, PlayKey::kPause}};
  const auto report = played({}, &speaker);
  EXPECT_EQ(report.shown, 100);
  EXPECT_NEAR(seconds(), 6.0, 0.1);
  for (const auto& [at, pts] : screen.shown)
    EXPECT_FALSE(at > start + 1050ms && at < start + 2990ms) << pts;
}

TEST_F(PlayTest, EndsWithAKey) {
  screen.keys = {{start + 1s, PlayKey::kQuit}};
  EXPECT_NEAR(double(played({}, nullptr).end_us) / 1e6, 1.0, 0.05);
}

TEST_F(PlayTest, GoesTenSecondsOnAndBack) {
  BlockSpeaker speaker(clock, 1);
  screen.keys = {
      {start + 1s, PlayKey::kForward}, {start + 2s, PlayKey::kBack}, {start + 3s, PlayKey::kQuit}};
  const auto report = played({.seconds = 30}, &speaker);
  EXPECT_EQ(report.seeks, 2);
  std::int64_t highest = 0;
  for (const auto& [at, pts] : screen.shown) highest = std::max(highest, pts);
  EXPECT_NEAR(double(highest), 12'000, 100);
  EXPECT_NEAR(double(report.end_us) / 1e6, 3.0, 0.1);
}

TEST_F(PlayTest, LeavesOutPicturesThatComeTooLate) {
  // Each picture takes longer to draw than it is shown.
  struct Slow : NotedScreen {
    explicit Slow(support::FakeClock& clock) : NotedScreen(clock), time(clock) {}
    Result<void> show(const AVFrame& picture) override {
      time.advance(100ms);
      return NotedScreen::show(picture);
    }
    support::FakeClock& time;
  } slow(clock);
  NullLog log;
  const PlayParts parts{[](std::int64_t from_us) -> Result<std::unique_ptr<PlaySource>> {
                          return std::make_unique<ScriptedSource>(Script{.sound = false}, from_us);
                        },
                        slow,
                        nullptr,
                        clock,
                        stop,
                        log};
  const auto report = play(parts);
  ASSERT_TRUE(report);
  screen.start = slow.start;
  EXPECT_NEAR(seconds(), 4.0, 0.2);
  EXPECT_EQ(report->shown + report->dropped, 100);
  EXPECT_GT(report->dropped, 40);
}

}  // namespace
}  // namespace weir::probe
