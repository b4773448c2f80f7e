#include "ladder/merge.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/packets.h"

namespace weir::ladder {
namespace {

using ::testing::ElementsAre;

void feed(Merge& merge, int lane, std::string_view text) {
  for (auto& packet : support::packets(text)) merge.push(lane, std::move(packet));
}

// All that comes until the merge ends: "lane@dts" or the event's kind.
std::vector<std::string> all(Merge& merge) {
  std::vector<std::string> out;
  while (auto item = *merge.next()) {
    if (const auto* packet = std::get_if<media::Packet>(&*item))
      out.push_back(fmt::format("{}@{}", packet->track(), packet->dts().ticks));
    else
      out.emplace_back(std::get<media::Event>(*item).kind());
  }
  return out;
}

TEST(Merge, OrdersByDtsThenLane) {
  Merge merge({true, true}, 1 << 20);
  merge.start({0, {1, 1}});
  feed(merge, 1, "K0 d40 d80");
  feed(merge, 0, "K0 d40 d80");
  merge.finish(0);
  merge.finish(1);
  EXPECT_THAT(all(merge), ElementsAre("0@0", "1@0", "0@40", "1@40", "0@80", "1@80"));
}

TEST(Merge, OrderDoesNotDependOnWhoIsFaster) {
  std::vector<std::string> first;
  for (int round = 0; round < 20; ++round) {
    Merge merge({true, true, false}, 1 << 20);
    merge.start({0, {1, 1}});
    std::vector<std::jthread> lanes;
    for (int lane = 0; lane < 3; ++lane)
      lanes.emplace_back([&merge, lane] {
        for (int n = 0; n < 50; ++n) feed(merge, lane, fmt::format("K{}", n * (20 + lane)));
        merge.finish(lane);
      });
    const auto order = all(merge);
    if (first.empty()) first = order;
    EXPECT_EQ(order, first);
  }
  EXPECT_EQ(first.size(), 150U);
}

TEST(Merge, SilentSoundHoldsNothingBackOnceItSaysHowFarItIs) {
  Merge merge({true, false}, 1 << 20);
  merge.start({0, {1, 1}});
  feed(merge, 0, "K0 d40 d80");
  merge.advance(1, {50, {1, 1000}});
  EXPECT_EQ(media::position(**merge.next()).ticks, 0);
  EXPECT_EQ(media::position(**merge.next()).ticks, 40);
  feed(merge, 1, "K60");
  EXPECT_EQ(media::position(**merge.next()).ticks, 60);
}

TEST(Merge, APictureThatSaysHowFarItIsHoldsNothingBackUntilThere) {
  Merge merge({true, true}, 1 << 20);
  merge.start({0, {1, 1}});
  feed(merge, 1, "K0 d40");
  merge.advance(1, {120, {1, 1000}});
  feed(merge, 0, "K0 d40 d80 K120");
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(*merge.next());
  EXPECT_EQ(merge.position().ticks, 80);
  feed(merge, 1, "K120");
  merge.finish(0);
  merge.finish(1);
  EXPECT_THAT(all(merge), ElementsAre("0@120", "1@120"));
}

TEST(Merge, AnInsertedEventStandsBehindThoseOfItsTime) {
  Merge merge({true}, 1 << 20);
  merge.start({0, {1, 1}});
  for (const int at : {0, 80, 160}) merge.push_event(media::make_event("segment", {at, {1, 1000}}));
  merge.insert_event(media::make_event("rendition", {80, {1, 1000}}));
  feed(merge, 0, "K0 d40 K80 d120 K160");
  merge.finish(0);
  EXPECT_THAT(all(merge), ElementsAre("segment", "0@0", "0@40", "segment", "rendition", "0@80",
                                      "0@120", "segment", "0@160"));
}

TEST(Merge, OnceCancelledWantsNothingMore) {
  Merge merge({true}, 1 << 20);
  auto packets = support::packets("K0 d40");
  EXPECT_EQ(merge.push(0, std::move(packets[0])), flow::Flow::kMore);
  merge.cancel();
  EXPECT_EQ(merge.push(0, std::move(packets[1])), flow::Flow::kDone);
}

TEST(Merge, EventsLeaveBeforeThePacketsTheyAreAbout) {
  Merge merge({true, false}, 1 << 20);
  merge.start({0, {1, 1}});
  merge.push_event(media::segment_event(0, {80, {1, 1000}}, {6, {1, 1}}));
  feed(merge, 1, "K0 K50 K90");
  feed(merge, 0, "K0 d60/40 K80/70");
  merge.finish(0);
  merge.finish(1);
  EXPECT_THAT(all(merge), ElementsAre("0@0", "1@0", "0@40", "1@50", "segment", "0@70", "1@90"));
}

TEST(Merge, EventsAfterTheLastPacketStillLeave) {
  Merge merge({true}, 1 << 20);
  merge.start({0, {1, 1}});
  feed(merge, 0, "K0 d40");
  merge.push_event(media::make_event("cue", {5, {1, 1}}));
  merge.finish(0);
  EXPECT_THAT(all(merge), ElementsAre("0@0", "0@40", "cue"));
}

TEST(Merge, MovesEverythingByTheShift) {
  Merge merge({true}, 1 << 20);
  merge.push_event(media::segment_event(0, {0, {1, 1000}}, {6, {1, 1}}));
  feed(merge, 0, "K0/-80");
  merge.finish(0);
  merge.start({1, {1, 10}});
  EXPECT_EQ(media::position(**merge.next()).ticks, 100);
  const auto item = *merge.next();
  EXPECT_EQ(std::get<media::Packet>(*item).pts().ticks, 100);
  EXPECT_EQ(std::get<media::Packet>(*item).dts().ticks, 20);
}

TEST(Merge, MakesTheSourceWaitForASlowReader) {
  Merge merge({true}, 600);
  merge.start({0, {1, 1}});
  feed(merge, 0, "K0 d40 d80");
  std::jthread reader([&] {
    while (*merge.next()) {
    }
  });
  EXPECT_TRUE(merge.wait_for_room());
  merge.cancel();
  EXPECT_FALSE(merge.wait_for_room());
}

TEST(Merge, OfNothingEnds) {
  Merge merge({true, false}, 1 << 20);
  merge.finish(0);
  merge.finish(1);
  EXPECT_TRUE(all(merge).empty());
}

}  // namespace
}  // namespace weir::ladder
