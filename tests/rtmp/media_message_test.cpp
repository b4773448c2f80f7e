#include "rtmp/media_message.h"

#include <gtest/gtest.h>

#include "flv/amf0.h"

namespace weir::rtmp {
namespace {

using flv::TagType;

void put_tag(int type, std::uint32_t stamp, const Bytes& body, Bytes& out) {
  ByteWriter writer(out);
  writer.u8(type);
  writer.u24(body.size());
  writer.u24(stamp & 0xffffff);
  writer.u8(stamp >> 24);
  writer.u24(0);
  writer.bytes(body);
  writer.u32(11 + body.size());
}

Message aggregate(std::uint32_t at) {
  Message message{MessageType::kAggregate, 1, at, {}};
  put_tag(9, 0xffffffff, {0x17, 1}, message.body);
  put_tag(8, 9, {0xaf, 1}, message.body);
  put_tag(77, 9, {1}, message.body);
  put_tag(8, 19, {0xaf, 2}, message.body);
  return message;
}

Bytes amf_text(std::string_view text) {
  Bytes out;
  flv::AmfWriter(out).text(text);
  return out;
}

Bytes joined(Bytes front, const Bytes& back) {
  front.insert(front.end(), back.begin(), back.end());
  return front;
}

TEST(MediaMessage, OfSoundAndPicturesIsATag) {
  const auto media = read_media({MessageType::kVideo, 3, 0xfffffff0, {0x17, 0}});
  ASSERT_EQ(media.size(), 1U);
  EXPECT_EQ(media[0], (Media{3, TagType::kVideo, 0xfffffff0, {0x17, 0}}));
  EXPECT_TRUE(read_media({MessageType::kAudio, 3, 0, {}}).empty());
}

TEST(MediaMessage, AggregateIsSplitAndItsStampsMoveTogether) {
  const auto media = read_media(aggregate(1000));
  ASSERT_EQ(media.size(), 3U);
  EXPECT_EQ(media[0], (Media{1, TagType::kVideo, 1000, {0x17, 1}}));
  EXPECT_EQ(media[1], (Media{1, TagType::kAudio, 1010, {0xaf, 1}}));
  EXPECT_EQ(media[2], (Media{1, TagType::kAudio, 1020, {0xaf, 2}}));
}

TEST(MediaMessage, AggregateThatIsDamagedGivesWhatStandsBefore) {
  const Message whole = aggregate(0);
  for (std::size_t size = 0; size < whole.body.size(); ++size) {
    Message cut = whole;
    cut.body.resize(size);
    EXPECT_LE(read_media(cut).size(), 3U);
  }
  Message lie = whole;
  lie.body[18] = 0xff;  // size of the second
  EXPECT_EQ(read_media(lie).size(), 1U);
}

TEST(MediaMessage, DataLosesWhatIsMeantForTheServer) {
  const Bytes metadata = joined(amf_text("onMetaData"), {8, 0, 0, 0, 0, 0, 0, 9});
  const Bytes sent = joined(amf_text("@setDataFrame"), metadata);
  const auto media = read_media({MessageType::kData, 1, 0, sent});
  ASSERT_EQ(media.size(), 1U);
  EXPECT_EQ(media[0].body, metadata);
  const auto amf3 = read_media({MessageType::kAmf3Data, 1, 0, joined({0}, sent)});
  ASSERT_EQ(amf3.size(), 1U);
  EXPECT_EQ(amf3[0].body, metadata);
  EXPECT_TRUE(read_media({MessageType::kAmf3Data, 1, 0, joined({7}, sent)}).empty());
  EXPECT_TRUE(read_media({MessageType::kAmf3Data, 1, 0, {}}).empty());
  EXPECT_TRUE(read_media({MessageType::kData, 1, 0, amf_text("@setDataFrame")}).empty());
  EXPECT_TRUE(read_media({MessageType::kData, 1, 0, joined(amf_text("@clearDataFrame"), metadata)})
                  .empty());
}

TEST(MediaMessage, MetadataGoesToAServerAsSuch) {
  const Bytes metadata = amf_text("onMetaData");
  const auto up = media_message(TagType::kScript, 1, 0, metadata, Towards::kServer);
  EXPECT_EQ(up.body, joined(amf_text("@setDataFrame"), metadata));
  EXPECT_EQ(media_message(TagType::kScript, 1, 0, metadata, Towards::kPlayer).body, metadata);
  const Bytes cue = amf_text("onCuePoint");
  EXPECT_EQ(media_message(TagType::kScript, 1, 0, cue, Towards::kServer).body, cue);
  EXPECT_EQ(media_message(TagType::kVideo, 1, 5, {0x17}, Towards::kServer),
            (Message{MessageType::kVideo, 1, 5, {0x17}}));
}

}  // namespace
}  // namespace weir::rtmp
