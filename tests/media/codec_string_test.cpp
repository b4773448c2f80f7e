#include "media/codec_string.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "media/aac.h"
#include "media/av1.h"
#include "media/h26x.h"
#include "support/bit_writer.h"
#include "support/coded_stream.h"

namespace weir::media {
namespace {

using support::encode_audio;
using support::encode_video;
using support::VideoSpec;

Track track_with(AVCodecID codec, const Bytes& extradata = {}, int profile = -99) {
  AVCodecParameters* par = avcodec_parameters_alloc();
  par->codec_id = codec;
  par->profile = profile;
  par->level = -99;
  Track track;
  track.par = copy_parameters(*par);
  avcodec_parameters_free(&par);
  support::set_extradata(track, extradata);
  return track;
}

std::string name_of(AVCodecID codec, const Bytes& extradata = {}, int profile = -99) {
  const auto name = codec_string(track_with(codec, extradata, profile));
  return name ? *name : name.error().what;
}

VideoSpec video(std::string encoder, AVPixelFormat format, const std::string& option,
                const std::string& value) {
  VideoSpec spec;
  spec.encoder = std::move(encoder);
  spec.frames = 2;
  spec.format = format;
  spec.options[option] = value;
  return spec;
}

std::string name_of(const VideoSpec& spec) {
  return codec_string(encode_video(spec).track).value();
}

TEST(CodecString, NamesH264ByProfileConstraintsAndLevel) {
  EXPECT_EQ(name_of(video("libx264", AV_PIX_FMT_YUV420P, "level", "4.0")), "avc1.640028");
  EXPECT_EQ(name_of(video("libx264", AV_PIX_FMT_YUV420P, "profile", "main")), "avc1.4d400a");
  EXPECT_EQ(name_of(video("libx264", AV_PIX_FMT_YUV420P, "profile", "baseline")), "avc1.42c00a");
}

TEST(CodecString, NamesHevcByProfileCompatibilityTierLevelAndConstraints) {
  const std::string quiet = "log-level=none:repeat-headers=1";
  EXPECT_EQ(name_of(video("libx265", AV_PIX_FMT_YUV420P, "x265-params", quiet)), "hvc1.1.6.L30.90");
  EXPECT_EQ(name_of(video("libx265", AV_PIX_FMT_YUV420P10, "x265-params", quiet)),
            "hvc1.2.4.L30.90");
  EXPECT_EQ(name_of(video("libx265", AV_PIX_FMT_YUV420P, "x265-params",
                          quiet + ":level-idc=5:high-tier=1")),
            "hvc1.1.6.H150.90");
}

TEST(CodecString, ReadsDecoderConfigurationsOfForeignFiles) {
  const auto spec = video("libx264", AV_PIX_FMT_YUV420P, "level", "4.0");
  auto stream = encode_video(spec);
  support::set_extradata(stream.track,
                         *decoder_configuration(AV_CODEC_ID_H264, stream.packets[0].bytes()));
  EXPECT_EQ(codec_string(stream.track).value(), "avc1.640028");
}

TEST(CodecString, NamesAacByItsObjectType) {
  EXPECT_EQ(codec_string(encode_audio({}).track).value(), "mp4a.40.2");
  EXPECT_EQ(name_of(AV_CODEC_ID_AAC, {0x12, 0x10}), "mp4a.40.2");
  EXPECT_EQ(name_of(AV_CODEC_ID_AAC, {0x2b, 0x92, 0x08, 0x00}), "mp4a.40.5");
  EXPECT_EQ(name_of(AV_CODEC_ID_AAC, {0xeb, 0x8a, 0x08, 0x00}), "mp4a.40.29");
  EXPECT_EQ(name_of(AV_CODEC_ID_AAC, {0xf9, 0x48, 0x40, 0x00}), "mp4a.40.42");
}

TEST(CodecString, SeesHeAacSignalledBehindAnLcConfig) {
  support::BitWriter he;
  he.bits(2, 5).bits(6, 4).bits(2, 4).bits(0, 3).bits(0x2b7, 11).bits(5, 5).bits(1, 1).bits(3, 4);
  EXPECT_EQ(name_of(AV_CODEC_ID_AAC, he.bytes()), "mp4a.40.5");
  he.bits(0x548, 11).bits(1, 1);
  EXPECT_EQ(name_of(AV_CODEC_ID_AAC, he.bytes()), "mp4a.40.29");
  support::BitWriter off;
  off.bits(2, 5).bits(6, 4).bits(2, 4).bits(0, 3).bits(0x2b7, 11).bits(5, 5).bits(0, 1);
  EXPECT_EQ(name_of(AV_CODEC_ID_AAC, off.bytes()), "mp4a.40.2");
}

TEST(CodecString, FallsBackToTheDeclaredAacProfile) {
  EXPECT_EQ(name_of(AV_CODEC_ID_AAC, {}, 1), "mp4a.40.2");
  EXPECT_EQ(name_of(AV_CODEC_ID_AAC, {}, 28), "mp4a.40.29");
  EXPECT_EQ(codec_string(track_with(AV_CODEC_ID_AAC)).error().code, Code::kBadInput);
}

TEST(CodecString, NamesCodecsWithoutParameters) {
  EXPECT_EQ(name_of(AV_CODEC_ID_MP3), "mp4a.40.34");
  EXPECT_EQ(name_of(AV_CODEC_ID_OPUS), "opus");
  EXPECT_EQ(name_of(AV_CODEC_ID_AC3), "ac-3");
  EXPECT_EQ(name_of(AV_CODEC_ID_EAC3), "ec-3");
  EXPECT_EQ(name_of(AV_CODEC_ID_FLAC), "fLaC");
}

TEST(CodecString, SaysWhichCodecHasNoEntry) {
  const auto name = codec_string(track_with(AV_CODEC_ID_VORBIS));
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().code, Code::kUnsupported);
  EXPECT_THAT(name.error().what, ::testing::HasSubstr("vorbis"));
  EXPECT_EQ(codec_string(track_with(AV_CODEC_ID_VP9)).error().code, Code::kUnsupported);
  EXPECT_EQ(codec_string(track_with(AV_CODEC_ID_H264)).error().code, Code::kBadInput);
}

TEST(CodecString, SurvivesRandomExtradata) {
  std::mt19937 random(20261122);
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes(random() % 40);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    if (!bytes.empty() && round % 2 == 0) bytes[0] = 1;
    for (const auto codec :
         {AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_AAC, AV_CODEC_ID_AV1}) {
      const auto name = codec_string(track_with(codec, bytes));
      EXPECT_FALSE(name ? name->empty() : name.error().what.empty());
    }
  }
}

