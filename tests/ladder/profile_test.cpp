// What is known of a source from the sizes of its packets.
#include "ladder/profile.h"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"
#include "support/packets.h"

namespace weir::ladder {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;

media::Time ms(std::int64_t ticks) {
  return {ticks, {1, 1000}};
}

Profile profile_of(std::string_view text, const support::PacketStyle& style = {}) {
  Profile profile;
  for (const auto& packet : support::packets(text, style)) profile.note(packet);
  profile.finish();
  return profile;
}

// Gives items, then an end or a failure.
class Items : public flow::Source<media::Item> {
 public:
  std::deque<media::Item> items;
  Result<void> end;

  void add(std::string_view text, int track) {
    for (auto& packet : support::packets(text, {.track = track}))
      items.push_back(std::move(packet));
  }
  Result<std::optional<media::Item>> next() override {
    if (items.empty() && !end) return fail(end.error());
    if (items.empty()) return std::optional<media::Item>();
    auto item = std::move(items.front());
    items.pop_front();
    return std::optional(std::move(item));
  }
};

TEST(Profile, CountsThePacketsShownInASpan) {
  const auto profile = profile_of("K0/-80 d120/-40 d40/0 d80/40", {.payload = "0123456789"});
  EXPECT_EQ(profile.bits(ms(0), ms(160)), 320);
  EXPECT_EQ(profile.bits(ms(0), ms(80)), 160);
  EXPECT_EQ(profile.bits(ms(80), ms(121)), 160);
  EXPECT_EQ(profile.bits(ms(121), ms(1'000)), 0);
  EXPECT_EQ(profile.bits(ms(-1'000), ms(1)), 80);
}

TEST(Profile, ASpanHoldsItsBeginAndNotItsEnd) {
  const auto profile = profile_of("K0 d40 d80");
  EXPECT_EQ(profile.bits(ms(40), ms(80)), 8);
  EXPECT_EQ(profile.bits(ms(40), ms(40)), 0);
  EXPECT_EQ(profile.bits(ms(80), ms(0)), 0);
}

TEST(Profile, SpansInAnotherBaseAreExact) {
  // Pictures at 1001/24000 s; their times in microseconds would be rounded.
  const auto profile = profile_of("K0 d1 d2 d3", {.base = {1001, 24'000}, .duration = 1});
  EXPECT_EQ(profile.bits({0, {1, 1}}, {3003, {1, 24'000}}), 24);
  EXPECT_EQ(profile.bits({0, {1, 1}}, {3004, {1, 24'000}}), 32);
  EXPECT_EQ(profile.bits({125'125, media::kMicros}, {1, {1, 1}}), 8);
}

TEST(Profile, SpansThatMeetAddUpToTheWhole) {
  Profile profile;
  std::int64_t bytes = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string payload(static_cast<std::size_t>(1 + i * 7919 % 997), 'x');
    bytes += static_cast<std::int64_t>(payload.size());
    const int shown = i / 4 * 4 + (3 - i % 4);  // not in the order they come in
    for (auto& packet : support::packets("K0", {.payload = payload})) {
      packet.raw()->pts = shown;
      profile.note(packet);
    }
  }
  profile.finish();
  double sum = 0;
  for (int i = 0; i < 1000; i += 37) sum += profile.bits(ms(i), ms(i + 37));
  EXPECT_EQ(sum, 8.0 * static_cast<double>(bytes));
}

TEST(Profile, BeginsWithTheFirstPictureAndEndsAfterTheLast) {
  const auto profile = profile_of("K80/0 d200/40 d120/80 d160/120");
  EXPECT_EQ(profile.begin(), ms(80));
  EXPECT_EQ(profile.end(), ms(240));
  EXPECT_EQ(profile_of("K80 d120", {.duration = 0}).end(), ms(120));
}

TEST(Profile, OfNothingIsEmpty) {
  const auto profile = profile_of("");
  EXPECT_TRUE(profile.empty());
  EXPECT_EQ(profile.bits(ms(0), ms(1'000)), 0);
  EXPECT_EQ(profile.begin(), profile.end());
}

TEST(Profile, FingerprintsTellSourcesApart) {
  const std::string long_payload(100, 'a');
  const std::string other_head = "b" + std::string(99, 'a');
  const auto one = profile_of("K0 d40", {.payload = long_payload}).fingerprint();
  EXPECT_EQ(profile_of("K0 d40", {.payload = long_payload}).fingerprint(), one);
  EXPECT_NE(profile_of("d40 K0", {.payload = long_payload}).fingerprint(), one);
  EXPECT_NE(profile_of("K0 d41", {.payload = long_payload}).fingerprint(), one);
  EXPECT_NE(profile_of("K0 d40", {.payload = long_payload + "a"}).fingerprint(), one);
  EXPECT_NE(profile_of("K0 d40", {.payload = other_head}).fingerprint(), one);
  EXPECT_NE(profile_of("K0 d40 d80", {.payload = long_payload}).fingerprint(), one);
}

TEST(Scan, TakesTheTrackItIsAskedForAndReadsToTheEnd) {
  Items source;
  source.add("K0 d40 d80", 0);
  source.add("K0 K20 K40 K60", 1);
  source.items.push_back(media::make_event(media::event::kEnd, ms(80)));
  const auto profile = scan(source, 0);
  ASSERT_THAT(profile, IsOk());
  EXPECT_EQ(profile->bits(ms(0), ms(1'000)), 24);
  EXPECT_TRUE(source.items.empty());
}

TEST(Scan, OfAnEmptySourceIsEmpty) {
  Items source;
  const auto profile = scan(source, 0);
  ASSERT_THAT(profile, IsOk());
  EXPECT_TRUE(profile->empty());
}

TEST(Scan, KeepsWhatWasGoodBeforeDamage) {
  Items source;
  source.add("K0 d40", 0);
  source.end = fail(Code::kBadInput, "cut off");
  const auto profile = scan(source, 0);
  ASSERT_THAT(profile, IsOk());
  EXPECT_EQ(profile->bits(ms(0), ms(1'000)), 16);
}

TEST(Scan, PassesOnAStopAndAReadThatFailed) {
  Items source;
  source.end = fail(Code::kStopped, "stopped");
  EXPECT_THAT(scan(source, 0), FailsWith(Code::kStopped, HasSubstr("stopped")));
  source.end = fail(Code::kIo, "no answer");
  EXPECT_THAT(scan(source, 0), FailsWith(Code::kIo, HasSubstr("no answer")));
}

}  // namespace
}  // namespace weir::ladder
