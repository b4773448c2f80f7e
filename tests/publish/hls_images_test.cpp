// Tiles of thumbnails beside a ladder: what is written, listed and removed.
#include "publish/hls_images.h"

#include <gmock/gmock.h>

#include "publish/hls_source.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::_;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kList = "thumbnails/index.m3u8";

class Images : public Publisher {
 protected:
  Images() { options.thumbnails = HlsThumbnails{3, {32, 24}, 2, 1, Micros(1'000'000)}; }

  Result<void> tile(std::int64_t begin, std::int64_t length = 2) {
    media::Packet packet = media::Packet::of(as_bytes(fmt::format("tile at {}", begin)));
    packet.raw()->stream_index = 3;
    packet.raw()->time_base = {1, 1'000'000};
    packet.raw()->pts = packet.raw()->dts = begin * 1'000'000;
    packet.raw()->duration = length * 1'000'000;
    WEIR_TRY(publisher->push(std::move(packet)));
    return {};
  }
  /// Seconds of the stream, and the tiles that are full in them.
  Result<void> go(std::int64_t from, std::int64_t to) {
    for (std::int64_t n = from; n < to; n += 2) {
      WEIR_TRY(push(n, std::min(n + 2, to)));
      if (n + 2 <= to) WEIR_TRY(tile(n));
    }
    return {};
  }
  std::string list() const { return store.text(kList); }
};

TEST_F(Images, VodListsThemAtTheEnd) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(go(0, 4), IsOk());
  EXPECT_EQ(list(), "");
  ASSERT_THAT(push(4, 5), IsOk());
  ASSERT_THAT(tile(4, 1), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  const std::string tag = "#EXT-X-TILES:RESOLUTION=32x24,LAYOUT=2x1,DURATION=1.000000\n";
  EXPECT_EQ(list(),
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n"
            "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-IMAGES-ONLY\n" +
                tag + "#EXTINF:2.000000,\nseg-00000.jpg\n" + tag +
                "#EXTINF:2.000000,\nseg-00001.jpg\n" + tag +
                "#EXTINF:1.000000,\nseg-00002.jpg\n#EXT-X-ENDLIST\n");
  EXPECT_EQ(store.text("thumbnails/seg-00001.jpg"), "tile at 2");
  EXPECT_THAT(store.text("thumbnails/thumbnails.vtt"),
              AllOf(HasSubstr("00:00:03.000 --> 00:00:04.000\nseg-00001.jpg#xywh=32,0,32,24\n"),
                    Not(HasSubstr("00:00:05.000 -->"))));
  EXPECT_THAT(store.text("master.m3u8"),
              HasSubstr("#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=37,CODECS=\"jpeg\",RESOLUTION=32x24,"
                        "URI=\"thumbnails/index.m3u8\"\n"));
}

TEST_F(Images, ATileBeforeTheFirstSegmentWaitsForIt) {
  options.type = Type::kLive;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 1), IsOk());
  ASSERT_THAT(tile(0), IsOk());
  EXPECT_THAT(names(), IsEmpty());
  ASSERT_THAT(push(1, 4), IsOk());
  EXPECT_THAT(list(), HasSubstr("seg-00000.jpg"));
}

TEST_F(Images, LiveListsAWindowAndRemovesWhatLeftIt) {
  options.type = Type::kLive;
  options.window = Micros(6'000'000);
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(go(0, 40), IsOk());
  EXPECT_THAT(list(), AllOf(HasSubstr("#EXT-X-MEDIA-SEQUENCE:17\n"), HasSubstr("seg-00019.jpg"),
                            Not(HasSubstr("seg-00016.jpg")), HasSubstr("PROGRAM-DATE-TIME"),
                            Not(HasSubstr("ENDLIST"))));
  EXPECT_THAT(names(),
              AllOf(Contains("thumbnails/seg-00016.jpg"), Not(Contains("thumbnails/seg-00005.jpg")),
                    Not(Contains("thumbnails/thumbnails.vtt"))));
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(list(), HasSubstr("#EXT-X-ENDLIST\n"));
}

