// One rendition over many chunks: stamps that never go back, a peak that holds, and decisions that
// do not depend on which chunk was ready first.
#include "ladder/lane.h"

#include <algorithm>
#include <climits>
#include <cmath>
#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/collect.h"
#include "support/matchers.h"
#include "support/profile.h"

namespace weir::ladder {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// ---- decoding times

// The coding order of a closed chunk of `count` pictures: display numbers. 2: pairs of B pictures
// around one that others refer to; 1: single B pictures; 0: as shown.
std::vector<std::size_t> coding_order(std::size_t count, int reorder) {
  std::vector<std::size_t> order{0};
  std::size_t next = 1;
  const std::size_t group = reorder == 2 ? 4 : reorder == 1 ? 2 : 1;
  for (; next + group <= count; next += group) {
    if (group == 4) order.insert(order.end(), {next + 3, next + 1, next, next + 2});
    if (group == 2) order.insert(order.end(), {next + 1, next});
    if (group == 1) order.push_back(next);
  }
  for (; next < count; ++next) order.push_back(next);
  return order;
}

struct Stamped {
  std::vector<std::int64_t> pts;
  std::vector<std::int64_t> dts;  // both in coding order
};

Stamped stamp(int reorder, std::int64_t nominal,
              const std::vector<std::vector<std::int64_t>>& chunks) {
  DecodingTimes times(reorder, nominal);
  Stamped all;
  for (const auto& shown : chunks) {
    const auto dts = times.next(shown);
    all.dts.insert(all.dts.end(), dts.begin(), dts.end());
    for (const auto i : coding_order(shown.size(), reorder)) all.pts.push_back(shown[i]);
  }
  return all;
}

void expect_decodable(const Stamped& all) {
  ASSERT_EQ(all.pts.size(), all.dts.size());
  for (std::size_t i = 0; i < all.pts.size(); ++i) {
    EXPECT_LE(all.dts[i], all.pts[i]) << i;
    if (i > 0) {
      EXPECT_GT(all.dts[i], all.dts[i - 1]) << i;
    }
  }
}

std::vector<std::int64_t> even(std::int64_t from, int count, std::int64_t step = 40) {
  std::vector<std::int64_t> stamps;
  for (int i = 0; i < count; ++i) stamps.push_back(from + i * step);
  return stamps;
}

TEST(DecodingTimes, WithoutReorderingAreTheTimesShown) {
  EXPECT_THAT(stamp(0, 40, {{0, 40, 80}, {120}}).dts, ElementsAre(0, 40, 80, 120));
}

TEST(DecodingTimes, RunAheadByAsManyPicturesAsTheCodingOrder) {
  EXPECT_THAT(stamp(1, 40, {{0, 40, 80}, {120, 160}}).dts, ElementsAre(-40, 0, 40, 80, 120));
  EXPECT_THAT(stamp(2, 40, {{0, 40, 80}, {120, 160}}).dts, ElementsAre(-80, -40, 0, 40, 80));
}

TEST(DecodingTimes, TheStartTakesItsDistanceFromTheFirstPictures) {
  EXPECT_THAT(stamp(2, 40, {{1000, 1010, 1050, 1100}}).dts, ElementsAre(950, 960, 1000, 1010));
}

TEST(DecodingTimes, AreDecodableOverManyChunks) {
  for (const int reorder : {0, 1, 2}) {
    expect_decodable(
        stamp(reorder, 40, {even(0, 50), even(2000, 50), even(4000, 7), even(4280, 1)}));
  }
}

TEST(DecodingTimes, AreDecodableAtAVariableRate) {
  for (const int reorder : {0, 1, 2}) {
    expect_decodable(stamp(reorder, 1,
                           {{0, 33, 500, 501, 502, 2000},
                            {2001, 2033, 9000, 9001},
                            {9002},
                            {10'000, 10'100, 10'101, 10'500, 10'533, 10'566, 10'600}}));
  }
}

TEST(DecodingTimes, AreDecodableAfterAFirstChunkOfAPictureOrTwo) {
  for (const int reorder : {0, 1, 2})
    for (const int first : {1, 2, 3})
      expect_decodable(stamp(reorder, 40,
                             {even(0, first), even(40 * first, 1), even(40 * first + 40, 1),
                              even(40 * first + 80, 25)}));
}

TEST(DecodingTimes, AreDecodableWhenTheFirstChunkIsTwoPicturesFarApart) {
  for (const int reorder : {0, 1, 2})
    for (const std::int64_t nominal : {1, 40})
      expect_decodable(stamp(reorder, nominal, {{0, 1500}, {3000, 3040, 3080}}));
}

TEST(DecodingTimes, OfNothingAreNothing) {
  DecodingTimes times(0, 40);
  EXPECT_THAT(times.next({}), IsEmpty());
  EXPECT_THAT(times.next({0, 40}), ElementsAre(0, 40));
}

TEST(DecodingTimes, TellWhenTheNextChunkIsDecodedFirst) {
  for (const int reorder : {0, 1, 2}) {
    DecodingTimes times(reorder, 40);
    times.next(even(0, 25));
    const auto upcoming = times.upcoming(1000);
    EXPECT_EQ(upcoming, times.next(even(1000, 25)).front());
  }
}

// ---- lane

constexpr AVRational kBase{1, 1000};
constexpr int kPictures = 50;
constexpr int kAhead = 7;

// Remembers what it was told, in order.
class Told : public RenditionSink {
 public:
  Result<flow::Flow> push(media::Packet packet) override { return packets.push(std::move(packet)); }
  Result<void> finish() override { return packets.finish(); }
  void change(bool dropped, media::Time at) override {
    changes.push_back(fmt::format("{} at {}", dropped ? "dropped" : "back", at.micros()));
  }
  void advance(media::Time dts) override { advanced.push_back(dts.micros()); }

  support::Collect<media::Packet> packets;
  std::vector<std::string> changes;
  std::vector<std::int64_t> advanced;
};

std::unique_ptr<Coder> coder() {
  media::CodecParametersPtr par(avcodec_parameters_alloc());
  par->codec_type = AVMEDIA_TYPE_VIDEO;
  par->width = 64;
  par->height = 48;
  media::Track source;
  source.kind = media::Kind::kVideo;
  source.par = media::copy_parameters(*par);
  source.time_base = kBase;
  source.frame_rate = {25, 1};
  PlannedRendition planned;
  planned.rung.name = "test";
  planned.rung.bitrate = 1'000'000;
  planned.rung.max_bitrate = 1'500'000;
  planned.rung.buffer = 2'000'000;
  planned.width = 64;
  planned.height = 48;
  auto opened = Coder::open(planned, source, "ultrafast");
  EXPECT_THAT(opened, IsOk());
  return std::move(*opened);
}

// Two seconds of pictures alike, in coding order, of so many bits.
FinishedChunk chunk(std::int64_t number, double bits, double qp = 30) {
  FinishedChunk made;
  made.qp = qp;
  for (const auto i : coding_order(kPictures, 2)) {
    auto packet = media::Packet::of(Bytes(static_cast<std::size_t>(bits / 8 / kPictures)));
    packet.raw()->time_base = kBase;
    packet.raw()->pts = 2000 * number + 40 * static_cast<std::int64_t>(i);
    made.packets.push_back(std::move(packet));
  }
  return made;
}

// A lane, and content that is harder here and there.
struct Rig {
  Told sink;
  Lane lane{coder(), 3, 1, {}, sink};
  Forecast forecast{{}, 2};

  static ChunkFacts facts(std::int64_t number) {
    return {2e5 * (1 + 0.5 * static_cast<double>(number % 3)), 0.02};
  }
  Lane::Ahead ahead(int most = kAhead) const { return {forecast, most}; }
  double plan() {
    const std::int64_t number = lane.next_planned();
    forecast.add(facts(number), {2 * number, {1, 1}}, {2 * number + 2, {1, 1}});
    return lane.plan(facts(number), 2, ahead());
  }
  // Coded as often as it takes; gives the quantiser it was joined with.
  double code(double qp) {
    const std::int64_t number = lane.next_joined();
    for (int tries = 0;; ++tries) {
      const double bits = 12 * facts(number).complexity * std::exp(-0.13 * (qp - 30));
      auto coded = chunk(number, bits, qp);
      const auto harder = lane.refuse(coded, tries);
      if (!harder) {
        EXPECT_THAT(lane.join(std::move(coded)), IsOk());
        return qp;
      }
      EXPECT_GT(*harder, qp);
      qp = *harder;
    }
  }
};

TEST(Lane, BelongsToItsGroup) {
  Rig rig;
  EXPECT_EQ(rig.lane.group(), 3);
  EXPECT_EQ(rig.lane.coder().planned().rung.name, "test");
}

TEST(Lane, PlansOnlyAsFarAheadAsItsResultsReach) {
  Rig rig;
  std::deque<double> open;
  std::int64_t furthest = 0;
  for (int joined = 0; joined < 30; ++joined) {
    while (rig.lane.may_plan(rig.ahead())) {
      open.push_back(rig.plan());
      ASSERT_LE(rig.lane.next_planned() - rig.lane.next_joined(), kAhead);
    }
    ASSERT_FALSE(open.empty());  // there is always a chunk to work on
    furthest = std::max(furthest, rig.lane.next_planned() - rig.lane.next_joined());
    rig.code(open.front());
    open.pop_front();
  }
  EXPECT_EQ(furthest, kAhead);
}

TEST(Lane, TheFirstGuessIsCorrectedBeforeMuchIsBuiltOnIt) {
  Rig rig;
  ASSERT_TRUE(rig.lane.may_plan(rig.ahead()));
  const double first = rig.plan();
  EXPECT_FALSE(rig.lane.may_plan(rig.ahead()));
  rig.code(first);
  EXPECT_TRUE(rig.lane.may_plan(rig.ahead()));
}

TEST(Lane, DecisionsDoNotDependOnWhatIsReadyFirst) {
  // Once every result is there before the next plan; once no sooner than it must be.
  std::vector<double> early;
  std::vector<double> late;
  Rig eager;
  for (int i = 0; i < 40; ++i) early.push_back(eager.code(eager.plan()));
  Rig lazy;
  std::deque<double> open;
  while (late.size() < 40) {
    while (lazy.lane.may_plan(lazy.ahead())) open.push_back(lazy.plan());
    late.push_back(lazy.code(open.front()));
    open.pop_front();
  }
  EXPECT_EQ(early, late);
  EXPECT_NE(early.front(), early.back());  // something was learned
}

// The end is known, and every chunk was looked at before the first was planned.
TEST(Lane, TheLastChunkWaitsForAllBeforeIt) {
  constexpr std::int64_t kChunks = 40;
  Rig rig;
  rig.forecast = Forecast(support::even_profile(2 * kChunks), 2);
  for (std::int64_t i = 0; i < kChunks; ++i)
    rig.forecast.add(Rig::facts(i), {2 * i, {1, 1}}, {2 * i + 2, {1, 1}});
  const auto plan = [&] {
    return rig.lane.plan(Rig::facts(rig.lane.next_planned()), 2, rig.ahead());
  };
  std::deque<double> open;
  while (rig.lane.next_planned() < kChunks - 1) {
    while (rig.lane.next_planned() < kChunks && rig.lane.may_plan(rig.ahead()))
      open.push_back(plan());
    rig.code(open.front());
    open.pop_front();
  }
  EXPECT_TRUE(open.empty());
  EXPECT_EQ(rig.lane.next_joined(), kChunks - 1);
  EXPECT_TRUE(rig.lane.may_plan(rig.ahead()));
}

TEST(Lane, AtOneChunkAheadItStillWorks) {
  Rig rig;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(rig.lane.may_plan(rig.ahead(1)));
    const double qp = rig.plan();
    EXPECT_FALSE(rig.lane.may_plan(rig.ahead(1)));
    rig.code(qp);
  }
}

TEST(Lane, JoinedChunksAreDecodableAsOneStream) {
  Rig rig;
  for (int i = 0; i < 5; ++i) rig.code(rig.plan());
  Stamped all;
  for (const auto& packet : rig.sink.packets.items) {
    all.pts.push_back(packet.raw()->pts);
    all.dts.push_back(packet.raw()->dts);
  }
  ASSERT_THAT(all.pts, SizeIs(5 * kPictures));
  expect_decodable(all);
}

TEST(Lane, TheJoinedStreamHoldsThePeakWhateverComes) {
  Rig rig;
  LeakyBucket bucket(1'500'000, 2'000'000);
  for (int i = 0; i < 20; ++i) {
    rig.plan();
    rig.code(i % 5 == 3 ? 5 : 30);  // now and then far too many bits
  }
  for (const auto& packet : rig.sink.packets.items)
    ASSERT_TRUE(bucket.take(packet.dts(), 8 * static_cast<std::int64_t>(packet.bytes().size())));
}

TEST(Lane, AChunkOverThePeakIsRefusedAndNothingChanges) {
  Rig rig;
  rig.plan();
  auto large = chunk(0, 9e6, 20);
  const auto harder = rig.lane.refuse(large, 0);
  ASSERT_TRUE(harder);
  EXPECT_GT(*harder, 20);
  EXPECT_EQ(rig.lane.refuse(large, 0), harder);
  EXPECT_EQ(rig.lane.next_joined(), 0);
  EXPECT_THAT(rig.sink.packets.items, IsEmpty());
  auto small = chunk(0, 2e6, 30);
  EXPECT_FALSE(rig.lane.refuse(small, 1));
  EXPECT_EQ(small.packets.front().raw()->dts, -80);
}

TEST(Lane, TheFurtherOverThePeakTheHigherTheQuantiser) {
  Rig rig;
  rig.plan();
  double before = 20;
  for (const double bits : {6e6, 9e6, 18e6, 60e6}) {
    auto large = chunk(0, bits, 20);
    const auto harder = rig.lane.refuse(large, 0);
    ASSERT_TRUE(harder);
    EXPECT_GT(*harder, before);
    EXPECT_LE(*harder, 51);
    before = *harder;
  }
}

TEST(Lane, ATryThatMissesByLittleIsFollowedByALargerStep) {
  Rig rig;
  rig.plan();
  auto large = chunk(0, 9e6, 20);
  EXPECT_GT(rig.lane.refuse(large, 2), rig.lane.refuse(large, 0));
}

TEST(Lane, WhatNoQuantiserCanMakeFitIsTakenInTheEnd) {
  Rig rig;
  rig.plan();
  auto large = chunk(0, 60e6, 51);
  int tries = 0;
  while (rig.lane.refuse(large, tries)) ASSERT_LT(++tries, 20);
  EXPECT_THAT(rig.lane.join(std::move(large)), IsOk());
}

TEST(Lane, AChunkFoundFinishedIsTakenAsItIs) {
  Rig rig;
  rig.plan();
  auto large = chunk(0, 60e6, 20);
  EXPECT_FALSE(rig.lane.refuse(large, INT_MAX));
}

TEST(Lane, AReaderThatLeftAndAFailureAreHandedOn) {
  Rig gone;
  gone.sink.packets.done_at = 3;
  gone.plan();
  auto coded = chunk(0, 1e6);
  EXPECT_FALSE(gone.lane.refuse(coded, 0));
  const auto flow = gone.lane.join(std::move(coded));
  ASSERT_THAT(flow, IsOk());
  EXPECT_EQ(*flow, flow::Flow::kDone);
  EXPECT_THAT(gone.sink.packets.items, SizeIs(3));

  Rig full;
  full.sink.packets.fail_at = 3;
  full.plan();
  coded = chunk(0, 1e6);
  EXPECT_FALSE(full.lane.refuse(coded, 0));
  EXPECT_THAT(full.lane.join(std::move(coded)), FailsWith(Code::kIo, HasSubstr("disk full")));
}

TEST(Lane, FinishFinishesWhatIsBelow) {
  Rig rig;
  EXPECT_THAT(rig.lane.finish(), IsOk());
  EXPECT_EQ(rig.sink.packets.finished, 1);
}

TEST(Lane, ChunksLeftOutKeepTheStampsAndTellHowFarTimeIs) {
  Rig rig;
  rig.code(rig.plan());
  rig.lane.change(true, {2, {1, 1}});
  std::vector<GridFrame> pictures(kPictures);
  std::vector<const GridFrame*> pointers;
  for (int i = 0; i < kPictures; ++i) {
    auto& picture = pictures[static_cast<std::size_t>(i)];
    picture.frame.raw()->time_base = kBase;
    picture.frame.raw()->pts = 2000 + 40 * i;
    pointers.push_back(&picture);
  }
  rig.lane.plan_nothing(rig.ahead());
  rig.lane.skip(pointers, {4000, kBase});
  rig.lane.change(false, {4, {1, 1}});
  rig.forecast.add(Rig::facts(1), {2, {1, 1}}, {4, {1, 1}});
  rig.code(rig.plan());
  EXPECT_THAT(rig.sink.changes, ElementsAre("dropped at 2000000", "back at 4000000"));
  ASSERT_THAT(rig.sink.packets.items, SizeIs(2 * kPictures));
  const auto& first_back = rig.sink.packets.items[kPictures];
  EXPECT_EQ(first_back.pts().micros(), 4'000'000);
  EXPECT_THAT(rig.sink.advanced, ElementsAre(first_back.dts().micros()));
}

}  // namespace
}  // namespace weir::ladder
