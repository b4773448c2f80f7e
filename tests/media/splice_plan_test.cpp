#include "media/splice_plan.h"

#include <gtest/gtest.h>

#include "support/scte35.h"

namespace weir::media {
namespace {

constexpr std::int64_t kSecond = 90'000;

Event cue(double came, const support::SpliceSection& section) {
  const Bytes bytes = section.bytes();
  const auto info = parse_splice_info(bytes);
  std::optional<Time> splice;
  if (info && info->pts) splice = Time{*info->pts, kSpliceBase};
  return cue_event({static_cast<std::int64_t>(came * kSecond), kSpliceBase}, bytes, splice);
}
support::SpliceSection out(std::uint32_t event, std::int64_t second) {
  return support::splice_insert({.event = event, .pts = second * kSecond});
}
Time at(double second) {
  return {static_cast<std::int64_t>(second * 1000), {1, 1000}};
}

TEST(SplicePlan, TellsEachSpliceOnceInOrderOfTime) {
  SplicePlan plan;
  plan.take(cue(1, out(2, 20)));
  plan.take(cue(2, support::time_signal(10 * kSecond)));
  ASSERT_TRUE(plan.next());
  EXPECT_EQ(plan.next()->seconds(), 10);
  EXPECT_FALSE(plan.reach(at(9.96)));
  EXPECT_TRUE(plan.reach(at(10)));
  EXPECT_FALSE(plan.reach(at(10.04)));
  EXPECT_TRUE(plan.reach(at(20.02)));
  EXPECT_FALSE(plan.next());
}

TEST(SplicePlan, WhatIsSaidAgainIsTheSameSplice) {
  SplicePlan plan;
  plan.take(cue(1, out(1, 10)));
  EXPECT_TRUE(plan.reach(at(10)));
  plan.take(cue(11, out(1, 10)));
  EXPECT_FALSE(plan.reach(at(11)));
  const auto at_once = support::splice_insert({.event = 2});
  plan.take(cue(12, at_once));
  EXPECT_TRUE(plan.reach(at(12)));
  plan.take(cue(13, at_once));
  EXPECT_FALSE(plan.reach(at(13)));
  plan.take(cue(30, at_once));
  EXPECT_TRUE(plan.reach(at(30)));
}

TEST(SplicePlan, APastSpliceIsDueAtOnceUnlessItIsLongOver) {
  SplicePlan plan;
  plan.take(cue(11, out(1, 10)));
  EXPECT_TRUE(plan.reach(at(11.2)));
  plan.take(cue(40, out(2, 20)));
  EXPECT_FALSE(plan.next());
}

TEST(SplicePlan, ACancelledSpliceIsNone) {
  SplicePlan plan;
  plan.take(cue(1, out(1, 10)));
  plan.take(cue(1, support::time_signal(12 * kSecond, {support::segmentation({.event = 7})})));
  plan.take(cue(1, support::time_signal(14 * kSecond)));
  plan.take(cue(2, support::splice_insert({.event = 1, .cancelled = true})));
  plan.take(
      cue(2, support::time_signal({}, {support::segmentation({.event = 7, .cancelled = true})})));
  ASSERT_TRUE(plan.next());
  EXPECT_EQ(plan.next()->seconds(), 14);
}

TEST(SplicePlan, OtherCommandsAndDamageAreNoSplices) {
  SplicePlan plan;
  auto hidden = out(1, 10);
  hidden.encrypted = true;
  plan.take(cue(1, {}));
  plan.take(cue(1, hidden));
  plan.take(cue_event({}, Bytes{1, 2, 3}, Time{5, {1, 1}}));
  plan.take(make_event(event::kGap, {}));
  EXPECT_FALSE(plan.next());
}

TEST(SplicePlan, IsBounded) {
  SplicePlan plan;
  for (std::uint32_t n = 0; n < 2000; ++n) plan.take(cue(1, out(n, 10 + n)));
  std::size_t count = 0;
  for (; plan.next(); ++count) EXPECT_TRUE(plan.reach(*plan.next()));
  EXPECT_EQ(count, SplicePlan::kMost);
}

}  // namespace
}  // namespace weir::media