TEST_F(Images, TimeWithoutTilesIsAGap) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(go(0, 2), IsOk());
  ASSERT_THAT(push(2, 9), IsOk());
  ASSERT_THAT(tile(7), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  const std::string gap =
      "#EXT-X-GAP\n#EXT-X-TILES:RESOLUTION=32x24,LAYOUT=2x1,DURATION=1.000000\n";
  EXPECT_THAT(list(), AllOf(HasSubstr(gap + "#EXTINF:2.000000,\nseg-00001.jpg\n"),
                            HasSubstr(gap + "#EXTINF:1.000000,\nseg-00003.jpg\n"),
                            HasSubstr("#EXTINF:2.000000,\nseg-00004.jpg\n#EXT-X-ENDLIST")));
  EXPECT_EQ(store.text("thumbnails/seg-00004.jpg"), "tile at 7");
}

TEST_F(Images, GoesOnAfterAKillWithOtherNames) {
  options.type = Type::kEvent;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(go(0, 8), IsOk());
  publisher.reset();  // killed
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(go(8, 16), IsOk());
  EXPECT_EQ(store.text("thumbnails/seg-00003.jpg"), "tile at 6");
  EXPECT_EQ(store.text("thumbnails/seg-00004.jpg"), "tile at 8");
  const std::string text = list();
  const auto from = text.find("seg-00003.jpg"), mark = text.find("#EXT-X-DISCONTINUITY\n");
  EXPECT_LT(from, mark);
  EXPECT_LT(mark, text.find("seg-00004.jpg"));
  EXPECT_THAT(text, HasSubstr("seg-00000.jpg"));
}

TEST_F(Images, OtherTilesThanBeforeBeginAListOfTheirOwnBehindTheOldNames) {
  options.type = Type::kEvent;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(go(0, 8), IsOk());
  publisher.reset();
  options.thumbnails->rows = 2;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(go(8, 16), IsOk());
  EXPECT_THAT(list(), AllOf(HasSubstr("#EXT-X-MEDIA-SEQUENCE:4\n"), Not(HasSubstr("seg-00003")),
                            Not(HasSubstr("LAYOUT=2x1"))));
  EXPECT_EQ(store.text("thumbnails/seg-00003.jpg"), "tile at 6");
}

TEST_F(Images, ARunWithoutThemLeavesNoOldList) {
  options.type = Type::kEvent;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(go(0, 8), IsOk());
  publisher.reset();
  options.thumbnails.reset();
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(8, 14), IsOk());
  EXPECT_EQ(list(), "");
  EXPECT_THAT(store.text("master.m3u8"), Not(HasSubstr("IMAGE-STREAM-INF")));
}

TEST_F(Images, AVodThatFailsRemovesThem) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(go(0, 6), IsOk());
  store.refuse(".jpg");
  EXPECT_THAT(tile(6), FailsWith(Code::kIo, HasSubstr("disk full")));
  EXPECT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Images, AListThatIsDamagedIsNoneAtAll) {
  options.type = Type::kLive;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(go(0, 8), IsOk());
  publisher.reset();
  ASSERT_THAT(store.put(kList, as_bytes(std::string_view("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:99999999"
                                                         "999999999\nx\n#EXT-X-TILES"))),
              IsOk());
  ASSERT_THAT(open(), IsOk());
  EXPECT_THAT(go(8, 12), IsOk());
  EXPECT_THAT(list(), StartsWith("#EXTM3U\n#EXT-X-VERSION:7\n"));
}

TEST_F(Images, ARenditionMayNotHaveTheirFolder) {
  EXPECT_THAT(HlsImages::check(options, {"720p", "thumbnails"}), FailsWith(Code::kUsage, _));
}

}  // namespace
}  // namespace weir::publish