// seq_profile 0, one operating point with the given level and tier, 10 bits.
Bytes av1_sequence_header(int level, bool high_tier) {
  support::BitWriter out;
  out.bits(0, 3).bits(0, 2).bits(0, 1).bits(0, 1).bits(0, 5);
  out.bits(0, 12).bits(static_cast<unsigned>(level), 5);
  if (level > 7) out.bits(high_tier ? 1 : 0, 1);
  out.bits(10, 4).bits(10, 4).bits(1919, 11).bits(1079, 11).bits(0, 1);
  out.bits(0, 3).bits(0, 4).bits(1, 1).bits(0, 2).bits(1, 1).bits(1, 1).bits(6, 3);
  out.bits(0, 3).bits(1, 1).bits(0, 1).bits(0, 1).bits(0, 1).bits(1, 2);
  Bytes unit = {0x0a, static_cast<std::uint8_t>(out.bytes().size())};
  unit.insert(unit.end(), out.bytes().begin(), out.bytes().end());
  return unit;
}

TEST(CodecString, NamesAv1FromTheSequenceHeaderAndFromItsRecord) {
  EXPECT_EQ(name_of(AV_CODEC_ID_AV1, av1_sequence_header(8, false)), "av01.0.08M.10");
  EXPECT_EQ(name_of(AV_CODEC_ID_AV1, av1_sequence_header(13, true)), "av01.0.13H.10");
  EXPECT_EQ(name_of(AV_CODEC_ID_AV1, {0x81, 0x04, 0x0c, 0x00}), "av01.0.04M.08");
}

TEST(Av1Configuration, HoldsTheSequenceHeaderBehindFourBytes) {
  Bytes unit = {0x12, 0x00};  // a temporal delimiter
  const Bytes header = av1_sequence_header(8, false);
  unit.insert(unit.end(), header.begin(), header.end());
  const auto record = av1_configuration(unit);
  ASSERT_TRUE(record) << record.error().what;
  Bytes expected = {0x81, 0x08, 0x4d, 0x00};
  expected.insert(expected.end(), header.begin(), header.end());
  EXPECT_EQ(*record, expected);
  EXPECT_EQ(*av1_configuration(*record), expected);
  EXPECT_EQ(without_temporal_delimiters(unit), header);
}

TEST(Av1Configuration, SurvivesEveryTruncation) {
  const Bytes header = av1_sequence_header(8, false);
  for (std::size_t size = 0; size < header.size(); ++size)
    EXPECT_FALSE(av1_configuration(ByteView(header).first(size))) << size;
}

TEST(Av1Configuration, ReadsWhatAnEncoderWrote) {
  if (avcodec_find_encoder_by_name("libsvtav1") == nullptr) GTEST_SKIP() << "no libsvtav1 here";
  setenv("SVT_LOG", "1", 1);  // errors only
  VideoSpec spec = video("libsvtav1", AV_PIX_FMT_YUV420P10, "preset", "12");
  spec.b_frames = 0;
  spec.height = 64;
  spec.options["svtav1-params"] = "lp=1";
  const auto stream = encode_video(spec);
  const auto info = parse_av1_extradata(stream.packets.at(0).bytes());
  ASSERT_TRUE(info) << info.error().what;
  EXPECT_EQ(info->bit_depth, 10);
  EXPECT_EQ(info->profile, 0);
}

}  // namespace
}  // namespace weir::media
