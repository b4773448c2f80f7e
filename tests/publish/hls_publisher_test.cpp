#include "publish/hls_publisher.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "publish/hls_source.h"
#include "support/golden.h"
#include "support/matchers.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(Publisher, VodWritesEveryPlaylistAfterAllSegmentsAndTheMasterLast) {
  ASSERT_THAT(run(4), IsOk());
  std::vector<std::string> tail(store.puts.end() - 4, store.puts.end());
  EXPECT_THAT(tail,
              ElementsAre("720p/index.m3u8", "360p/index.m3u8", "audio/index.m3u8", "master.m3u8"));
  EXPECT_EQ(store.puts.size(), 3u * 3 + 4);
  const auto place = [&](const std::string& name) {
    return std::find(store.puts.begin(), store.puts.end(), name);
  };
  for (const std::string folder : {"720p", "360p", "audio"}) {
    EXPECT_LT(place(folder + "/init.mp4"), place(folder + "/seg-00000.m4s"));
    EXPECT_LT(place(folder + "/seg-00000.m4s"), place(folder + "/seg-00001.m4s"));
    EXPECT_NE(place(folder + "/seg-00001.m4s"), store.puts.end());
  }
}

TEST_F(Publisher, VodPlaylists) {
  ASSERT_THAT(run(5), IsOk());
  support::expect_golden("hls/publisher_vod_video.m3u8", store.text("720p/index.m3u8"));
  support::expect_golden("hls/publisher_vod_audio.m3u8", store.text("audio/index.m3u8"));
}

TEST_F(Publisher, TheMasterNamesEveryRenditionWithItsSoundAndMeasuredRates) {
  ASSERT_THAT(run(4), IsOk());
  const std::string master = store.text("master.m3u8");
  EXPECT_THAT(master,
              HasSubstr("TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"audio\",LANGUAGE=\"en\",DEFAULT=YES,"
                        "AUTOSELECT=YES,CHANNELS=\"2\",URI=\"audio/index.m3u8\""));
  EXPECT_THAT(master, HasSubstr(",mp4a.40.2\",RESOLUTION=64x48,FRAME-RATE=25.000,VIDEO-RANGE=SDR,"
                                "AUDIO=\"audio\",CLOSED-CAPTIONS=NONE\n720p/index.m3u8"));
  // Both renditions carry the same: bytes of a picture and of the sound over four seconds.
  std::int64_t picture = 0, sound = 0;
  for (const auto& [name, bytes] : store.files()) {
    if (name.starts_with("720p/seg")) picture += static_cast<std::int64_t>(bytes.size());
    if (name.starts_with("audio/seg")) sound += static_cast<std::int64_t>(bytes.size());
  }
  const auto at = master.find("AVERAGE-BANDWIDTH=") + 18;
  EXPECT_NEAR(std::stod(master.substr(at)),
              static_cast<double>(picture * 8) / 4 + static_cast<double>(sound * 8) / 4.01, 300);
}

TEST_F(Publisher, TheSameInputGivesTheSameBytes) {
  expect_the_same_again_an_hour_later();
}

TEST_F(Publisher, TransportStreamHasNoInitSection) {
  options.container = HlsOptions::Container::kTs;
  ASSERT_THAT(run(4), IsOk());
  EXPECT_THAT(names(), Contains("720p/seg-00001.ts"));
  EXPECT_THAT(names(), Not(Contains("720p/init.mp4")));
  EXPECT_THAT(store.text("720p/index.m3u8"), Not(HasSubstr("EXT-X-MAP")));
}

TEST_F(Publisher, AGivenProgramDateTimeIsThatOfTheFirstPicture) {
  options.program_date_time_us = *parse_utc("2026-11-22T18:49:00Z");
  ASSERT_THAT(run(4), IsOk());
  EXPECT_THAT(store.text("720p/index.m3u8"),
              HasSubstr("PROGRAM-DATE-TIME:2026-11-22T18:49:00.000Z\n#EXTINF"));
  EXPECT_THAT(store.text("720p/index.m3u8"),
              HasSubstr("PROGRAM-DATE-TIME:2026-11-22T18:49:02.000Z\n#EXTINF"));
}

