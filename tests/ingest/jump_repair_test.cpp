#include "ingest/jump_repair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"
#include "support/packets.h"
#include "support/words.h"

namespace weir::ingest {
namespace {

using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Keeps what comes as words: "0:40" is a packet of track 0 at 40 ms, "gap:40" an event.
struct Seen : flow::Sink<media::Item> {
  Result<flow::Flow> push(media::Item item) override {
    const auto* packet = std::get_if<media::Packet>(&item);
    const auto at = media::position(item).in({1, 1000});
    all.push_back(packet != nullptr
                      ? fmt::format("{}:{}", packet->track(), at)
                      : fmt::format("{}:{}", std::get<media::Event>(item).kind(), at));
    return flow::Flow::kMore;
  }
  Result<void> finish() override {
    finished = true;
    return {};
  }
  std::vector<std::string> all;
  bool finished = false;
};

class Jumps : public ::testing::Test {
 protected:
  Jumps() {
    tracks.resize(2);
    tracks[0].index = 0;
    tracks[0].kind = media::Kind::kVideo;
    tracks[1].index = 1;
    tracks[1].kind = media::Kind::kAudio;
  }
  void push(int track, std::string_view text) {
    for (auto& packet : support::packets(text, {.track = track, .duration = 1000}))
      ASSERT_THAT(repair().push(std::move(packet)), IsOk());
  }
  JumpRepair& repair() {
    if (!repair_) repair_.emplace(tracks, Micros(4'000'000), words, seen);
    return *repair_;
  }
  media::Tracks tracks;
  support::Words words;
  Seen seen;

 private:
  std::optional<JumpRepair> repair_;
};

TEST_F(Jumps, WhatGoesOnPassesUntouched) {
  push(0, "K0 d1000");
  push(1, "K0 K1000 K2000");
  push(0, "d5900");  // a hole the cutter bears
  ASSERT_THAT(repair().finish(), IsOk());
  EXPECT_THAT(seen.all, ElementsAre("0:0", "0:1000", "1:0", "1:1000", "1:2000", "0:5900"));
  EXPECT_TRUE(seen.finished);
  EXPECT_THAT(words.warnings, IsEmpty());
}

TEST_F(Jumps, LostTimeIsAGapAndPicturesBeginWithAKeyFrame) {
  push(0, "K0 d1000");
  push(1, "K0");
  push(0, "d60000");
  push(1, "K1000 K60000");  // one that was still on its way
  push(0, "d61000 K62000");
  EXPECT_THAT(seen.all,
              ElementsAre("0:0", "0:1000", "1:0", "1:1000", "gap:60000", "1:60000", "0:62000"));
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("nothing comes from 2.000 s to 60.000 s")));
}

TEST_F(Jumps, ANewBeginningGoesOnBehindADiscontinuity) {
  for (const std::int64_t at : {std::int64_t{5'000'000}, std::int64_t{-900'000}}) {
    Seen out;
    JumpRepair jumps(tracks, Micros(4'000'000), words, out);
    const auto send = [&](int track, std::int64_t ms) {
      auto packet = support::packets(fmt::format("K{}", ms), {.track = track, .duration = 1000});
      ASSERT_THAT(jumps.push(std::move(packet.front())), IsOk());
    };
    for (const std::int64_t ms : {0, 1000}) {
      send(0, ms);
      send(1, ms);
    }
    for (const std::int64_t ms : {at, at + 1000}) {
      send(0, ms);
      send(1, ms);
    }
    EXPECT_THAT(out.all, ElementsAre("0:0", "1:0", "0:1000", "1:1000", "discontinuity:2000",
                                     "0:2000", "1:2000", "0:3000", "1:3000"));
  }
}

TEST_F(Jumps, AStampFarFromAllOthersIsLeftOut) {
  push(0, "K0");
  push(1, "K0");
  push(0, "d900000 d1000 d2000");
  EXPECT_THAT(seen.all, ElementsAre("0:0", "1:0", "0:1000", "0:2000"));
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("far from all others")));
}

TEST_F(Jumps, ATrackThatIsAloneIsHeldForTwoSecondsAtMost) {
  push(0, "K0");
  push(1, "K0");
  push(0, "K60000 d61000 d62000");
  EXPECT_THAT(seen.all, ElementsAre("0:0", "1:0"));
  push(0, "d63000");
  EXPECT_THAT(seen.all,
              ElementsAre("0:0", "1:0", "gap:60000", "0:60000", "0:61000", "0:62000", "0:63000"));
}

TEST_F(Jumps, WhatIsHeldComesAtTheEnd) {
  push(0, "K0");
  push(1, "K0");
  push(0, "K60000");
  ASSERT_THAT(repair().finish(), IsOk());
  EXPECT_THAT(seen.all, ElementsAre("0:0", "1:0", "gap:60000", "0:60000"));
}

TEST_F(Jumps, GapsThatWereToldAreNoJump) {
  push(0, "K0");
  ASSERT_THAT(repair().push(media::make_event(media::event::kGap, {60, {1, 1}})), IsOk());
  push(0, "K60000");
  EXPECT_THAT(seen.all, ElementsAre("0:0", "gap:60000", "0:60000"));
}

}  // namespace
}  // namespace weir::ingest
