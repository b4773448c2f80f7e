// SCTE-35 sections of a stream, and the date ranges players read.
#include "publish/hls_cues.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "hls/low_latency.h"
#include "hls/playlist_text.h"
#include "publish/hls_source.h"
#include "support/golden.h"
#include "support/matchers.h"
#include "support/scte35.h"

namespace weir::publish {
namespace {

using support::IsOk;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::int64_t kSecond = 90'000;
constexpr std::int64_t kNoon = 1'795'348'800'000'000;  // 2026-11-22T12:00:00Z

/// A section that comes at second `came` and takes place at the second it says itself.
media::Event cue(std::int64_t came, const support::SpliceSection& section) {
  const Bytes bytes = section.bytes();
  const auto info = media::parse_splice_info(bytes);
  std::optional<media::Time> splice;
  if (info && info->pts) splice = media::Time{*info->pts, media::kSpliceBase};
  return media::cue_event({came * kSecond, media::kSpliceBase}, bytes, splice);
}

support::SpliceSection out(std::uint32_t event, std::int64_t at,
                           std::optional<std::int64_t> length = {}, bool returns = false) {
  return support::splice_insert({.event = event,
                                 .pts = at * kSecond,
                                 .duration = length ? std::optional(*length * kSecond) : length,
                                 .auto_return = returns});
}
support::SpliceSection in(std::uint32_t event, std::int64_t at) {
  return support::splice_insert({.event = event, .out = false, .pts = at * kSecond});
}

/// Cues of a stream whose second 0 is noon, and their lines.
class Cues : public ::testing::Test {
 protected:
  Cues() { wall.fix({0, {1, 1}}, kNoon); }
  void take(std::int64_t came, const support::SpliceSection& section) {
    cues.take(cue(came, section));
    reach(came);
  }
  void reach(std::int64_t second) { cues.date(wall, {second, {1, 1}}); }
  std::vector<std::string> lines(std::int64_t from = 0) const {
    std::vector<std::string> all;
    for (const auto& tag : cues.since(kNoon + from * 1'000'000)) all.push_back(tag->line);
    return all;
  }