TEST_F(Publisher, ASegmentTheStoreLostIsListedAsAGap) {
  options.type = Type::kLive;
  store.lost = {"360p/seg-00001.m4s"};
  ASSERT_THAT(run(8), IsOk());
  EXPECT_THAT(store.text("360p/index.m3u8"), HasSubstr("#EXT-X-GAP\n#EXT-X-PROGRAM-DATE-TIME:2026-"
                                                       "01-01T00:00:02.000Z\n#EXTINF:2.000000,\n"
                                                       "seg-00001.m4s\n"));
  EXPECT_THAT(store.text("720p/index.m3u8"), Not(HasSubstr("GAP")));
}

TEST_F(Publisher, TheStoreIsToldHowMuchTimeASegmentCarries) {
  ASSERT_THAT(run(4), IsOk());
  EXPECT_EQ(store.durations.size(), 6u);
  EXPECT_EQ(store.durations["720p/seg-00001.m4s"], 2s);
}

TEST_F(Publisher, VodThatCannotBeFlushedFailsAndLeavesNothing) {
  store.flush_fails = true;
  EXPECT_THAT(run(4), FailsWith(Code::kIo, "the way is blocked"));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Publisher, LiveIsFlushedAlsoWhenItsEndIsMissing) {
  options.type = Type::kLive;
  options.expect_end = true;
  EXPECT_THAT(run(4), FailsWith(Code::kBadInput, HasSubstr("ended early")));
  EXPECT_EQ(store.flushes, 1);
}

TEST_F(Publisher, LiveListsAWindowAndKeepsWhatLeftItAsLongAsAPlayerMayAsk) {
  options.type = Type::kLive;
  options.window = 6s;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 11), IsOk());
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("EXT-X-MEDIA-SEQUENCE:2\n"));
  EXPECT_THAT(store.text("720p/index.m3u8"), Not(HasSubstr("PLAYLIST-TYPE")));
  EXPECT_THAT(store.text("720p/index.m3u8"), Not(HasSubstr("ENDLIST")));
  EXPECT_THAT(names(), Contains("720p/seg-00000.m4s"));
  ASSERT_THAT(push(11, 31), IsOk());
  EXPECT_THAT(names(), Not(Contains("720p/seg-00000.m4s")));
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("#EXT-X-ENDLIST\n"));
}

TEST_F(Publisher, LiveNeverListsASegmentThatIsNotThere) {
  options.type = Type::kLive;
  options.window = 6s;
  ASSERT_THAT(open(), IsOk());
  for (std::int64_t n = 0; n < 40; ++n) {
    ASSERT_THAT(push(n, n + 1), IsOk());
    const auto files = store.files();
    const std::string text = store.text("360p/index.m3u8");
    for (std::size_t at = text.find("seg-"); at != std::string::npos;
         at = text.find("seg-", at + 1))
      EXPECT_TRUE(files.contains("360p/" + text.substr(at, 13))) << n;
  }
}

TEST_F(Publisher, LiveShowsTheMasterOnceEveryRenditionHasItsFirstSegment) {
  options.type = Type::kLive;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  const auto master = std::find(store.puts.begin(), store.puts.end(), "master.m3u8");
  ASSERT_NE(master, store.puts.end());
  for (const auto* name : {"720p/index.m3u8", "360p/index.m3u8", "audio/index.m3u8"})
    EXPECT_LT(std::find(store.puts.begin(), store.puts.end(), name), master) << name;
}

TEST_F(Publisher, LiveDeclaresFirstAndCorrectsTheRatesWhenRealityIsBeyond) {
  options.type = Type::kLive;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 3), IsOk());
  // 60k + 15 % for the picture's peak, half as much again as 64k for the sound's.
  EXPECT_THAT(store.text("master.m3u8"), HasSubstr("BANDWIDTH=165000,AVERAGE-BANDWIDTH=109200"));
  ASSERT_THAT(push(3, 5), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(store.text("master.m3u8"), Not(HasSubstr("BANDWIDTH=165000")));
}

