#include "ingest/reopening_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "support/fake_clock.h"
#include "support/matchers.h"
#include "support/words.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct Play {
  int packets = 0;
  std::optional<Error> failure{};  // behind them; else an end
  std::optional<Micros> duration{};
  std::string container = "mpegts";
  std::chrono::nanoseconds lasts{};  // each packet
};

class FakeInput : public formats::Input {
 public:
  FakeInput(Play play, support::FakeClock& clock) : play_(std::move(play)), clock_(clock) {}
  Result<std::optional<media::Item>> next() override {
    clock_.advance(play_.lasts);
    if (play_.packets-- > 0) return std::optional<media::Item>(media::Packet::of(as_bytes("x")));
    if (play_.failure) return fail(*play_.failure);
    return std::optional<media::Item>();
  }
  const media::Tracks& tracks() const override { return tracks_; }
  const std::string& name() const override { return name_; }
  bool seekable() const override { return false; }
  std::optional<Micros> duration() const override { return play_.duration; }
  std::string container() const override { return play_.container; }
  bool has_events() const override { return false; }

 private:
  Play play_;
  support::FakeClock& clock_;
  media::Tracks tracks_{media::Track()};
  std::string name_ = "'udp://a'";
};

class ReopeningTest : public ::testing::Test {
 protected:
  /// "A" for an arrival, "." for a packet; what ended it behind that.
  std::string run() {
    ReopeningSource source(
        "'udp://a'",
        [&]() -> Result<std::unique_ptr<formats::Input>> {
          ++opened;
          if (plays.empty() || !plays.front()) {
            if (!plays.empty()) plays.pop_front();
            return fail(Code::kIo, "cannot open 'udp://a': connection refused");
          }
          auto play = *plays.front();
          plays.pop_front();
          return std::make_unique<FakeInput>(std::move(play), clock);
        },
        {.budget = Micros(10'000'000)},
        {clock, stop, words, [] { return 1.0; },
         [&](std::chrono::nanoseconds time) {
           waits.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
           clock.advance(time);
           if (waits.size() == stop_at) stop.request();
         }});
    std::string text;
    while (true) {
      auto item = source.next();
      if (!item) return text + " " + item.error().what;
      if (!*item) return text;
      text += std::holds_alternative<Arrival>(**item) ? "A" : ".";
    }
  }
  support::FakeClock clock;
  StopSource stop;
  support::Words words;
  std::deque<std::optional<Play>> plays;  // nothing: it cannot be opened
  std::vector<std::int64_t> waits;
  std::size_t stop_at = 1000;
  int opened = 0;
};

TEST_F(ReopeningTest, OpensAgainAfterAFailureAndAfterAnEnd) {
  plays = {Play{2, Error{Code::kIo, "connection reset"}}, Play{1}, Play{1, {}, Micros(5)}};
  EXPECT_EQ(run(), "A..A.A.");
  EXPECT_THAT(words.warnings, ElementsAre("connection reset; it is tried again for 10s",
                                          "'udp://a' ended; it is tried again for 10s"));
  EXPECT_THAT(words.infos, ElementsAre("'udp://a' is there again", "'udp://a' is there again"));
}

TEST_F(ReopeningTest, WaitsForASourceThatIsNotThereYet) {
  plays = {std::nullopt, std::nullopt, std::nullopt, Play{1, {}, Micros(5)}};
  EXPECT_EQ(run(), "A.");
  EXPECT_THAT(waits, ElementsAre(200, 400, 800));
  EXPECT_THAT(words.warnings,
              ElementsAre("cannot open 'udp://a': connection refused; it is tried again for 10s"));
  EXPECT_THAT(words.infos, ElementsAre("'udp://a' is there"));
}

TEST_F(ReopeningTest, GivesUpWhenTheTimeIsOver) {
  plays = {Play{1}};
  EXPECT_EQ(run(), "A. cannot open 'udp://a': connection refused");
  EXPECT_GE(clock.monotonic(), 10s);
  EXPECT_LE(clock.monotonic(), 16s);
}

TEST_F(ReopeningTest, TimeCountsFromTheLastPacketNotFromTheOpening) {
  for (int i = 0; i < 30; ++i) plays.emplace_back(Play{0, {}, {}, "mpegts", 1s});
  EXPECT_EQ(run().find('.'), std::string::npos);
  EXPECT_LT(opened, 30);
}

TEST_F(ReopeningTest, WhatHasALengthIsOverAtItsEnd) {
  plays = {Play{3, {}, Micros(5)}, Play{1}};
  EXPECT_EQ(run(), "A...");
  plays = {Play{3, {}, {}, "hls"}, Play{1}};
  EXPECT_EQ(run(), "A...");
  EXPECT_THAT(waits, IsEmpty());
}

TEST_F(ReopeningTest, AFailureThatCannotMendEndsItAtOnce) {
  plays = {Play{1, Error{Code::kUnsupported, "no such codec"}}, Play{1}};
  EXPECT_EQ(run(), "A. no such codec");
}

TEST_F(ReopeningTest, AStopEndsTheWaiting) {
  stop_at = 2;
  EXPECT_EQ(run(), " stopped");
  EXPECT_EQ(opened, 2);
}

TEST_F(ReopeningTest, AStopOfTheReadIsNoFailure) {
  plays = {Play{1, Error{Code::kStopped, "stopped"}}, Play{1}};
  EXPECT_EQ(run(), "A. stopped");
  EXPECT_THAT(words.warnings, IsEmpty());
}

}  // namespace
}  // namespace weir::ingest