  support::Words words;
  HlsCues cues{words};
  WallTime wall;
};

TEST_F(Cues, ABreakIsATagForItsBeginAndOneMoreForItsEnd) {
  take(2, out(0x6ffffff0, 10, 30));
  take(36, in(0x6ffffff0, 38));
  const std::string id =
      "#EXT-X-DATERANGE:ID=\"splice-6FFFFFF0\",START-DATE=\"2026-11-22T12:00:10.000Z\",";
  EXPECT_THAT(lines(), ElementsAre(StartsWith(id + "PLANNED-DURATION=30.000,SCTE35-OUT=0xFC30"),
                                   StartsWith(id + "END-DATE=\"2026-11-22T12:00:38.000Z\","
                                                   "DURATION=28.000,SCTE35-IN=0xFC30")));
}

TEST_F(Cues, TheSectionIsToldToTheLastBit) {
  const auto section = out(1, 10);
  take(2, section);
  EXPECT_THAT(
      lines(),
      ElementsAre(EndsWith(fmt::format("SCTE35-OUT=0x{:02X}\n", fmt::join(section.bytes(), "")))));
}

TEST_F(Cues, ARepeatedSectionChangesNothing) {
  for (const std::int64_t came : {2, 4, 6, 12}) take(came, out(1, 10, 30));
  EXPECT_THAT(lines(), SizeIs(1));
  for (const std::int64_t came : {30, 32, 34}) take(came, in(1, 40));
  EXPECT_THAT(lines(), SizeIs(2));
}

TEST_F(Cues, AnEventUsedAgainGetsAnotherId) {
  take(2, out(1, 10, 30));
  take(36, in(1, 40));
  take(60, out(1, 70, 30));
  take(90, in(1, 100));
  const auto all = lines();
  ASSERT_THAT(all, SizeIs(4));
  EXPECT_THAT(all[2], HasSubstr("ID=\"splice-00000001@20261122T120110.000Z\""));
  EXPECT_THAT(all[3], AllOf(HasSubstr("ID=\"splice-00000001@"), HasSubstr("DURATION=30.000")));
}

TEST_F(Cues, AnEventUsedAgainLongAfterGetsAnotherIdToo) {
  take(2, out(1, 10, 30));
  take(36, in(1, 40));
  cues.forget_before(kNoon + 60'000'000);
  EXPECT_THAT(lines(), IsEmpty());
  take(100, out(1, 110, 30));
  EXPECT_THAT(lines(), ElementsAre(HasSubstr("ID=\"splice-00000001@20261122T120150.000Z\"")));
}

TEST_F(Cues, ABreakThatReturnsByItselfEndsWhenItsTimeIsOver) {
  take(2, out(1, 10, 30, true));
  reach(39);
  EXPECT_THAT(lines(), SizeIs(1));
  reach(40);
  EXPECT_THAT(lines(), ElementsAre(HasSubstr("SCTE35-OUT"),
                                   AllOf(HasSubstr("END-DATE=\"2026-11-22T12:00:40.000Z\""),
                                         HasSubstr("DURATION=30.000"), Not(HasSubstr("SCTE35")))));
}

TEST_F(Cues, AnEndWithoutABeginIsToldAlone) {
  take(2, in(1, 10));
  EXPECT_THAT(lines(), ElementsAre(AllOf(HasSubstr("START-DATE=\"2026-11-22T12:00:10.000Z\""),
                                         HasSubstr("DURATION=0.000,SCTE35-IN=0x"))));
}

TEST_F(Cues, ACancelledBreakLeavesUnlessItHasBegun) {
  take(2, out(1, 10));
  take(3, out(2, 20));
  take(15, support::splice_insert({.event = 1, .cancelled = true}));
  take(15, support::splice_insert({.event = 2, .cancelled = true}));
  EXPECT_THAT(lines(), ElementsAre(HasSubstr("splice-00000001")));
}

TEST_F(Cues, EverySegmentationIsARangeOfItsOwn) {
  take(2, support::time_signal(
              10 * kSecond,
              {support::segmentation({.event = 1, .type = 0x34, .duration = 30 * kSecond}),
               support::segmentation({.event = 2, .type = 0x30}),
               support::segmentation({.event = 3, .type = 0x10})}));
  take(35, support::time_signal(40 * kSecond, {support::segmentation({.event = 1, .type = 0x35})}));
  EXPECT_THAT(lines(),
              ElementsAre(AllOf(HasSubstr("segmentation-00000001-34"), HasSubstr("SCTE35-OUT"),
                                HasSubstr("PLANNED-DURATION=30.000")),
                          AllOf(HasSubstr("segmentation-00000001-34"), HasSubstr("SCTE35-IN"),
                                HasSubstr("DURATION=30.000")),
                          AllOf(HasSubstr("segmentation-00000002-30"), HasSubstr("SCTE35-OUT")),
                          AllOf(HasSubstr("segmentation-00000003-10"), HasSubstr("SCTE35-CMD"))));
}

TEST_F(Cues, WhatIsNoBreakIsACommandWhereItTakesPlaceOrCame) {
  auto hidden = out(1, 10);
  hidden.encrypted = true;
  take(2, support::time_signal(10 * kSecond));
  take(3, hidden);
  take(4, {.command = 255, .body = {'C', 'U', 'E', 'I'}});
  EXPECT_THAT(lines(), ElementsAre(AllOf(HasSubstr("START-DATE=\"2026-11-22T12:00:10.000Z\""),
                                         HasSubstr("DURATION=0.000,SCTE35-CMD=0x")),
                                   AllOf(HasSubstr("12:00:03.000Z"), HasSubstr("SCTE35-CMD")),
                                   AllOf(HasSubstr("12:00:04.000Z"), HasSubstr("SCTE35-CMD"))));
}

TEST_F(Cues, WhatSaysNothingIsLeftOut) {
  take(2, {});
  take(2, {.command = 7});
  EXPECT_THAT(lines(), IsEmpty());
  take(2, {.descriptors = {Bytes{0, 4, 1, 2, 3, 4}}});
  EXPECT_THAT(lines(), SizeIs(1));
}

TEST_F(Cues, ADamagedSectionIsLeftOutAndThatIsSaidOnce) {
  for (int i = 0; i < 3; ++i) cues.take(media::cue_event({}, Bytes{0xfc, 1, 2, 3}, {}));
  reach(1);
  EXPECT_THAT(lines(), IsEmpty());
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("a damaged SCTE-35 section")));
}

TEST_F(Cues, ARangeIsListedAsLongAsAMomentOfItIs) {
  take(2, out(1, 10, 30));
  take(36, in(1, 40));
  EXPECT_THAT(lines(40), SizeIs(2));
  EXPECT_THAT(lines(41), IsEmpty());
}

TEST_F(Cues, BreaksWithoutAnEndAreBounded) {
  for (std::uint32_t event = 0; event < 500; ++event) take(event, out(event, event + 5));
  EXPECT_THAT(lines(), SizeIs(64));
}

/// The same in playlists.
class CuePlaylists : public Publisher {
 protected:
  CuePlaylists() {
    options.type = Type::kLive;
    options.window = 10s;
  }
  std::string playlist(const std::string& folder = "720p") const {
    return store.text(folder + "/index.m3u8");
  }
  static std::size_t ranges(const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find("#EXT-X-DATERANGE", at)) != std::string::npos; ++at)
      ++count;
    return count;
  }
};

TEST_F(CuePlaylists, OfPicturesAndSoundAllTellOfTheBreak) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 3), IsOk());
  ASSERT_THAT(push_event(cue(3, out(1, 6, 4))), IsOk());
  ASSERT_THAT(push(3, 9), IsOk());
  ASSERT_THAT(push_event(cue(9, in(1, 10))), IsOk());
  ASSERT_THAT(push(9, 13), IsOk());
  for (const auto* folder : {"720p", "360p", "audio"}) EXPECT_EQ(ranges(playlist(folder)), 2U);
  support::expect_golden("hls/cues_live.m3u8", playlist());
  ASSERT_THAT(publisher->finish(), IsOk());
}

