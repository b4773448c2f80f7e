#include "media/dolby_vision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/codec_string.h"
#include "media/event.h"
#include "support/coded_stream.h"
#include "support/hex.h"

namespace weir::media {
namespace {

using support::from_hex;

constexpr DolbyVision kHlg{1, 0, 8, 7, true, false, true, 4};

Bytes padded(const char* hex) {
  Bytes out = from_hex(hex);
  out.resize(24);
  return out;
}

TEST(DolbyVision, TheRecordIsAsTheFormatHasIt) {
  EXPECT_EQ(to_record(kHlg), padded("0100103d40"));
  EXPECT_EQ(parse_dolby_vision(padded("0100103d40")), kHlg);
  EXPECT_EQ(parse_dolby_vision(padded("0201ffffff")), (DolbyVision{2, 1, 127, 63, 1, 1, 1, 15}));
}

TEST(DolbyVision, ARecordCutShortIsNone) {
  const Bytes record = to_record(kHlg);
  for (std::size_t size = 0; size < record.size(); ++size)
    EXPECT_EQ(parse_dolby_vision(ByteView(record).first(size)), std::nullopt) << size;
}

TEST(DolbyVision, NamesOfCodecBoxAndBrand) {
  EXPECT_EQ(codec_string(kHlg, false), "dvh1.08.07");
  EXPECT_EQ(codec_string({.profile = 10, .level = 9}, true), "dav1.10.09");
  EXPECT_EQ(box_type({.profile = 5}), "dvcC");
  EXPECT_EQ(box_type({.profile = 8}), "dvvC");
  EXPECT_EQ(box_type({.profile = 20}), "dvwC");
  EXPECT_EQ(compatible_brand(kHlg, 18), "db4h");
  EXPECT_EQ(compatible_brand(kHlg, 14), "db4g");
  EXPECT_EQ(compatible_brand({.compatibility = 1}, 16), "db1p");
  EXPECT_EQ(compatible_brand({.compatibility = 2}, 1), "db2g");
  EXPECT_EQ(compatible_brand({}, 16), "");
}

TEST(DolbyVision, GoesThroughThePipe) {
  auto track = support::encode_video({.frames = 2}).track;
  track.dolby_vision = kHlg;
  Tracks tracks{support::encode_video({.frames = 2}).track};
  const auto event = parse_event(to_json(track_event(track, {0, {1, 1000}})));
  ASSERT_TRUE(event);
  apply_track_event(*event, tracks);
  EXPECT_EQ(tracks[0].dolby_vision, kHlg);
}

TEST(DolbyVision, WithoutABaseLayerForOthersItIsTheCodec) {
  auto track = support::encode_video({.encoder = "libx265", .frames = 2}).track;
  track.dolby_vision = kHlg;
  EXPECT_THAT(*codec_string(track), testing::StartsWith("hvc1."));
  track.dolby_vision = DolbyVision{.profile = 5, .level = 6};
  EXPECT_EQ(codec_string(track), "dvh1.05.06");
}

}  // namespace
}  // namespace weir::media
