// The text of image media playlists, and of the WebVTT beside them.
#include "hls/image_playlist.h"

#include <gmock/gmock.h>

#include "hls/playlist_text.h"
#include "support/golden.h"
#include "support/matchers.h"

namespace weir::hls {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

ImagePlaylist film() {
  ImagePlaylist playlist;
  playlist.size = {320, 180};
  playlist.columns = 2;
  playlist.rows = 2;
  playlist.interval = Micros(10'000'000);
  playlist.ended = true;
  playlist.tiles = {{"seg-00000.jpg", Micros(40'000'000), false, false, 0},
                    {"seg-00001.jpg", Micros(40'000'000), false, true, {}},
                    {"seg-00002.jpg", Micros(25'500'000), true, false, {}}};
  return playlist;
}

TEST(ImagePlaylist, Text) {
  support::expect_golden("hls/images.m3u8", to_text(film()));
  const auto read = read_playlist(to_text(film()));
  ASSERT_THAT(read, support::IsOk());
  EXPECT_THAT(read->problems, IsEmpty());
}

TEST(ImagePlaylist, LiveSaysWhereItBegins) {
  ImagePlaylist playlist = film();
  playlist.type = MediaPlaylist::Type::kLive;
  playlist.ended = false;
  playlist.media_sequence = 7;
  playlist.discontinuity_sequence = 2;
  EXPECT_THAT(to_text(playlist),
              HasSubstr("#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-DISCONTINUITY-SEQUENCE:2\n#EXT-X-IMAGES"));
  EXPECT_THAT(to_text(playlist), Not(HasSubstr("ENDLIST")));
}

TEST(ImagePlaylist, WhatIsLostIsAGap) {
  EXPECT_THAT(to_text(film(), [](std::string_view uri) { return uri == "seg-00000.jpg"; }),
              HasSubstr("#EXT-X-GAP\n#EXT-X-PROGRAM-DATE-TIME"));
}

TEST(ImagePlaylist, WebVttNamesThePlaceOfEachPicture) {
  support::expect_golden("hls/images.vtt", to_webvtt(film()));
}

TEST(ImagePlaylist, NothingIsAHeaderAlone) {
  ImagePlaylist playlist = film();
  playlist.tiles.clear();
  EXPECT_EQ(to_webvtt(playlist), "WEBVTT\n");
}

}  // namespace
}  // namespace weir::hls