TEST_F(CuePlaylists, ForgetTheBreakWhenNothingListedIsInIt) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_event(cue(0, out(1, 2, 3, true))), IsOk());
  ASSERT_THAT(push(0, 13), IsOk());
  EXPECT_EQ(ranges(playlist()), 2U);
  ASSERT_THAT(push(13, 20), IsOk());
  EXPECT_EQ(ranges(playlist()), 0U);
  EXPECT_EQ(ranges(playlist("audio")), 0U);
  ASSERT_THAT(publisher->finish(), IsOk());
}

// What a player has read stays as it was and where it was, until it leaves.
TEST_F(CuePlaylists, AreOnlyAppendedTo) {
  options.type = Type::kEvent;
  std::string before;
  store.on_listing = [&](const std::string& name) {
    if (name != "360p/index.m3u8") return;
    EXPECT_THAT(store.text(name), StartsWith(before));
    before = store.text(name);
  };
  ASSERT_THAT(open(), IsOk());
  for (std::int64_t n = 0; n < 12; ++n) {
    ASSERT_THAT(push_event(cue(n, out(static_cast<std::uint32_t>(n), n + 3, 2, true))), IsOk());
    ASSERT_THAT(push(n, n + 1), IsOk());
  }
  EXPECT_GT(ranges(before), 10U);
  ASSERT_THAT(publisher->finish(), IsOk());
}

TEST_F(CuePlaylists, WithPartsTellAtOnceAndDeltaUpdatesKeepThem) {
  options.part = 200ms;
  options.window = 60s;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 30), IsOk());
  ASSERT_THAT(push_event(cue(30, out(1, 34, 4))), IsOk());
  ASSERT_THAT(push(30, 31), IsOk());
  EXPECT_EQ(ranges(playlist()), 1U);
  EXPECT_LT(playlist().rfind("#EXT-X-PART:"), playlist().find("#EXT-X-PRELOAD-HINT"));
  const auto delta = hls::delta_update(playlist());
  ASSERT_TRUE(delta);
  EXPECT_THAT(*delta, HasSubstr("#EXT-X-SKIP"));
  EXPECT_EQ(ranges(*delta), 1U);
  ASSERT_THAT(publisher->finish(), IsOk());
}

TEST_F(CuePlaylists, OfVodWithoutDatesBeginWith1970AndThatIsSaid) {
  options.type = Type::kVod;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_event(cue(0, out(1, 2, 2, true))), IsOk());
  ASSERT_THAT(push(0, 6), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  support::expect_golden("hls/cues_vod.m3u8", playlist());
  EXPECT_THAT(words.infos, ::testing::Contains(HasSubstr("1970-01-01T00:00:00.000Z")));
}

TEST_F(CuePlaylists, OfVodWithADateAreDatedFromIt) {
  options.type = Type::kVod;
  options.program_date_time_us = kNoon;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_event(cue(0, out(1, 2, 2))), IsOk());
  ASSERT_THAT(push(0, 6), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(playlist(), HasSubstr("START-DATE=\"2026-11-22T12:00:02.000Z\""));
}

TEST_F(CuePlaylists, OfARestartedRunKeepWhatWasToldAndItsIds) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_event(cue(0, out(1, 4, 20))), IsOk());
  ASSERT_THAT(push(0, 7), IsOk());
  const std::string told = playlist();
  ASSERT_EQ(ranges(told), 1U);
  const std::string line = told.substr(told.find("#EXT-X-DATERANGE"));
  publisher.reset();  // killed

  source = Source();
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_event(cue(0, out(1, 0, 20))), IsOk());  // the encoder says it again
  ASSERT_THAT(push(0, 3), IsOk());
  EXPECT_THAT(playlist(), HasSubstr(line.substr(0, line.find('\n') + 1)));
  EXPECT_EQ(ranges(playlist()), 1U);
  ASSERT_THAT(push_event(cue(3, in(1, 5))), IsOk());
  ASSERT_THAT(push(3, 5), IsOk());
  EXPECT_EQ(ranges(playlist()), 2U);
  EXPECT_THAT(playlist(), HasSubstr("SCTE35-IN"));
  ASSERT_THAT(publisher->finish(), IsOk());
}

TEST_F(CuePlaylists, OfARestartedRunEndABreakThatReturnsByItself) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_event(cue(0, out(1, 4, 6, true))), IsOk());
  ASSERT_THAT(push(0, 7), IsOk());
  publisher.reset();
  source = Source();
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 7), IsOk());
  EXPECT_THAT(playlist(), HasSubstr("DURATION=6.000"));
  ASSERT_THAT(publisher->finish(), IsOk());
}

}  // namespace
}  // namespace weir::publish
