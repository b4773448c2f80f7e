#include "flv/body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace weir::flv {
namespace {

using support::FailsWith;
using ::testing::AllOf;
using ::testing::HasSubstr;

media::Track track_of(media::Kind kind, AVCodecID codec, int sample_rate = 0) {
  AVCodecParameters* par = avcodec_parameters_alloc();
  par->codec_id = codec;
  par->sample_rate = sample_rate;
  media::Track track;
  track.kind = kind;
  track.par = media::copy_parameters(*par);
  avcodec_parameters_free(&par);
  return track;
}

TEST(AvcBody, WritesConfigurationFrameAndEnd) {
  EXPECT_EQ(video_configuration(kAvcId, Bytes{1, 2}), (Bytes{0x17, 0, 0, 0, 0, 1, 2}));
  EXPECT_EQ(video_frame(kAvcId, {true, 80}, Bytes{7, 8}), (Bytes{0x17, 1, 0, 0, 80, 7, 8}));
  EXPECT_EQ(video_frame(kAvcId, {false, 0x010203}, Bytes{9}), (Bytes{0x27, 1, 1, 2, 3, 9}));
  EXPECT_EQ(video_end(kAvcId), (Bytes{0x17, 2, 0, 0, 0}));
}

TEST(AvcBody, WritesNegativeCompositionTimesInTwosComplement) {
  EXPECT_EQ(video_frame(kAvcId, {false, -40}, Bytes{9}), (Bytes{0x27, 1, 0xff, 0xff, 0xd8, 9}));
}

TEST(EnhancedBody, CarriesHevcWithACompositionTimeOnlyWhenThereIsOne) {
  const auto hevc = four_cc("hvc1");
  EXPECT_EQ(video_configuration(hevc, Bytes{1}), (Bytes{0x90, 'h', 'v', 'c', '1', 1}));
  EXPECT_EQ(video_frame(hevc, {true, 0}, Bytes{5}), (Bytes{0x93, 'h', 'v', 'c', '1', 5}));
  EXPECT_EQ(video_frame(hevc, {false, 33}, Bytes{5}),
            (Bytes{0xa1, 'h', 'v', 'c', '1', 0, 0, 33, 5}));
  EXPECT_EQ(video_end(hevc), (Bytes{0x92, 'h', 'v', 'c', '1'}));
}

TEST(EnhancedBody, CarriesAv1WithoutACompositionTime) {
  const auto av1 = four_cc("av01");
  EXPECT_EQ(video_configuration(av1, Bytes{0x81}), (Bytes{0x90, 'a', 'v', '0', '1', 0x81}));
  EXPECT_EQ(video_frame(av1, {false, 20}, Bytes{5}), (Bytes{0xa1, 'a', 'v', '0', '1', 5}));
}

TEST(SoundBody, SaysFortyFourKilohertzStereoForEveryAac) {
  EXPECT_EQ(*audio_configuration(kAacId, Bytes{0x11, 0x90}), (Bytes{0xaf, 0, 0x11, 0x90}));
  EXPECT_EQ(audio_frame(kAacId, {8000, false}, Bytes{1, 2}), (Bytes{0xaf, 1, 1, 2}));
}

TEST(SoundBody, SaysRateAndChannelsOfMp3) {
  EXPECT_FALSE(audio_configuration(kMp3Id, {}));
  EXPECT_EQ(audio_frame(kMp3Id, {44100, true}, Bytes{1}), (Bytes{0x2f, 1}));
  EXPECT_EQ(audio_frame(kMp3Id, {22050, false}, Bytes{1}), (Bytes{0x2a, 1}));
  EXPECT_EQ(audio_frame(kMp3Id, {11025, false}, Bytes{1}), (Bytes{0x26, 1}));
}

TEST(SoundBody, CarriesOpusAndDolbyTheEnhancedWay) {
  EXPECT_EQ(*audio_configuration(four_cc("Opus"), as_bytes("OpusHead")),
            (Bytes{0x90, 'O', 'p', 'u', 's', 'O', 'p', 'u', 's', 'H', 'e', 'a', 'd'}));
  EXPECT_EQ(audio_frame(four_cc("Opus"), {}, Bytes{3}), (Bytes{0x91, 'O', 'p', 'u', 's', 3}));
  EXPECT_FALSE(audio_configuration(four_cc("ec-3"), {}));
  EXPECT_EQ(audio_frame(four_cc("ec-3"), {}, Bytes{3}), (Bytes{0x91, 'e', 'c', '-', '3', 3}));
}

TEST(CodecId, NamesClassicCodecsByNumberAndOthersByFourCharacters) {
  EXPECT_EQ(*codec_id(track_of(media::Kind::kVideo, AV_CODEC_ID_H264)), 7u);
  EXPECT_EQ(*codec_id(track_of(media::Kind::kAudio, AV_CODEC_ID_AAC)), 10u);
  EXPECT_EQ(*codec_id(track_of(media::Kind::kVideo, AV_CODEC_ID_HEVC)), 0x68766331u);
}

TEST(CodecId, SaysWhatFlvCannotCarryAndWhatItCan) {
  EXPECT_THAT(codec_id(track_of(media::Kind::kVideo, AV_CODEC_ID_MPEG4)),
              FailsWith(Code::kUnsupported, AllOf(HasSubstr("mpeg4"), HasSubstr("h264"))));
  EXPECT_THAT(codec_id(track_of(media::Kind::kAudio, AV_CODEC_ID_VORBIS)),
              FailsWith(Code::kUnsupported, AllOf(HasSubstr("vorbis"), HasSubstr("aac"))));
  EXPECT_THAT(codec_id(track_of(media::Kind::kAudio, AV_CODEC_ID_PCM_S16LE, 48000)),
              FailsWith(Code::kUnsupported, HasSubstr("48000")));
  EXPECT_THAT(enhanced_codec_id(track_of(media::Kind::kVideo, AV_CODEC_ID_FLV1)),
              FailsWith(Code::kUnsupported, HasSubstr("flv1")));
}

TEST(CodecId, OfMp3IsAFourCcForRatesWithoutANumber) {
  EXPECT_EQ(*codec_id(track_of(media::Kind::kAudio, AV_CODEC_ID_MP3, 44100)), kMp3Id);
  EXPECT_EQ(*codec_id(track_of(media::Kind::kAudio, AV_CODEC_ID_MP3, 32000)), four_cc(".mp3"));
}

TEST(EnhancedBody, OfAFurtherTrackIsAMultitrackMessageOfOneTrack) {
  const BodyForm form(four_cc("avc1"), 2);
  EXPECT_EQ(video_configuration(form, Bytes{1}), (Bytes{0x96, 0, 'a', 'v', 'c', '1', 2, 1}));
  EXPECT_EQ(video_frame(form, {false, 40}, Bytes{5}),
            (Bytes{0xa6, 1, 'a', 'v', 'c', '1', 2, 0, 0, 40, 5}));
  EXPECT_EQ(video_frame(form, {true, 0}, Bytes{5}), (Bytes{0x96, 3, 'a', 'v', 'c', '1', 2, 5}));
  EXPECT_EQ(*video_end(form), (Bytes{0x96, 2, 'a', 'v', 'c', '1', 2}));
  EXPECT_EQ(audio_frame({four_cc("mp4a"), 1}, {}, Bytes{7}),
            (Bytes{0x95, 1, 'm', 'p', '4', 'a', 1, 7}));
}

TEST(EnhancedBody, HasNanosecondsInFrontOfTheTrack) {
  EXPECT_EQ(video_frame(four_cc("hvc1"), {true, 0, 333'333}, Bytes{5}),
            (Bytes{0x97, 2, 0x05, 0x16, 0x15, 0x03, 'h', 'v', 'c', '1', 5}));
  EXPECT_EQ(audio_frame({four_cc("Opus"), 3}, {}, Bytes{7}, 1),
            (Bytes{0x97, 2, 0, 0, 1, 0x05, 0x01, 'O', 'p', 'u', 's', 3, 7}));
}

TEST(EnhancedBody, SendsMetadataAsACommandFrame) {
  EXPECT_EQ(video_metadata(four_cc("hvc1"), Bytes{2}), (Bytes{0xd4, 'h', 'v', 'c', '1', 2}));
}

TEST(EnhancedBody, GivesFlacItsSignatureAndBlockHead) {
  Bytes information(34, 7);
  const auto body = audio_configuration(four_cc("fLaC"), information);
  Bytes wanted = {0x90, 'f', 'L', 'a', 'C', 'f', 'L', 'a', 'C', 0x80, 0, 0, 34};
  wanted.insert(wanted.end(), 34, 7);
  EXPECT_EQ(body, wanted);
}

TEST(OldBody, IsAByteInFrontOfTheFrame) {
  EXPECT_EQ(video_frame(2, {true}, Bytes{1}), (Bytes{0x12, 1}));
  EXPECT_EQ(video_end(2), std::nullopt);
  EXPECT_EQ(audio_frame(3, {11025, false, false}, Bytes{1}), (Bytes{0x34, 1}));
}

}  // namespace
}  // namespace weir::flv
