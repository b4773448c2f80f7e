#include "net/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::net {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OutboxTest : public ::testing::Test {
 protected:
  void add(JobKind kind, std::string name, Micros duration = 0s, std::size_t bytes = 0,
           std::chrono::nanoseconds since = 0s) {
    box.add({.kind = kind,
             .name = std::move(name),
             .bytes = Bytes(bytes),
             .duration = duration,
             .since = since});
  }
  void needed(std::string name) { add(JobKind::kNeeded, std::move(name)); }
  void segment(std::string name, Micros duration = 2s, std::size_t bytes = 10) {
    add(JobKind::kSegment, std::move(name), duration, bytes);
  }
  void listing(std::string name) { add(JobKind::kListing, std::move(name)); }
  void removal(std::string name) { add(JobKind::kRemoval, std::move(name)); }

  std::string take() {
    const JobPtr job = box.take();
    if (!job) return "-";
    taken[job->name] = job;
    return job->name;
  }
  void settle(const std::string& name) { box.settle(taken.at(name)); }
  /// The order in which all goes out when every job is settled before the next is taken.
  std::vector<std::string> all() {
    std::vector<std::string> out;
    for (std::string name = take(); name != "-"; name = take()) {
      out.push_back(name);
      settle(name);
    }
    return out;
  }

  Outbox box{{.bytes = 100, .duration = 6s}};
  std::map<std::string, JobPtr> taken;
};

TEST_F(OutboxTest, AFolderIsSentOneByOneInItsOrder) {
  needed("a/init");
  segment("a/0");
  listing("a/list");
  EXPECT_EQ(take(), "a/init");
  EXPECT_EQ(take(), "-");
  settle("a/init");
  EXPECT_EQ(take(), "a/0");
  EXPECT_EQ(take(), "-");
  settle("a/0");
  EXPECT_EQ(take(), "a/list");
  settle("a/list");
  EXPECT_TRUE(box.empty());
}

TEST_F(OutboxTest, FoldersAreSentSideBySide) {
  segment("a/0");
  segment("a/1");
  segment("b/0");
  EXPECT_EQ(take(), "a/0");
  EXPECT_EQ(take(), "b/0");
  settle("b/0");
  EXPECT_EQ(take(), "-");
  settle("a/0");
  EXPECT_EQ(take(), "a/1");
}

TEST_F(OutboxTest, AListingWaitsForAllThatCameBeforeItInFoldersBelow) {
  segment("a/0");
  listing("a/list");
  segment("b/deep/0");
  listing("master");
  segment("a/1");
  EXPECT_EQ(take(), "a/0");
  EXPECT_EQ(take(), "b/deep/0");
  settle("a/0");
  EXPECT_EQ(take(), "a/list");
  settle("b/deep/0");
  EXPECT_EQ(take(), "-") << "a/list may not be there yet";
  settle("a/list");
  EXPECT_EQ(take(), "master");
  EXPECT_EQ(take(), "a/1");
}

TEST_F(OutboxTest, AListingWaitsForWhatItMayNameInFoldersAboveButNotForTheirListings) {
  needed("key");
  segment("a/0");
  listing("a/list");
  EXPECT_EQ(take(), "key");
  EXPECT_EQ(take(), "a/0");
  settle("a/0");
  EXPECT_EQ(take(), "-");
  settle("key");
  EXPECT_EQ(take(), "a/list");
  listing("master");
  listing("a/list");
  settle("a/list");
  EXPECT_EQ(take(), "master");
  EXPECT_EQ(take(), "a/list");
}

TEST_F(OutboxTest, NeighboursWithOneBeginningAreNotBelowEachOther) {
  segment("a/0");
  listing("ab/list");
  listing("a-b/list");
  EXPECT_EQ(take(), "a/0");
  EXPECT_EQ(take(), "ab/list");
  EXPECT_EQ(take(), "a-b/list");
}

TEST_F(OutboxTest, NoListingWaitsForARemovalElsewhere) {
  removal("a/0");
  listing("master");
  EXPECT_EQ(take(), "a/0");
  EXPECT_EQ(take(), "master");
}

TEST_F(OutboxTest, OfListingsThatFollowEachOtherTheOldestAndTheNewestAreSent) {
  segment("a/0");
  ASSERT_EQ(take(), "a/0");
  for (int i = 1; i < 5; ++i) {
    listing("a/list");
    segment("a/" + std::to_string(i), 100ms);
  }
  listing("a/list");
  listing("a/other");
  settle("a/0");
  EXPECT_THAT(all(), ElementsAre("a/list", "a/1", "a/2", "a/3", "a/4", "a/list", "a/other"));
}

TEST_F(OutboxTest, IsFullByTheTimeOfAFolderOrTheBytesOfAll) {
  segment("a/0", 4s);
  EXPECT_FALSE(box.full("a"));
  segment("a/1", 2s);
  EXPECT_TRUE(box.full("a"));
  EXPECT_FALSE(box.full("b"));
  segment("b/0", 1s, 80);
  EXPECT_TRUE(box.full("b"));
  EXPECT_TRUE(box.full("new"));
  EXPECT_EQ(take(), "a/0");
  EXPECT_TRUE(box.full("a")) << "what is being sent takes room";
  settle("a/0");
  EXPECT_FALSE(box.full("a"));
}

TEST_F(OutboxTest, RoomIsMadeByTheOldestSegmentsOfTheFolderButNotTheOneBeingSent) {
  for (int i = 0; i < 4; ++i) segment("a/" + std::to_string(i));
  segment("b/0");
  ASSERT_EQ(take(), "a/0");
  EXPECT_THAT(box.make_room("a"), ElementsAre("a/1", "a/2"));
  EXPECT_TRUE(box.lost("a/1"));
  EXPECT_FALSE(box.lost("a/0"));
  EXPECT_FALSE(box.lost("b/0"));
  EXPECT_THAT(box.make_room("a"), IsEmpty());
}

