#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/id3_timestamp.h"
#include "hls/stream_segments.h"
#include "support/demux.h"
#include "support/hex.h"

namespace weir::hls {
namespace {

using support::FailsWith;
using support::from_hex;
using support::IsOk;
using ::testing::HasSubstr;

TEST(Id3Timestamp, IsThisTag) {
  const Bytes tag = id3_timestamp({10, {1, 1}});
  const Bytes expected = from_hex(
      "494433"
      "0400000000003f"                                      // ID3 2.4, 63 bytes
      "50524956000000350000"                                // PRIV, 53 bytes
      "636f6d2e6170706c652e73747265616d696e672e"            // com.apple.streaming.
      "7472616e73706f727453747265616d54696d657374616d7000"  // transportStreamTimestamp
      "00000000000dbba0");                                  // 900000
  EXPECT_EQ(tag, expected);
}

TEST(Id3Timestamp, CountsModulo33Bits) {
  const std::int64_t period = std::int64_t{1} << 33;
  EXPECT_EQ(read_id3_timestamp(id3_timestamp({period + 5, kTransportClock})), 5);
  EXPECT_EQ(read_id3_timestamp(id3_timestamp({period - 1, kTransportClock})), period - 1);
  EXPECT_EQ(read_id3_timestamp(id3_timestamp({-1, kTransportClock})), period - 1);
}

TEST(Id3Timestamp, IsFoundBehindOtherFrames) {
  const Bytes tag = id3_timestamp({7, kTransportClock});
  Bytes other = from_hex("4944330400000000004b544954320000000200000041");
  other.insert(other.end(), tag.begin() + 10, tag.end());
  EXPECT_EQ(read_id3_timestamp(other), 7);
}

TEST(Id3Timestamp, DamagedTagsHoldNone) {
  const Bytes tag = id3_timestamp({7, kTransportClock});
  for (std::size_t size = 0; size < tag.size(); ++size)
    EXPECT_EQ(read_id3_timestamp(ByteView(tag).first(size)), std::nullopt) << size;
  EXPECT_EQ(read_id3_timestamp(as_bytes("no tag at all, but enough bytes for one of them, surely, "
                                        "even for one that is long")),
            std::nullopt);
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    Bytes bad = tag;
    for (int n = 0; n < 3; ++n) bad[random() % bad.size()] = static_cast<std::uint8_t>(random());
    (void)read_id3_timestamp(bad);
  }
}

struct Form {
  const char* encoder;
  const char* demuxer;
};

TEST(PackedWriter, AReaderFindsEveryFrameBehindTheTag) {
  for (const auto& [encoder, demuxer] :
       {Form{"aac", "aac"}, Form{"ac3", "ac3"}, Form{"eac3", "eac3"}}) {
    const auto stream = support::encode_audio({.encoder = encoder, .frames = 20});
    const auto segments = segments_of(stream, 96'000, 7);
    auto writer = open_packed_writer(stream.track);
    ASSERT_THAT(writer, IsOk());
    for (const auto& segment : segments) {
      const auto bytes = (*writer)->write(segment);
      ASSERT_THAT(bytes, IsOk());
      EXPECT_FALSE(bytes->init);
      EXPECT_EQ(read_id3_timestamp(bytes->media.joined()), segment.start.in(kTransportClock));
      EXPECT_EQ(support::demux(bytes->media.joined(), demuxer).packets.size(),
                segment.packets.size())
          << encoder;
    }
  }
}

TEST(PackedWriter, RefusesPicturesAndWhatHasNoFramesOfItsOwn) {
  EXPECT_THAT(open_packed_writer(support::encode_video({}).track),
              FailsWith(Code::kUnsupported, HasSubstr("h264")));
  EXPECT_THAT(open_packed_writer(support::encode_audio({.encoder = "flac"}).track),
              FailsWith(Code::kUnsupported, HasSubstr("packed audio")));
}

TEST(PackedWriter, IsNotEncryptedBySamples) {
  auto writer = open_packed_writer(support::encode_audio({}).track);
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT((*writer)->use_key(std::nullopt), IsOk());
  EXPECT_THAT((*writer)->use_key(ContentKey{}),
              FailsWith(Code::kUnsupported, HasSubstr("packed audio")));
}

TEST(PackedWriter, AnEmptySegmentHasNoBytes) {
  auto writer = open_packed_writer(support::encode_audio({}).track);
  ASSERT_THAT(writer, IsOk());
  const auto bytes = (*writer)->write(Segment{});
  ASSERT_THAT(bytes, IsOk());
  EXPECT_TRUE(bytes->media.empty());
}

}  // namespace
}  // namespace weir::hls
