#include "hls/reload.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::hls {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using enum ReloadState;

// Segments 20 to 22 of two seconds, four parts each; 23 is open and has two.
constexpr std::string_view kLive =
    "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-VERSION:9\n"
    "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,CAN-SKIP-UNTIL=12.0\n"
    "#EXT-X-PART-INF:PART-TARGET=0.5\n#EXT-X-MEDIA-SEQUENCE:20\n#EXT-X-MAP:URI=\"init.mp4\"\n"
    "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z\n#EXTINF:2,\n20.m4s\n#EXTINF:2,\n21.m4s\n"
    "#EXT-X-PART:DURATION=0.5,URI=\"22.0.m4s\"\n#EXT-X-PART:DURATION=0.5,URI=\"22.1.m4s\"\n"
    "#EXT-X-PART:DURATION=0.5,URI=\"22.2.m4s\"\n#EXT-X-PART:DURATION=0.5,URI=\"22.3.m4s\"\n"
    "#EXTINF:2,\n22.m4s\n#EXT-X-PART:DURATION=0.5,URI=\"23.0.m4s\"\n\n# a comment\n"
    "#EXT-X-PART:DURATION=0.5,URI=\"23.1.m4s\"\n"
    "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"23.2.m4s\"\n"
    "#EXT-X-RENDITION-REPORT:URI=\"../a/index.m3u8\",LAST-MSN=23,LAST-PART=1\n";

std::string with(std::string text, std::string_view what, std::string_view by) {
  return text.replace(text.find(what), what.size(), by);
}

ReloadState asked(std::string_view query, std::string_view playlist = kLive) {
  return state_of(reach_of(playlist), read_directives(query));
}

