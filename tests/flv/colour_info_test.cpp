#include "flv/colour_info.h"

#include <gtest/gtest.h>

#include "flv/amf0.h"
#include "flv/amf_reader.h"

namespace weir::flv {
namespace {

const ColourInfo kHdr10{
    10,
    9,
    16,
    9,
    {media::MasteringDisplay{{13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450}, 10'000'000, 1},
     media::ContentLight{1000, 400}}};

TEST(ColourInfo, IsReadAsItIsWritten) {
  EXPECT_EQ(read_colour_info(write_colour_info(kHdr10)), kHdr10);
  const ColourInfo hlg{10, 9, 18, 9, {}};
  EXPECT_EQ(read_colour_info(write_colour_info(hlg)), hlg);
}

TEST(ColourInfo, HasTheNamesAndUnitsOfTheSpecification) {
  const Bytes body = write_colour_info(kHdr10);
  AmfReader amf(body);
  EXPECT_EQ(*amf.next()->text(), "colorInfo");
  const auto object = amf.next();
  ASSERT_TRUE(object);
  const auto number = [&](const char* part, const char* key) {
    return object->get(part)->get(key)->number();
  };
  EXPECT_EQ(number("colorConfig", "bitDepth"), 10);
  EXPECT_EQ(number("colorConfig", "transferCharacteristics"), 16);
  EXPECT_EQ(number("hdrCll", "maxCLL"), 1000);
  EXPECT_EQ(number("hdrCll", "maxFall"), 400);
  EXPECT_DOUBLE_EQ(*number("hdrMdcv", "redX"), 0.68);
  EXPECT_DOUBLE_EQ(*number("hdrMdcv", "whitePointY"), 0.329);
  EXPECT_DOUBLE_EQ(*number("hdrMdcv", "maxLuminance"), 1000);
  EXPECT_DOUBLE_EQ(*number("hdrMdcv", "minLuminance"), 0.0001);
}

TEST(ColourInfo, IsTakenBackByUndefined) {
  EXPECT_EQ(read_colour_info(write_colour_info({})), ColourInfo());
}

TEST(ColourInfo, OfValuesNobodyCanMeanIsTheNearestThereIs) {
  Bytes body;
  AmfWriter out(body);
  out.text("colorInfo");
  out.object([&] {
    out.name("colorConfig").object([&] { out.name("colorPrimaries").number(1e300); });
    out.name("hdrCll").object([&] { out.name("maxCLL").number(-5); });
    out.name("hdrMdcv").object([&] { out.name("maxLuminance").number(1e300); });
  });
  const auto info = read_colour_info(body);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->primaries, 255);
  EXPECT_EQ(info->hdr.light->max_level, 0);
  EXPECT_EQ(info->hdr.mastering->max_luminance, 0xffffffffu);
}

TEST(ColourInfo, IsFoundBehindOtherPairsAndNotInHalfOfThem) {
  Bytes body;
  AmfWriter out(body);
  out.text("other");
  out.number(1);
  const Bytes info = write_colour_info(kHdr10);
  body.insert(body.end(), info.begin(), info.end());
  EXPECT_EQ(read_colour_info(body), kHdr10);
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_FALSE(read_colour_info(ByteView(body).first(size))) << size;
}

TEST(ColourInfo, OfAPlainTrackIsNoHighDynamicRange) {
  EXPECT_FALSE(is_hdr({8, 1, 1, 1, {}}));
  EXPECT_TRUE(is_hdr({10, 9, 18, 9, {}}));
  EXPECT_TRUE(is_hdr({8, 2, 2, 2, {{}, media::ContentLight{1, 1}}}));
}

}  // namespace
}  // namespace weir::flv
