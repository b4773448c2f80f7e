#include "media/hdr.h"

#include <gtest/gtest.h>

#include "media/event.h"
#include "support/coded_stream.h"
#include "support/hex.h"

namespace weir::media {
namespace {

const MasteringDisplay kDisplay{
    {13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450}, 10'000'000, 50};
const ContentLight kLight{1000, 400};

support::CodedStream hevc() {
  return support::encode_video(
      {.encoder = "libx265",
       .frames = 3,
       .options = {{"x265-params",
                    "log-level=none:repeat-headers=1:hdr10=1:max-cll=1000,400:master-display="
                    "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"}}});
}

TEST(Hdr, IsFoundInTheMessagesOfHevc) {
  const auto stream = hevc();
  const Hdr found = find_hdr(AV_CODEC_ID_HEVC, stream.packets[0].bytes());
  EXPECT_EQ(found.mastering, kDisplay);
  EXPECT_EQ(found.light, kLight);
  EXPECT_TRUE(find_hdr(AV_CODEC_ID_HEVC, stream.packets[1].bytes()).empty());
}

TEST(Hdr, OfDamagedMessagesIsNothingAndNeverReadsOn) {
  const auto stream = hevc();
  const Bytes unit(stream.packets[0].bytes().begin(), stream.packets[0].bytes().end());
  for (std::size_t size = 0; size < unit.size(); ++size)
    (void)find_hdr(AV_CODEC_ID_HEVC, ByteView(unit).first(size));
  for (std::size_t at = 0; at < unit.size(); ++at) {
    Bytes damaged = unit;
    damaged[at] ^= 0xff;
    (void)find_hdr(AV_CODEC_ID_HEVC, damaged);
    (void)find_hdr(AV_CODEC_ID_AV1, damaged);
  }
}

TEST(Hdr, IsFoundInTheMetadataUnitsOfAv1) {
  // Red first, 0.16 fixed point; luminances of 24.8 and 18.14.
  const Bytes unit = {0x12, 0,    0x2a, 26,   2,    0xae, 0x14, 0x51, 0xec, 0x43, 0xd7, 0xb0, 0xa4,
                      0x26, 0x66, 0x0f, 0x5c, 0x50, 0x0d, 0x54, 0x39, 0,    0x03, 0xe8, 0,    0,
                      0,    0,    0x52, 0x80, 0x2a, 6,    1,    0x03, 0xe8, 0x01, 0x90, 0x80};
  const Hdr found = find_hdr(AV_CODEC_ID_AV1, unit);
  ASSERT_TRUE(found.mastering);
  EXPECT_EQ(found.mastering->chromaticity, kDisplay.chromaticity);
  EXPECT_EQ(found.mastering->max_luminance, 10'000'000u);
  EXPECT_EQ(found.light, kLight);
  for (std::size_t size = 0; size < unit.size(); ++size)
    (void)find_hdr(AV_CODEC_ID_AV1, ByteView(unit).first(size));
}

TEST(Hdr, RecordsAreReadAsTheyAreWrittenAndNotWhenCutShort) {
  const Bytes display = to_record(kDisplay);
  const Bytes light = to_record(kLight);
  EXPECT_EQ(parse_mastering_display(display), kDisplay);
  EXPECT_EQ(parse_content_light(light), kLight);
  EXPECT_EQ(parse_mastering_display(ByteView(display).first(23)), std::nullopt);
  EXPECT_EQ(parse_content_light(ByteView(light).first(3)), std::nullopt);
}

TEST(Hdr, GoesThroughThePipe) {
  auto track = support::encode_video({.frames = 2}).track;
  Tracks tracks{track};
  track.hdr = {kDisplay, kLight};
  const auto event = parse_event(to_json(track_event(track, {0, {1, 1000}})));
  ASSERT_TRUE(event);
  apply_track_event(*event, tracks);
  EXPECT_EQ(tracks[0].hdr, track.hdr);
}

}  // namespace
}  // namespace weir::media
