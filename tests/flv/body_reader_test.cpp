#include "flv/body_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace weir::flv {
namespace {

using support::FailsWith;
using ::testing::HasSubstr;

Bytes bytes_of(const BodyPart& part) {
  return {part.bytes.begin(), part.bytes.end()};
}

Bytes with_four_cc(std::uint8_t head, const char* codec, Bytes rest) {
  Bytes body = {head};
  ByteWriter out(body);
  out.text(codec);
  out.bytes(rest);
  return body;
}

BodyPart only(const Result<std::vector<BodyPart>>& parts) {
  EXPECT_TRUE(parts) << parts.error().what;
  EXPECT_EQ(parts ? parts->size() : 0, 1u);
  return parts && parts->size() == 1 ? parts->front() : BodyPart();
}

TEST(VideoBody, OfTheClassicKindTellsConfigurationFrameAndEnd) {
  const Bytes configuration = {0x17, 0, 0, 0, 0, 1, 2};
  auto part = only(read_video_body(configuration));
  EXPECT_EQ(part.kind, BodyKind::kConfiguration);
  EXPECT_EQ(part.codec, kAvcId);
  EXPECT_EQ(bytes_of(part), (Bytes{1, 2}));
  const Bytes frame = {0x27, 1, 0xff, 0xff, 0xd8, 9};
  part = only(read_video_body(frame));
  EXPECT_EQ(part.kind, BodyKind::kFrame);
  EXPECT_FALSE(part.key);
  EXPECT_EQ(part.composition_ms, -40);
  EXPECT_EQ(bytes_of(part), Bytes{9});
  for (const Bytes& end : {Bytes{0x17, 2, 0, 0, 0}, Bytes{0x17, 2}})
    EXPECT_EQ(only(read_video_body(end)).kind, BodyKind::kEnd);
}

TEST(VideoBody, OfHevcAsCodecTwelveIsTheSameAsHvc1) {
  const Bytes frame = {0x1c, 1, 0, 0, 40, 7};
  const auto part = only(read_video_body(frame));
  EXPECT_EQ(part.codec, four_cc("hvc1"));
  EXPECT_EQ(part.composition_ms, 40);
  EXPECT_TRUE(part.key);
}

TEST(VideoBody, OfAnOlderCodecIsOneFrame) {
  const Bytes sorenson = {0x22, 1, 2};
  const auto part = only(read_video_body(sorenson));
  EXPECT_EQ(part.codec, 2u);
  EXPECT_EQ(part.kind, BodyKind::kFrame);
  EXPECT_EQ(bytes_of(part), (Bytes{1, 2}));
}

TEST(VideoBody, TellsCommandsFromPictures) {
  const Bytes classic = {0x52, 0};
  const Bytes enhanced = {0xd0, 1};
  EXPECT_EQ(only(read_video_body(classic)).kind, BodyKind::kCommand);
  EXPECT_EQ(only(read_video_body(enhanced)).kind, BodyKind::kCommand);
}

TEST(VideoBody, OfTheEnhancedKindHasACompositionTimeOnlyInCodedFramesOfAvcAndHevc) {
  for (const char* codec : {"avc1", "hvc1"}) {
    const Bytes body = with_four_cc(0x91, codec, {0, 0, 80, 5, 6});
    const auto part = only(read_video_body(body));
    EXPECT_EQ(part.composition_ms, 80) << codec;
    EXPECT_EQ(bytes_of(part), (Bytes{5, 6}));
  }
  for (const char* codec : {"av01", "vp09", "vp08"}) {
    const Bytes body = with_four_cc(0x91, codec, {0, 0, 80, 5, 6});
    EXPECT_EQ(bytes_of(only(read_video_body(body))), (Bytes{0, 0, 80, 5, 6})) << codec;
  }
  const Bytes untimed = with_four_cc(0xa3, "hvc1", {5, 6});
  const auto part = only(read_video_body(untimed));
  EXPECT_EQ(part.composition_ms, 0);
  EXPECT_FALSE(part.key);
  EXPECT_EQ(bytes_of(part), (Bytes{5, 6}));
}

TEST(VideoBody, TellsEveryPacketType) {
  const std::pair<std::uint8_t, BodyKind> kinds[] = {{0x90, BodyKind::kConfiguration},
                                                     {0x92, BodyKind::kEnd},
                                                     {0x94, BodyKind::kMetadata},
                                                     {0x95, BodyKind::kTsDescriptor}};
  for (const auto& [head, kind] : kinds) {
    const Bytes body = with_four_cc(head, "av01", {3});
    const auto part = only(read_video_body(body));
    EXPECT_EQ(part.kind, kind);
    EXPECT_EQ(part.codec, four_cc("av01"));
    EXPECT_EQ(bytes_of(part), Bytes{3});
  }
  const Bytes later = with_four_cc(0x98, "av01", {3});
  EXPECT_THAT(read_video_body(later), FailsWith(Code::kUnsupported, HasSubstr("packet type 8")));
}

TEST(VideoBody, MetadataOfACommandFrameIsMetadata) {
  const Bytes body = with_four_cc(0xd4, "hvc1", {2});
  EXPECT_EQ(only(read_video_body(body)).kind, BodyKind::kMetadata);
}

TEST(VideoBody, AddsNanosecondsOfAnExtension) {
  // ModEx, three bytes, TimestampOffsetNano, then CodedFramesX.
  const Bytes body = {0x97, 2, 0x01, 0x02, 0x03, 0x03, 'h', 'v', 'c', '1', 7};
  const auto part = only(read_video_body(body));
  EXPECT_EQ(part.nanoseconds, 0x010203u);
  EXPECT_EQ(part.kind, BodyKind::kFrame);
  EXPECT_EQ(bytes_of(part), Bytes{7});
}

TEST(VideoBody, PassesOverUnknownAndLongExtensions) {
  Bytes body = {0x97, 255, 0x01, 0x03};  // 260 bytes of it
  body.insert(body.end(), 260, 9);
  body.insert(body.end(), {0xf7, 0, 9, 0x03, 'h', 'v', 'c', '1', 7});  // another block, then X
  const auto part = only(read_video_body(body));
  EXPECT_EQ(part.nanoseconds, 0u);
  EXPECT_EQ(bytes_of(part), Bytes{7});
}

TEST(VideoBody, OfOneTrackTellsItsNumber) {
  const Bytes body = {0x96, 0x01, 'a', 'v', '0', '1', 4, 7, 8};
  const auto part = only(read_video_body(body));
  EXPECT_EQ(part.track, 4);
  EXPECT_EQ(bytes_of(part), (Bytes{7, 8}));
}

TEST(VideoBody, OfManyTracksHoldsEachBehindItsSize) {
  const Bytes body = {0x96, 0x11, 'h', 'v', 'c', '1', 0, 0, 0, 4, 0, 0, 40, 7, 1, 0, 0, 3, 0, 0, 0};
  const auto parts = read_video_body(body);
  ASSERT_TRUE(parts) << parts.error().what;
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].track, 0);
  EXPECT_EQ((*parts)[0].composition_ms, 40);
  EXPECT_EQ(bytes_of((*parts)[0]), Bytes{7});
  EXPECT_EQ((*parts)[1].track, 1);
  EXPECT_TRUE((*parts)[1].bytes.empty());
}

