// Captions of the source in what is coded.
#include "ladder/captions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/captions.h"

extern "C" {
#include <libavutil/frame.h>
}

namespace weir::ladder {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Bytes kSlice{0, 0, 0, 1, 0x67, 0x42, 0, 0, 0, 1, 0x65, 0x88, 0x84};

/// A valid construct of CEA-608 with these two bytes.
Bytes triple(std::uint8_t first, std::uint8_t second) {
  return {0xFC, first, second};
}
Bytes many(std::size_t count, const Bytes& of) {
  Bytes out;
  for (std::size_t i = 0; i < count; ++i) out.insert(out.end(), of.begin(), of.end());
  return out;
}

void give(AVFrame& frame, const Bytes& captions) {
  auto* data = av_frame_new_side_data(&frame, AV_FRAME_DATA_A53_CC, captions.size());
  std::copy(captions.begin(), captions.end(), data->data);
}

std::vector<GridFrame> pictures(const std::vector<Bytes>& captions) {
  std::vector<GridFrame> out(captions.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    AVFrame& raw = *out[i].frame.raw();
    raw.format = AV_PIX_FMT_YUV420P;
    raw.width = raw.height = 16;
    av_frame_get_buffer(&raw, 0);
    out[i].frame.raw()->pts = static_cast<std::int64_t>(i);
    out[i].frame.raw()->time_base = {1, 25};
    if (!captions[i].empty()) give(*out[i].frame.raw(), captions[i]);
  }
  return out;
}

std::vector<media::Packet> coded(const std::vector<std::int64_t>& pts) {
  std::vector<media::Packet> out;
  for (const auto at : pts) {
    out.push_back(media::Packet::of(kSlice));
    out.back().raw()->pts = at;
    out.back().raw()->time_base = {1, 25};
    out.back().raw()->flags = AV_PKT_FLAG_KEY;
  }
  return out;
}

/// The first bytes of the constructs a packet carries.
std::string carried(const media::Packet& packet) {
  std::string out;
  for (const auto& pair : media::find_captions(AV_CODEC_ID_H264, packet.bytes()))
    out += static_cast<char>(pair.first);
  return out;
}

std::vector<std::string> carried(const std::vector<media::Packet>& packets) {
  std::vector<std::string> out;
  for (const auto& packet : packets) out.push_back(carried(packet));
  return out;
}

TEST(Captions, GoWithTheirPicturesWhateverTheOrderOfCoding) {
  const auto all = pictures({triple('a', 1), {}, triple('c', 1), triple('d', 1)});
  auto packets = coded({0, 3, 1, 2});
  carry_captions(all, {&all[0], &all[1], &all[2], &all[3]}, packets);
  EXPECT_THAT(carried(packets), ElementsAre("a", "d", "", "c"));
  EXPECT_TRUE(packets[1].key());
  EXPECT_EQ(packets[1].pts().ticks, 3);
}

TEST(Captions, OfPicturesLeftOutGoToTheOneBeforeThem) {
  const auto all = pictures({triple('a', 1), triple('b', 1), triple('c', 1), triple('d', 1)});
  auto packets = coded({0, 2});
  carry_captions(all, {&all[0], &all[2]}, packets);
  EXPECT_THAT(carried(packets), ElementsAre("ab", "cd"));
}

TEST(Captions, WithoutThemNotAByteIsTouched) {
  const auto all = pictures({{}, {}});
  auto packets = coded({0, 1});
  const auto* before = packets[0].bytes().data();
  carry_captions(all, {&all[0], &all[1]}, packets);
  EXPECT_EQ(packets[0].bytes().data(), before);
}

TEST(Captions, WhereThereAreTooManyPaddingGoesFirst) {
  const auto all = pictures({many(20, triple('a', 1)), many(20, {0xFC, 0x80, 0x80}),
                             many(5, {0xF8, 0, 0}), many(2, triple('b', 1))});
  auto packets = coded({0});
  carry_captions(all, {&all[0]}, packets);
  EXPECT_EQ(carried(packets[0]), std::string(20, 'a') + "bb");
  Captions far_too_many;
  for (int i = 0; i < 3; ++i) far_too_many.add(*all[0].frame.raw());
  EXPECT_EQ(far_too_many.fitting().size(), 93u);
}

TEST(CaptionCarrier, ThePictureThatIsKeptGetsWhatWaitsInFrontOfItsOwn) {
  const auto all = pictures({triple('a', 1), triple('b', 1), {}});
  CaptionCarrier carrier;
  carrier.leave_out(*all[0].frame.raw());
  media::Frame kept = all[1].frame.share();
  carrier.keep(*kept.raw());
  const auto* data = av_frame_get_side_data(kept.raw(), AV_FRAME_DATA_A53_CC);
  ASSERT_NE(data, nullptr);
  EXPECT_THAT(Bytes(data->data, data->data + data->size), ElementsAre(0xFC, 'a', 1, 0xFC, 'b', 1));
  const auto* source = av_frame_get_side_data(all[1].frame.raw(), AV_FRAME_DATA_A53_CC);
  EXPECT_EQ(source->size, 3u) << "other renditions have the picture as it is";
  media::Frame last = all[2].frame.share();
  carrier.keep(*last.raw());
  EXPECT_EQ(av_frame_get_side_data(last.raw(), AV_FRAME_DATA_A53_CC), nullptr);
}

}  // namespace
}  // namespace weir::ladder
