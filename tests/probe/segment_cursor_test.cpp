#include "probe/segment_cursor.h"

#include <gtest/gtest.h>

#include "probe/live_sample.h"

namespace weir::probe {
namespace {

using What = NextPiece::What;

LivePlaylist read(const std::string& text) {
  return *read_live_playlist(text);
}

/// With parts, of fMP4.
std::string low(std::int64_t parts) {
  return replaced(low_version(parts), "#EXT-X-MEDIA-SEQUENCE",
                  "#EXT-X-MAP:URI=\"i.mp4\"\n#EXT-X-MEDIA-SEQUENCE");
}

TEST(SegmentCursor, BeginsThreeTargetDurationsFromTheEnd) {
  const auto list = read(live_version(7));
  const auto next = SegmentCursor::begin(list).next(list);
  ASSERT_EQ(next.what, What::kFetch);
  EXPECT_EQ(next.piece.uri, "s10.ts");
  EXPECT_EQ(next.piece.at.part, -1);
}

TEST(SegmentCursor, BeginsAtTheFrontOfWhatHasEnded) {
  const auto list = read(live_version(7) + "#EXT-X-ENDLIST\n");
  EXPECT_EQ(SegmentCursor::begin(list).next(list).piece.uri, "s7.ts");
}

TEST(SegmentCursor, BeginsPartHoldBackFromTheEnd) {
  const auto list = read(low(41));  // two parts of number 20 are open
  EXPECT_EQ(list.part_hold_back_us, 6 * kSecondUs);
  EXPECT_EQ(SegmentCursor::begin(list).next(list).piece.uri, "s19.2.mp4");
}

TEST(SegmentCursor, GoesFromSegmentToSegmentAndWaitsForTheNext) {
  const auto list = read(live_version(7));
  auto cursor = SegmentCursor::begin(list);
  for (const char* uri : {"s10.ts", "s11.ts", "s12.ts"}) {
    const auto next = cursor.next(list);
    EXPECT_EQ(next.piece.uri, uri);
    cursor.pass(next.piece);
  }
  EXPECT_EQ(cursor.next(list).what, What::kWait);
  EXPECT_EQ(cursor.next(read(live_version(8))).piece.uri, "s13.ts");
  EXPECT_EQ(cursor.next(read(live_version(7) + "#EXT-X-ENDLIST\n")).what, What::kEnd);
  EXPECT_EQ(cursor.next(read(live_version(14))).what, What::kGone);
}

TEST(SegmentCursor, GoesFromPartToPartOverTheEndOfASegment) {
  auto list = read(low(41));
  auto cursor = SegmentCursor::begin(list);
  for (int parts = 42;
       const char* uri : {"s19.2.mp4", "s20.0.mp4", "s20.1.mp4", "s20.2.mp4", "s21.0.mp4"}) {
    while (cursor.next(list).what == What::kWait) list = read(low(parts++));
    const auto next = cursor.next(list);
    EXPECT_EQ(next.piece.uri, uri);
    ASSERT_TRUE(next.piece.map);
    cursor.pass(next.piece);
  }
}

TEST(SegmentCursor, TakesTheWholeSegmentWhereNothingOfItWasFetched) {
  const auto list = read(low(42));
  EXPECT_EQ(SegmentCursor::at(list, 20, {}).next(list).piece.uri, "s20.mp4");
}

TEST(SegmentCursor, TellsTheDateOfEachPiece) {
  const auto list = read(low(41));
  const auto next = SegmentCursor::begin(list).next(list);  // the third part of number 19
  ASSERT_TRUE(next.piece.date_us && list.segments[0].date_us);
  EXPECT_EQ(*next.piece.date_us, *list.segments[0].date_us + (9 * 6 + 4) * kSecondUs);
}

TEST(SegmentCursor, GoesOnInAnotherRenditionByDate) {
  const auto one = read(live_version(7));
  const auto other = read(replaced(live_version(7), "SEQUENCE:7", "SEQUENCE:107"));
  const auto date = one.find(9)->date_us;
  EXPECT_EQ(SegmentCursor::at(other, 9, date).next(other).piece.uri, "s9.ts");
  EXPECT_EQ(SegmentCursor::at(other, 9, date).next(other).piece.at.number, 109);
  EXPECT_EQ(SegmentCursor::at(one, 9, {}).next(one).piece.uri, "s9.ts");
}

TEST(SegmentCursor, KnowsWhenItIsBetweenTwoSegments) {
  const auto list = read(low(41));
  auto cursor = SegmentCursor::begin(list);
  EXPECT_EQ(cursor.boundary(list), std::nullopt);
  cursor.pass(cursor.next(list).piece);
  EXPECT_EQ(cursor.boundary(list), 20);
}

}  // namespace
}  // namespace weir::probe