TEST(ReachOf, ALivePlaylist) {
  const auto reach = reach_of(kLive);
  EXPECT_TRUE(reach.is_media && reach.can_block && reach.can_skip && !reach.ended);
  EXPECT_EQ(reach.target, Micros(2'000'000));
  EXPECT_EQ(reach.part_target, Micros(500'000));
  EXPECT_EQ(reach.next, 23);
  EXPECT_EQ(reach.open_parts, 2);
  EXPECT_EQ(reach.last_parts, 4);
  EXPECT_THAT(reach.hints, ElementsAre("23.2.m4s"));
}

TEST(ReachOf, OtherTexts) {
  const auto ended = reach_of(std::string(kLive) + "#EXT-X-ENDLIST\r\n");
  EXPECT_TRUE(ended.ended);
  const auto master = reach_of("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n");
  EXPECT_FALSE(master.is_media);
  const auto plain = reach_of("#EXTM3U\r\n#EXT-X-TARGETDURATION:6\r\n#EXTINF:6,\r\na.ts\r\n");
  EXPECT_FALSE(plain.can_block);
  EXPECT_EQ(plain.next, 1);
  EXPECT_EQ(plain.target, Micros(6'000'000));
  EXPECT_EQ(reach_of("").next, 0);
}

TEST(ReachOf, SurvivesAnyBytes) {
  const std::string huge = with(std::string(kLive), "SEQUENCE:20", "SEQUENCE:9223372036854775807");
  EXPECT_EQ(asked("_HLS_msn=9223372036854775807", huge), kRefused);
  EXPECT_EQ(asked("_HLS_msn=20&_HLS_part=9223372036854775807", huge), kThere);
  std::minstd_rand random(3);
  for (int i = 0; i < 3000; ++i) {
    std::string bad(kLive);
    for (int n = 0; n < 6; ++n) bad[random() % bad.size()] = static_cast<char>(random() % 256);
    (void)asked("_HLS_msn=23&_HLS_part=2", bad);
    (void)asked("_HLS_msn=24", bad.substr(random() % bad.size()));
  }
}

TEST(ReadDirectives, TakesItsOwnOutOfAQuery) {
  const auto read = read_directives("token=a&_HLS_part=3&_HLS_msn=12&&_HLS_new=1&_HLS_skip=YES&x");
  EXPECT_EQ(read.msn, 12);
  EXPECT_EQ(read.part, 3);
  EXPECT_EQ(read.skip, Directives::Skip::kSegments);
  EXPECT_FALSE(read.is_wrong);
  EXPECT_EQ(read_directives("_HLS_skip=v2").skip, Directives::Skip::kDateRanges);
  EXPECT_EQ(read_directives("_HLS_skip=no").skip, Directives::Skip::kNone);
  EXPECT_EQ(read_directives("a_HLS_msn=1").msn, std::nullopt);
}

TEST(ReadDirectives, SaysWhatIsNoNumber) {
  for (const std::string query :
       {"_HLS_msn=", "_HLS_msn", "_HLS_msn=-1", "_HLS_msn=1.0", "_HLS_msn=0x1", "_HLS_msn=1%20",
        "_HLS_msn=9223372036854775808", "_HLS_msn=1&_HLS_msn=1", "_HLS_msn=1&_HLS_part=x"})
    EXPECT_TRUE(read_directives(query).is_wrong) << query;
}

TEST(StateOf, WhatThePlaylistHasIsThere) {
  for (const std::string query :
       {"", "_HLS_skip=YES", "_HLS_msn=0", "_HLS_msn=22", "_HLS_msn=19&_HLS_part=99",
        "_HLS_msn=21&_HLS_part=7", "_HLS_msn=22&_HLS_part=3", "_HLS_msn=23&_HLS_part=1"})
    EXPECT_EQ(asked(query), kThere) << query;
}

TEST(StateOf, WhatComesNextIsToCome) {
  for (const std::string query :
       {"_HLS_msn=23", "_HLS_msn=24", "_HLS_msn=23&_HLS_part=2", "_HLS_msn=23&_HLS_part=7",
        "_HLS_msn=24&_HLS_part=0", "_HLS_msn=24&_HLS_part=5"})
    EXPECT_EQ(asked(query), kToCome) << query;
}

// Section 6.2.5.2: more than two segments, or three seconds of parts, beyond the last.
TEST(StateOf, WhatIsTooFarAheadIsRefused) {
  for (const std::string query :
       {"_HLS_msn=25", "_HLS_msn=25&_HLS_part=0", "_HLS_msn=23&_HLS_part=8",
        "_HLS_msn=24&_HLS_part=6", "_HLS_msn=99999999999"})
    EXPECT_EQ(asked(query), kRefused) << query;
  const std::string slow = with(std::string(kLive), "PART-TARGET=0.5", "PART-TARGET=1.0");
  EXPECT_EQ(asked("_HLS_msn=23&_HLS_part=4", slow), kToCome);
  EXPECT_EQ(asked("_HLS_msn=23&_HLS_part=5", slow), kRefused);
}

// Behind the last part of a segment comes the first of the next.
TEST(StateOf, APartBehindTheLastIsTheFirstOfTheNextSegment) {
  EXPECT_EQ(asked("_HLS_msn=22&_HLS_part=4"), kThere);
  EXPECT_EQ(asked("_HLS_msn=22&_HLS_part=400"), kThere);
  std::string closed(kLive);
  closed.erase(closed.find("#EXT-X-PART:DURATION=0.5,URI=\"23.0"));
  EXPECT_EQ(asked("_HLS_msn=22&_HLS_part=3", closed), kThere);
  EXPECT_EQ(asked("_HLS_msn=22&_HLS_part=4", closed), kToCome);
  EXPECT_EQ(asked("_HLS_msn=23&_HLS_part=0", closed), kToCome);
}

TEST(StateOf, APartOfNoNumberIsRefused) {
  EXPECT_EQ(asked("_HLS_part=0"), kRefused);
  EXPECT_EQ(asked("_HLS_part=0&_HLS_skip=YES"), kRefused);
  EXPECT_EQ(asked("_HLS_msn=x"), kRefused);
}

TEST(StateOf, AnEndedPlaylistIsThereWhateverIsAsked) {
  const std::string ended = std::string(kLive) + "#EXT-X-ENDLIST\n";
  for (const std::string query : {"_HLS_msn=24", "_HLS_msn=99", "_HLS_part=1", "_HLS_msn=x"})
    EXPECT_EQ(asked(query, ended), kThere) << query;
}

TEST(StateOf, OneThatDoesNotOfferToBlockIsThere) {
  const std::string plain = with(std::string(kLive), "CAN-BLOCK-RELOAD=YES,", "");
  EXPECT_EQ(asked("_HLS_msn=24", plain), kThere);
  EXPECT_EQ(asked("_HLS_part=1", plain), kRefused);
  EXPECT_EQ(asked("_HLS_msn=1&_HLS_part=1", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n"),
            kThere);
}

// Such as those of key pictures beside others in parts.
TEST(StateOf, OneWithoutPartsIsAskedForWholeSegments) {
  const std::string whole =
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES\n"
      "#EXT-X-MEDIA-SEQUENCE:4\n#EXT-X-I-FRAMES-ONLY\n#EXTINF:2,\na\n";
  EXPECT_EQ(asked("_HLS_msn=4", whole), kThere);
  EXPECT_EQ(asked("_HLS_msn=4&_HLS_part=9", whole), kThere);
  EXPECT_EQ(asked("_HLS_msn=5&_HLS_part=0", whole), kToCome);
  EXPECT_EQ(asked("_HLS_msn=6", whole), kToCome);
  EXPECT_EQ(asked("_HLS_msn=7", whole), kRefused);
}

TEST(StateOf, AnEmptyPlaylistHasNothingYet) {
  const std::string none =
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES\n"
      "#EXT-X-PART-INF:PART-TARGET=0.5\n";
  EXPECT_EQ(asked("_HLS_msn=0&_HLS_part=0", none), kToCome);
  EXPECT_EQ(asked("_HLS_msn=1", none), kToCome);
  EXPECT_EQ(asked("_HLS_msn=2", none), kRefused);
  EXPECT_THAT(reach_of(none).hints, IsEmpty());
}

}  // namespace
}  // namespace weir::hls