TEST_F(Publisher, LiveAnchorsTheDateToTheClockOnce) {
  options.type = Type::kLive;
  ASSERT_THAT(open(), IsOk());
  clock.advance(10s);
  ASSERT_THAT(push(0, 5), IsOk());
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("DATE-TIME:2026-01-01T00:00:10.000Z"));
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("DATE-TIME:2026-01-01T00:00:12.000Z"));
}

TEST_F(Publisher, AnAnchorInTheStreamGoesBeforeTheClock) {
  options.type = Type::kLive;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_event(media::anchor_event({1, {1, 1}}, *parse_utc("2026-03-04T05:06:08Z"))),
              IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("DATE-TIME:2026-03-04T05:06:07.000Z"));
}

TEST_F(Publisher, EventGrowsAndKeepsEverything) {
  options.type = Type::kEvent;
  options.window = 4s;
  ASSERT_THAT(run(21), IsOk());
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("EXT-X-PLAYLIST-TYPE:EVENT\n"));
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("seg-00000.m4s"));
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("seg-00010.m4s\n#EXT-X-ENDLIST"));
}

TEST_F(Publisher, ALiveStreamCutOffBeforeItsEndMarkGetsNoEndlist) {
  options.type = Type::kLive;
  options.expect_end = true;
  EXPECT_THAT(run(5), FailsWith(Code::kBadInput, HasSubstr("no end mark")));
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("seg-00002.m4s"));
  EXPECT_THAT(store.text("720p/index.m3u8"), Not(HasSubstr("ENDLIST")));
}

TEST_F(Publisher, AnEndMarkOrARequestedStopIsAProperEnd) {
  options.type = Type::kLive;
  options.expect_end = true;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  ASSERT_THAT(push_event(media::make_event(media::event::kEnd, {5, {1, 1}})), IsOk());
  EXPECT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("ENDLIST"));
  source = Source();
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  stop.request();
  EXPECT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("ENDLIST"));
}

TEST_F(Publisher, AVodCutOffIsFinishedAndReported) {
  options.expect_end = true;
  EXPECT_THAT(run(5), FailsWith(Code::kBadInput, HasSubstr("no end mark")));
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("ENDLIST"));
}

TEST_F(Publisher, AFailureOfTheStoreComesUpAndAVodLeavesNothingBehind) {
  store_fails_at_each_of(13);
}

TEST_F(Publisher, AnEarlierPresentationIsTakenDownBeforeItsSegmentsAreReplaced) {
  ASSERT_THAT(run(4), IsOk());
  source = Source();
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 3), IsOk());
  EXPECT_THAT(names(), Not(Contains("master.m3u8")));
  EXPECT_THAT(names(), Not(Contains("360p/index.m3u8")));
  ASSERT_THAT(publisher->finish(), IsOk());
}

TEST_F(Publisher, AnInputWithoutPacketsIsBadInputAndLeavesNothing) {
  EXPECT_THAT(run(0), FailsWith(Code::kBadInput, HasSubstr("no picture and no sound")));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Publisher, NoTracksAndForeignCodecsAreRefusedBeforeAnythingIsWritten) {
  EXPECT_THAT(HlsPublisher::open({}, options, services()),
              FailsWith(Code::kBadInput, HasSubstr("no picture")));
  auto tracks = source.tracks();
  const_cast<AVCodecParameters&>(*tracks[0].par).codec_id = AV_CODEC_ID_VP8;
  EXPECT_THAT(HlsPublisher::open(tracks, options, services()),
              FailsWith(Code::kUnsupported, HasSubstr("'720p'")));
}

TEST_F(Publisher, ARenditionThatNeverComesIsLeftOutAndThatIsSaid) {
  auto tracks = source.tracks();
  tracks.push_back(tracks[0]);
  tracks.back().index = 3;
  tracks.back().rendition = "1080p";
  auto opened = HlsPublisher::open(tracks, options, services());
  ASSERT_THAT(opened, IsOk());
  publisher = std::move(*opened);
  ASSERT_THAT(push(0, 5), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(words.warnings, Contains(HasSubstr("'1080p' is left out")));
  EXPECT_THAT(store.text("master.m3u8"), Not(HasSubstr("1080p")));
}

}  // namespace
}  // namespace weir::publish