TEST(VideoBody, OfManyCodecsNamesTheCodecOfEachTrack) {
  const Bytes body = {0x96, 0x20, 'a', 'v', '0', '1', 2, 0, 0, 1, 7,
                      'h',  'v',  'c', '1', 3,   0,   0, 2, 8, 9};
  const auto parts = read_video_body(body);
  ASSERT_TRUE(parts) << parts.error().what;
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].codec, four_cc("av01"));
  EXPECT_EQ((*parts)[1].codec, four_cc("hvc1"));
  EXPECT_EQ((*parts)[1].kind, BodyKind::kConfiguration);
  EXPECT_EQ(bytes_of((*parts)[1]), (Bytes{8, 9}));
}

TEST(VideoBody, RefusesATrackLongerThanTheTag) {
  const Bytes body = {0x96, 0x11, 'h', 'v', 'c', '1', 0, 0, 0, 5, 0, 0, 40, 7};
  EXPECT_THAT(read_video_body(body), FailsWith(Code::kBadInput, HasSubstr("ends within")));
  const Bytes nested = {0x96, 0x06, 'h', 'v', 'c', '1', 0, 1};
  EXPECT_THAT(read_video_body(nested), FailsWith(Code::kUnsupported, HasSubstr("packet type 6")));
  const Bytes layout = {0x96, 0x31, 'h', 'v', 'c', '1', 0, 1};
  EXPECT_THAT(read_video_body(layout), FailsWith(Code::kUnsupported, HasSubstr("type 3")));
}

