#include "media/vpx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/coded_stream.h"
#include "support/matchers.h"

namespace weir::media {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::_;

support::CodedStream vp9(AVPixelFormat format = AV_PIX_FMT_YUV420P) {
  return support::encode_video({.encoder = "libvpx-vp9",
                                .width = 192,
                                .height = 108,
                                .frames = 3,
                                .format = format,
                                .b_frames = 0,
                                .options = {{"deadline", "realtime"}}});
}

TEST(Vpx, Vp9TellsItsFormatAndSizeInAKeyFrame) {
  const auto stream = vp9();
  const auto info = parse_vpx_key_frame(AV_CODEC_ID_VP9, stream.packets[0].bytes());
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->profile, 0);
  EXPECT_EQ(info->bit_depth, 8);
  EXPECT_EQ(info->width, 192);
  EXPECT_EQ(info->height, 108);
  EXPECT_EQ(vpx_configuration(*info, stream.track), (Bytes{0, 10, 0x82, 2, 2, 2, 0, 0}));
}

TEST(Vpx, ColoursTheFrameDoesNotTellAreThoseOfTheTrack) {
  auto stream = vp9();
  auto par = copy_parameters(*stream.track.par);
  auto& own = const_cast<AVCodecParameters&>(*par);
  own.color_primaries = AVCOL_PRI_BT2020;
  own.color_trc = AVCOL_TRC_SMPTE2084;
  own.color_space = AVCOL_SPC_BT2020_NCL;
  stream.track.par = par;
  const auto info = parse_vpx_key_frame(AV_CODEC_ID_VP9, stream.packets[0].bytes());
  EXPECT_EQ(vpx_configuration(*info, stream.track), (Bytes{0, 10, 0x82, 9, 16, 9, 0, 0}));
}

TEST(Vpx, TheLevelFollowsFromSizeAndFrameRate) {
  auto stream = vp9();
  VpxInfo info;
  info.width = 1920;
  info.height = 1080;
  stream.track.frame_rate = {30, 1};
  EXPECT_EQ(vpx_configuration(info, stream.track)[1], 40);
  stream.track.frame_rate = {60, 1};
  EXPECT_EQ(vpx_configuration(info, stream.track)[1], 41);
  info.width = 3840;
  info.height = 2160;
  EXPECT_EQ(vpx_configuration(info, stream.track)[1], 51);
}

TEST(Vpx, Vp8TellsItsSize) {
  const auto stream = support::encode_video({.encoder = "libvpx", .frames = 3, .b_frames = 0});
  const auto info = parse_vpx_key_frame(AV_CODEC_ID_VP8, stream.packets[0].bytes());
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->width, 64);
  EXPECT_EQ(info->height, 48);
  EXPECT_THAT(parse_vpx_key_frame(AV_CODEC_ID_VP8, stream.packets[1].bytes()),
              FailsWith(Code::kBadInput, _));
}

TEST(Vpx, WhatIsNoKeyFrameOrTooShortIsDamage) {
  const auto stream = vp9();
  EXPECT_THAT(parse_vpx_key_frame(AV_CODEC_ID_VP9, stream.packets[1].bytes()),
              FailsWith(Code::kBadInput, _));
  for (std::size_t size = 0; size < 9; ++size)
    EXPECT_FALSE(parse_vpx_key_frame(AV_CODEC_ID_VP9, stream.packets[0].bytes().first(size)))
        << size;
}

}  // namespace
}  // namespace weir::media
