#include "flv/channels.h"

#include <gtest/gtest.h>

namespace weir::flv {
namespace {

std::string name_of(const AVChannelLayout& layout) {
  char text[128] = {};
  av_channel_layout_describe(&layout, text, sizeof text);
  return text;
}

Bytes write(const char* name) {
  ChannelLayout layout;
  EXPECT_EQ(av_channel_layout_from_string(&layout, name), 0) << name;
  return write_channels(layout);
}

TEST(Channels, OfANamedLayoutAreFlags) {
  EXPECT_EQ(write("5.1(side)"), (Bytes{1, 6, 0, 0, 0x06, 0x0f}));
  EXPECT_EQ(write("stereo"), (Bytes{1, 2, 0, 0, 0, 3}));
}

TEST(Channels, AreReadAsTheyAreWritten) {
  for (const char* name : {"3.0", "5.1", "5.1(side)", "7.1", "22.2"}) {
    ChannelLayout layout;
    ASSERT_TRUE(read_channels(write(name), layout)) << name;
    EXPECT_EQ(name_of(layout), name);
  }
}

TEST(Channels, InAnOrderOfTheirOwnAreListed) {
  ChannelLayout layout;
  ASSERT_TRUE(read_channels(Bytes{2, 3, 2, 0xff, 18}, layout));
  EXPECT_EQ(layout.order, AV_CHANNEL_ORDER_CUSTOM);
  EXPECT_EQ(av_channel_layout_channel_from_index(&layout, 0), AV_CHAN_FRONT_CENTER);
  EXPECT_EQ(av_channel_layout_channel_from_index(&layout, 1), AV_CHAN_UNKNOWN);
  EXPECT_EQ(av_channel_layout_channel_from_index(&layout, 2), AV_CHAN_LOW_FREQUENCY_2);
  EXPECT_EQ(write_channels(layout), (Bytes{2, 3, 2, 0xff, 18}));
}

TEST(Channels, OfAMereCountStayWithoutPlaces) {
  ChannelLayout layout;
  ASSERT_TRUE(read_channels(Bytes{0, 6}, layout));
  EXPECT_EQ(layout.nb_channels, 6);
  EXPECT_EQ(write_channels(layout), (Bytes{0, 6}));
}

TEST(Channels, OfDamagedBytesChangeNothing) {
  const Bytes damaged[] = {{},
                           {1},
                           {1, 2},
                           {1, 2, 0, 0, 0},
                           {1, 3, 0, 0, 0, 3},
                           {2, 3, 0, 1},
                           {0, 0},
                           {1, 2, 0xff, 0, 0, 0}};
  ChannelLayout layout;
  ASSERT_TRUE(read_channels(Bytes{1, 2, 0, 0, 0, 3}, layout));
  for (const auto& body : damaged) {
    EXPECT_FALSE(read_channels(body, layout));
    EXPECT_EQ(name_of(layout), "stereo");
  }
}

}  // namespace
}  // namespace weir::flv