TEST_F(OutboxTest, RoomInBytesIsMadeByTheOldestSegmentsOfAll) {
  segment("a/0", 1s, 60);
  segment("b/0", 1s, 60);
  needed("b/init");
  EXPECT_THAT(box.make_room("b"), ElementsAre("a/0"));
  EXPECT_FALSE(box.full("b"));
}

TEST_F(OutboxTest, WithNothingToGiveUpThereIsNoRoomToMake) {
  segment("a/0", 10s);
  ASSERT_EQ(take(), "a/0");
  EXPECT_THAT(box.make_room("a"), IsEmpty());
  EXPECT_TRUE(box.full("a"));
}

TEST_F(OutboxTest, PatienceEndsWhenWhatWaitsHasWaitedAsLongAsItLasts) {
  add(JobKind::kSegment, "a/0", 4s, 10, 100s);
  add(JobKind::kSegment, "a/1", 4s, 10, 104s);
  EXPECT_EQ(box.patience("a", 108s), 0s) << "a source in real time does not wait";
  EXPECT_EQ(box.patience("a", 101s), 7s) << "a quicker one does";
  EXPECT_LT(box.patience("a", 110s), 0s);
}

TEST_F(OutboxTest, ForBytesItIsThePatienceOfTheFolderThatHasWaitedLongest) {
  add(JobKind::kSegment, "a/0", 4s, 60, 100s);
  add(JobKind::kSegment, "b/0", 1s, 60, 103s);
  EXPECT_EQ(box.patience("b", 103s), 1s);
}

TEST_F(OutboxTest, WhatIsLostIsKnownUntilItIsRemovedOrPutAgain) {
  segment("a/0");
  segment("a/1");
  ASSERT_EQ(take(), "a/0");
  box.lose(taken.at("a/0"));
  EXPECT_TRUE(box.lost("a/0"));
  needed("a/init");
  ASSERT_EQ(take(), "a/1");
  settle("a/1");
  ASSERT_EQ(take(), "a/init");
  segment("a/2");
  EXPECT_EQ(box.lose_next(taken.at("a/init")), "a/2");
  EXPECT_EQ(box.lose_next(taken.at("a/init")), "");
  settle("a/init");
  removal("a/0");
  removal("a/2");
  EXPECT_FALSE(box.lost("a/0"));
  EXPECT_FALSE(box.lost("a/2"));
  EXPECT_THAT(all(), ElementsAre("a/0")) << "of a/2 nothing was ever sent";
}

TEST_F(OutboxTest, NoListingAboveIsSentWhileOneBelowHasNeverArrived) {
  listing("a/list");
  listing("master");
  listing("b/list");
  ASSERT_EQ(take(), "a/list");
  box.lose(taken.at("a/list"));
  EXPECT_EQ(take(), "b/list") << "it has nothing to do with it";
  EXPECT_FALSE(box.stuck());
  settle("b/list");
  EXPECT_EQ(take(), "-");
  EXPECT_TRUE(box.stuck());
  listing("a/list");
  EXPECT_FALSE(box.stuck());
  EXPECT_THAT(all(), ElementsAre("a/list", "master"));
  EXPECT_FALSE(box.stuck());
}

TEST_F(OutboxTest, AListingThatHasArrivedOnceStaysUntilItIsRemoved) {
  listing("a/list");
  ASSERT_EQ(all().size(), 1u);
  listing("a/list");
  listing("master");
  ASSERT_EQ(take(), "a/list");
  box.lose(taken.at("a/list"));
  EXPECT_THAT(all(), ElementsAre("master")) << "the older one is there";
  removal("a/list");
  ASSERT_EQ(all().size(), 1u);
  listing("a/list");
  listing("master");
  ASSERT_EQ(take(), "a/list");
  box.lose(taken.at("a/list"));
  EXPECT_EQ(take(), "-");
}

TEST_F(OutboxTest, AListingPutOffGoesBehindTheRestOfItsFolder) {
  listing("a/list");
  segment("a/0");
  ASSERT_EQ(take(), "a/list");
  box.postpone(taken.at("a/list"));
  EXPECT_THAT(all(), ElementsAre("a/0", "a/list"));
  EXPECT_TRUE(box.empty());
}

TEST_F(OutboxTest, AListingWithASuccessorIsNotPutOff) {
  listing("a/list");
  segment("a/0");
  listing("a/list");
  ASSERT_EQ(take(), "a/list");
  box.postpone(taken.at("a/list"));
  EXPECT_THAT(all(), ElementsAre("a/0", "a/list"));
  EXPECT_TRUE(box.empty());
}

TEST_F(OutboxTest, RemovalsThatCannotBeSentAreForgottenOneDay) {
  for (int i = 0; i < 1005; ++i) removal("a/" + std::to_string(i));
  const auto left = all();
  EXPECT_EQ(left.size(), 1000u);
  EXPECT_EQ(left.front(), "a/5");
}

TEST_F(OutboxTest, ClearedItHoldsWhatIsBeingSentOnly) {
  segment("a/0");
  segment("a/1");
  segment("b/0");
  removal("b/1");
  ASSERT_EQ(take(), "a/0");
  box.clear();
  EXPECT_EQ(take(), "-");
  EXPECT_FALSE(box.empty());
  settle("a/0");
  EXPECT_TRUE(box.empty());
  EXPECT_FALSE(box.full("a"));
}

}  // namespace
}  // namespace weir::net
