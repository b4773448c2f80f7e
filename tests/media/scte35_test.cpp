#include "media/scte35.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/event.h"
#include "support/matchers.h"
#include "support/scte35.h"

namespace weir::media {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::_;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kWrap = std::int64_t{1} << 33;

SpliceInfo parsed(const support::SpliceSection& section) {
  auto info = parse_splice_info(section.bytes());
  EXPECT_THAT(info, IsOk());
  return info ? *info : SpliceInfo();
}

TEST(SpliceInfo, OfABreakSaysItsEventItsTimeAndItsLength) {
  const auto info = parsed(support::splice_insert(
      {.event = 0x6ffffff0, .pts = 900'000, .duration = 30 * 90'000, .auto_return = true}));
  ASSERT_TRUE(info.insert);
  EXPECT_EQ(info.command, SpliceInfo::kInsert);
  EXPECT_EQ(info.insert->event, 0x6ffffff0U);
  EXPECT_TRUE(info.insert->out);
  EXPECT_TRUE(info.insert->auto_return);
  EXPECT_FALSE(info.insert->cancelled);
  EXPECT_EQ(info.pts, 900'000);
  EXPECT_EQ(info.insert->duration->micros(), 30'000'000);
}

TEST(SpliceInfo, AtOnceHasNoTime) {
  const auto info = parsed(support::splice_insert({.out = false}));
  EXPECT_FALSE(info.pts);
  EXPECT_FALSE(info.insert->out);
  EXPECT_FALSE(info.insert->duration);
  EXPECT_FALSE(parsed(support::time_signal({})).pts);
}

TEST(SpliceInfo, OfACancelledEventSaysNoMore) {
  const auto info = parsed(support::splice_insert({.event = 9, .cancelled = true}));
  EXPECT_TRUE(info.insert->cancelled);
  EXPECT_EQ(info.insert->event, 9U);
}

TEST(SpliceInfo, InComponentModeTakesTheFirstComponentsTime) {
  support::BitWriter body;
  body.bits(5, 32).bits(0, 1).bits(0x7f, 7).bits(1, 1).bits(0, 1).bits(0, 1).bits(0, 1).bits(15, 4);
  body.bits(2, 8);
  for (const std::int64_t pts : {450'000, 460'000}) {
    body.bits(1, 8);
    support::put_splice_time(body, pts);
  }
  body.bits(7, 16).bits(0, 16);
  EXPECT_EQ(parsed({.command = 5, .body = body.bytes()}).pts, 450'000);
}

TEST(SpliceInfo, TheAdjustmentIsAddedAndWraps) {
  auto section = support::time_signal(kWrap - 100);
  section.adjustment = 300;
  EXPECT_EQ(parsed(section).pts, 200);
}

TEST(SpliceInfo, ListsEverySegmentation) {
  const auto info = parsed(support::time_signal(
      90'000, {support::segmentation({.event = 1, .type = 0x35, .upid = Bytes(40, 7)}),
               Bytes{0x01, 0x04, 'C', 'U', 'E', 'I'},
               support::segmentation({.event = 2, .type = 0x30, .duration = 15 * 90'000}),
               support::segmentation({.event = 3, .cancelled = true})}));
  ASSERT_THAT(info.segmentations, SizeIs(3));
  EXPECT_TRUE(info.segmentations[0].in());
  EXPECT_FALSE(info.segmentations[0].out());
  EXPECT_TRUE(info.segmentations[1].out());
  EXPECT_EQ(info.segmentations[1].duration->micros(), 15'000'000);
  EXPECT_TRUE(info.segmentations[2].cancelled);
}

TEST(SpliceInfo, OnlyWhatReplacesTheProgrammeIsOutOrIn) {
  for (const int type : {0x10, 0x11, 0x20, 0x21, 0x40, 0x50, 0x51}) {
    EXPECT_FALSE((Segmentation{.type = type}.out())) << type;
    EXPECT_FALSE((Segmentation{.type = type}.in())) << type;
  }
  EXPECT_TRUE((Segmentation{.type = 0x22}.out()));
  EXPECT_TRUE((Segmentation{.type = 0x47}.in()));
}

TEST(SpliceInfo, OfAnEncryptedSectionNothingIsKnown) {
  auto section = support::splice_insert({.pts = 5});
  section.encrypted = true;
  const auto info = parsed(section);
  EXPECT_TRUE(info.encrypted);
  EXPECT_FALSE(info.insert);
}

TEST(SpliceInfo, ReadsCommandsWithoutALengthAndStuffingBehindTheSection) {
  auto section = support::time_signal(90'000, {support::segmentation({.event = 4})});
  section.tells_length = false;
  Bytes bytes = section.bytes();
  const std::size_t size = bytes.size();
  bytes.insert(bytes.end(), 20, 0xff);
  const auto info = parse_splice_info(bytes);
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->size, size);
  EXPECT_THAT(info->segmentations, SizeIs(1));
}

TEST(SpliceInfo, ANullWithoutDescriptorsIsOne) {
  const auto info = parsed({});
  EXPECT_EQ(info.command, SpliceInfo::kNull);
  EXPECT_FALSE(info.descriptors);
  EXPECT_THAT(info.segmentations, IsEmpty());
}

TEST(SpliceInfo, AnyByteThatIsWrongIsFoundByTheChecksum) {
  const Bytes whole = support::splice_insert({.pts = 1, .duration = 2}).bytes();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Bytes bytes = whole;
    bytes[i] ^= 0x10;
    EXPECT_THAT(parse_splice_info(bytes), FailsWith(Code::kBadInput, _)) << i;
  }
}

TEST(SpliceInfo, CutOffAnywhereIsDamage) {
  const Bytes whole = support::time_signal(1, {support::segmentation({})}).bytes();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(parse_splice_info(ByteView(whole).first(size)), FailsWith(Code::kBadInput, _));
}

// The checksum is put right again, so that the fields themselves are looked at.
TEST(SpliceInfo, WrongLengthsInsideNeverReadBeyondTheSection) {
  const Bytes whole =
      support::time_signal(1, {support::segmentation({.upid = Bytes(9, 1)})}).bytes();
  std::uint32_t random = 1;
  int good = 0;
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes = whole;
    for (int i = 0; i < 3; ++i) {
      random = random * 1664525 + 1013904223;
      bytes[3 + (random >> 8) % (bytes.size() - 7)] = static_cast<std::uint8_t>(random >> 24);
    }
    const std::uint32_t crc = support::mpeg_crc32(ByteView(bytes).first(bytes.size() - 4));
    for (std::size_t i = 0; i < 4; ++i)
      bytes[bytes.size() - 4 + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    // In memory of exactly this size a sanitizer sees every byte read beyond it.
    if (parse_splice_info(bytes)) ++good;
  }
  EXPECT_GT(good, 0);
  EXPECT_LT(good, 20'000);
}

TEST(SpliceTime, IsTheNearestOneTheClockShows) {
  EXPECT_EQ(splice_time({1000, kSpliceBase}, 5000).ticks, 5000);
  EXPECT_EQ(splice_time({5000, kSpliceBase}, 1000).ticks, 1000);
  EXPECT_EQ(splice_time({kWrap - 10, kSpliceBase}, 90).ticks, kWrap + 90);
  EXPECT_EQ(splice_time({3 * kWrap + 10, kSpliceBase}, kWrap - 5).ticks, 3 * kWrap - 5);
  EXPECT_EQ(splice_time({-500, kSpliceBase}, 20).ticks, 20);
  EXPECT_EQ(splice_time({2, {1, 1}}, 270'000).ticks, 270'000);
}

TEST(Event, OfACueKeepsItsSectionAndItsSplice) {
  const Bytes section = support::splice_insert({.pts = 900'000}).bytes();
  Event event = cue_event({450'000, kSpliceBase}, section, Time{900'000, kSpliceBase});
  shift_event(event, {-1, {1, 1}});
  const auto back = parse_event(to_json(event));
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->at.ticks, 360'000);
  EXPECT_EQ(cue_time(*back).ticks, 810'000);
  EXPECT_EQ(cue_section(*back), section);
}

TEST(Event, OfACueAtOnceIsWhereItCame) {
  const Event event = cue_event({7, kSpliceBase}, Bytes{1, 2}, {});
  EXPECT_EQ(to_json(event), R"({"event":"cue","pts":7,"base":"1/90000","scte35":"AQI="})");
  EXPECT_EQ(cue_time(event).ticks, 7);
}

TEST(Event, ThatIsNoCueHasNoSection) {
  Event event = make_event(event::kCue, {});
  EXPECT_FALSE(cue_section(event));
  event.body["scte35"] = "no base64!";
  EXPECT_FALSE(cue_section(event));
  EXPECT_FALSE(cue_section(make_event(event::kGap, {})));
}

}  // namespace
}  // namespace weir::media