TEST(AudioBody, OfTheClassicKindTellsFormatRateAndConfiguration) {
  const Bytes mp3 = {0x2b, 1, 2};
  auto part = only(read_audio_body(mp3));
  EXPECT_EQ(part.codec, kMp3Id);
  EXPECT_EQ(part.sound.sample_rate, 22050);
  EXPECT_TRUE(part.sound.stereo);
  EXPECT_TRUE(part.sound.wide_samples);
  const Bytes configuration = {0xaf, 0, 0x12, 0x10};
  part = only(read_audio_body(configuration));
  EXPECT_EQ(part.codec, kAacId);
  EXPECT_EQ(part.kind, BodyKind::kConfiguration);
  const Bytes frame = {0xaf, 1, 0x21};
  part = only(read_audio_body(frame));
  EXPECT_EQ(part.kind, BodyKind::kFrame);
  EXPECT_EQ(bytes_of(part), Bytes{0x21});
}

TEST(AudioBody, OfTheEnhancedKindTellsEveryPacketType) {
  const std::pair<std::uint8_t, BodyKind> kinds[] = {{0x90, BodyKind::kConfiguration},
                                                     {0x91, BodyKind::kFrame},
                                                     {0x92, BodyKind::kEnd},
                                                     {0x94, BodyKind::kChannelMapping}};
  for (const char* codec : {"mp4a", ".mp3", "Opus", "fLaC", "ac-3", "ec-3"})
    for (const auto& [head, kind] : kinds) {
      const Bytes body = with_four_cc(head, codec, {3});
      const auto part = only(read_audio_body(body));
      EXPECT_EQ(part.kind, kind);
      EXPECT_EQ(codec_text(TagType::kAudio, part.codec), codec);
      EXPECT_EQ(bytes_of(part), Bytes{3});
    }
}

TEST(AudioBody, OfManyTracksHoldsEachBehindItsSize) {
  const Bytes body = {0x95, 0x11, 'O', 'p', 'u', 's', 0, 0, 0, 1, 7, 5, 0, 0, 2, 8, 9};
  const auto parts = read_audio_body(body);
  ASSERT_TRUE(parts) << parts.error().what;
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[1].track, 5);
  EXPECT_EQ(bytes_of((*parts)[1]), (Bytes{8, 9}));
}

TEST(Body, OfNothingHoldsNothing) {
  EXPECT_TRUE(read_video_body({})->empty());
  EXPECT_TRUE(read_audio_body({})->empty());
  EXPECT_TRUE(read_body(Tag{TagType::kScript, 0, {1, 2, 3}})->empty());
}

TEST(Body, CutWithinItsHeaderIsDamaged) {
  const Bytes bodies[] = {{0x17, 1, 0, 0, 40},
                          with_four_cc(0x91, "hvc1", {0, 0, 80}),
                          {0x97, 2, 1, 2, 3, 0x03, 'h', 'v', 'c', '1'},
                          {0x96, 0x11, 'h', 'v', 'c', '1', 0, 0, 0, 3, 0, 0, 40}};
  for (const Bytes& body : bodies)
    for (std::size_t size = 1; size < body.size(); ++size)
      EXPECT_THAT(read_video_body(ByteView(body).first(size)),
                  FailsWith(Code::kBadInput, HasSubstr("video")))
          << size;
  EXPECT_THAT(read_audio_body(Bytes{0xaf}), FailsWith(Code::kBadInput, HasSubstr("sound")));
}

TEST(Body, ReadGivesWhatWasWritten) {
  for (const auto codec : {kAvcId, four_cc("hvc1"), four_cc("av01")}) {
    const bool timed = codec != four_cc("av01");
    const Bytes body = video_frame(codec, {true, timed ? -8 : 0}, Bytes{1, 2, 3});
    const auto part = only(read_video_body(body));
    EXPECT_EQ(part.codec, codec);
    EXPECT_TRUE(part.key);
    EXPECT_EQ(part.composition_ms, timed ? -8 : 0);
    EXPECT_EQ(bytes_of(part), (Bytes{1, 2, 3}));
  }
}

TEST(CodecText, NamesNumbersAndLetters) {
  EXPECT_EQ(codec_text(TagType::kVideo, 4), "video codec 4");
  EXPECT_EQ(codec_text(TagType::kAudio, 6), "sound format 6");
  EXPECT_EQ(codec_text(TagType::kVideo, four_cc("vvc1")), "vvc1");
  EXPECT_EQ(codec_text(TagType::kVideo, 0x01766331), "?vc1");
}

}  // namespace
}  // namespace weir::flv
