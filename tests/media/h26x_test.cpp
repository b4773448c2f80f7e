#include "media/h26x.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "media/bit_reader.h"
#include "support/bit_writer.h"
#include "support/coded_stream.h"

namespace weir::media {
namespace {

using support::BitWriter;
using support::encode_video;
using support::join_annex_b;
using support::VideoSpec;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Bytes sps_of(const VideoSpec& spec, AVCodecID codec) {
  return find_parameter_sets(codec, encode_video(spec).packets.front().bytes()).sps.at(0);
}

VideoSpec x264(std::map<std::string, std::string> options = {}) {
  VideoSpec spec;
  spec.frames = 2;
  spec.options = std::move(options);
  return spec;
}

VideoSpec x265(AVPixelFormat format = AV_PIX_FMT_YUV420P) {
  VideoSpec spec;
  spec.encoder = "libx265";
  spec.frames = 2;
  spec.format = format;
  spec.options = {{"x265-params", "log-level=none:repeat-headers=1"}};
  return spec;
}

std::vector<Bytes> copies(const std::vector<ByteView>& views) {
  std::vector<Bytes> out;
  for (const auto view : views) out.emplace_back(view.begin(), view.end());
  return out;
}

TEST(SplitAnnexB, TakesStartCodesOfThreeAndFourBytesAndDropsTrailingZeros) {
  const Bytes bytes = {0, 0, 0, 1, 9, 16, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x65, 0, 3, 0};
  EXPECT_THAT(copies(split_annex_b(bytes)),
              ElementsAre(Bytes{9, 16}, Bytes{0x67, 1, 2}, Bytes{0x65, 0, 3}));
}

TEST(SplitAnnexB, GivesNothingWithoutAStartCode) {
  EXPECT_THAT(split_annex_b({}), IsEmpty());
  EXPECT_THAT(split_annex_b(Bytes{0, 0}), IsEmpty());
  EXPECT_THAT(split_annex_b(Bytes{1, 2, 3, 4, 0, 0}), IsEmpty());
  EXPECT_THAT(split_annex_b(Bytes{0, 0, 1}), IsEmpty());
}

TEST(FindParameterSets, GivesEachSetOnce) {
  Bytes twice = join_annex_b({{}, {{0x67, 1}, {0x67, 2}}, {{0x68, 5}}});
  const Bytes once = twice;
  twice.insert(twice.end(), once.begin(), once.end());
  const ParameterSets sets = find_parameter_sets(AV_CODEC_ID_H264, twice);
  EXPECT_THAT(sets.sps, ElementsAre(Bytes{0x67, 1}, Bytes{0x67, 2}));
  EXPECT_THAT(sets.pps, ElementsAre(Bytes{0x68, 5}));
}

TEST(FindParameterSets, LooksNoFurtherThanTheFirstSlice) {
  const Bytes unit{0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 7, 0, 0, 1, 0x67, 2};
  EXPECT_THAT(find_parameter_sets(AV_CODEC_ID_H264, unit).sps, ElementsAre(Bytes{0x67, 1}));
}

TEST(ParseSps, ReadsWhatX264Wrote) {
  VideoSpec spec = x264({{"profile", "high"}, {"level", "4.0"}, {"color_trc", "bt709"}});
  spec.width = 322;
  spec.height = 182;
  const auto info = parse_sps(AV_CODEC_ID_H264, sps_of(spec, AV_CODEC_ID_H264));
  ASSERT_TRUE(info) << info.error().what;
  EXPECT_EQ(info->profile, 100);
  EXPECT_EQ(info->level, 40);
  EXPECT_EQ(info->width, 322);
  EXPECT_EQ(info->height, 182);
  EXPECT_EQ(info->chroma_format, 1);
  EXPECT_EQ(info->bit_depth_luma, 8);
  EXPECT_EQ(info->transfer, AVCOL_TRC_BT709);
  EXPECT_TRUE(info->progressive);
}

TEST(ParseSps, ReadsInterlacedFourTwoTwoInTenBits) {
  VideoSpec spec = x264({{"flags", "+ildct+ilme"}, {"x264-params", "interlaced=1:cqm=jvt"}});
  spec.format = AV_PIX_FMT_YUV422P10;
  spec.height = 90;
  const auto info = parse_sps(AV_CODEC_ID_H264, sps_of(spec, AV_CODEC_ID_H264));
  ASSERT_TRUE(info) << info.error().what;
  EXPECT_EQ(info->profile, 122);
  EXPECT_EQ(info->height, 90);
  EXPECT_EQ(info->chroma_format, 2);
  EXPECT_EQ(info->bit_depth_chroma, 10);
  EXPECT_FALSE(info->progressive);
}

TEST(ParseSps, ReadsWhatX265Wrote) {
  VideoSpec spec = x265(AV_PIX_FMT_YUV420P10);
  spec.width = 322;
  spec.height = 182;
  spec.options["color_trc"] = "smpte2084";
  const auto info = parse_sps(AV_CODEC_ID_HEVC, sps_of(spec, AV_CODEC_ID_HEVC));
  ASSERT_TRUE(info) << info.error().what;
  EXPECT_EQ(info->profile, 2);
  EXPECT_EQ(info->width, 322);
  EXPECT_EQ(info->height, 182);
  EXPECT_EQ(info->bit_depth_luma, 10);
  EXPECT_EQ(info->transfer, AVCOL_TRC_SMPTE2084);
  EXPECT_TRUE(info->progressive);
  EXPECT_EQ(info->temporal_layers, 1);
}

// Scaling lists, order counts of type 1, separate planes, cropping and a free pixel ratio.
Bytes rare_h264_sps() {
  BitWriter out;
  out.bits(244, 8).bits(0, 8).bits(51, 8).ue(3);
  out.ue(3).bits(1, 1).ue(2).ue(4).bits(0, 1);
  out.bits(1, 1);
  for (int list = 0; list < 12; ++list) {
    out.bits(list % 2, 1);
    if (list % 2 == 0) continue;
    out.se(list == 1 ? -8 : 3);  // -8 ends a list at once
    for (int i = 1; list != 1 && i < (list < 6 ? 16 : 64); ++i) out.se(i % 2 == 0 ? 1 : -1);
  }
  out.ue(7).ue(1).bits(0, 1).se(-3).se(300).ue(2).se(5).se(-6);
  out.ue(4).bits(0, 1).ue(9).ue(4).bits(0, 1).bits(1, 1).bits(1, 1);
  out.bits(1, 1).ue(3).ue(4).ue(1).ue(2);
  out.bits(1, 1).bits(1, 1).bits(255, 8).bits(4, 16).bits(3, 16);
  out.bits(1, 1).bits(1, 1);
  out.bits(1, 1).bits(5, 3).bits(0, 1).bits(1, 1).bits(9, 8).bits(18, 8).bits(9, 8);
  return out.nal({0x67});
}

TEST(ParseSps, ReadsEveryOptionalPartOfH264) {
  const auto info = parse_sps(AV_CODEC_ID_H264, rare_h264_sps());
  ASSERT_TRUE(info) << info.error().what;
  EXPECT_EQ(info->width, 160 - 7);
  EXPECT_EQ(info->height, 160 - 2 * 3);
  EXPECT_EQ(info->bit_depth_luma, 10);
  EXPECT_EQ(info->bit_depth_chroma, 12);
  EXPECT_FALSE(info->progressive);
  EXPECT_EQ(info->transfer, 18);
}

// Sub-layers, scaling lists, PCM, predicted reference sets and long-term pictures before the VUI.
Bytes rare_hevc_sps() {
  BitWriter out;
  out.bits(0, 4).bits(2, 3).bits(1, 1);
  out.bits(0, 2).bits(1, 1).bits(4, 5).bits(0x08000000, 32).bits(0x400000000000, 48).bits(153, 8);
  out.bits(3, 2).bits(1, 2).bits(0, 12);
  for (int i = 0; i < 13; ++i) out.bits(0xa5, 8);
  out.ue(0).ue(2).ue(1920).ue(1088).bits(1, 1).ue(1).ue(1).ue(0).ue(8);
  out.ue(2).ue(2).ue(4).bits(1, 1);
  for (int i = 0; i < 9; ++i) out.ue(2);
  for (int i = 0; i < 6; ++i) out.ue(1);
  out.bits(1, 1).bits(1, 1);
  for (int size = 0; size < 4; ++size)
    for (int matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1) {
      out.bits(matrix == 0, 1);
      if (matrix != 0) out.ue(0);
      if (matrix == 0 && size > 1) out.se(4);
      for (int i = 0; matrix == 0 && i < (size == 0 ? 16 : 64); ++i) out.se(-1);
    }
  out.bits(1, 1).bits(0, 1).bits(1, 1).bits(0x77, 8).ue(0).ue(1).bits(1, 1);
  out.ue(4);
  out.ue(2).ue(1).ue(0).bits(1, 1).ue(0).bits(1, 1).ue(0).bits(1, 1);  // -1 -2 | +1
  // Shifted by -1: -1 -2 -3 (the last is -2's), +1 becomes the picture itself and falls out.
  out.bits(1, 1).bits(1, 1).ue(0).bits(0xf, 4);
  out.bits(1, 1).bits(0, 1).ue(1);  // three pictures and their own: four flags
  out.bits(1, 1).bits(0, 1).bits(1, 1).bits(1, 1).bits(0, 1).bits(0, 1);
  out.bits(0, 1).ue(0).ue(1).ue(6).bits(0, 1);
  out.bits(1, 1).ue(2).bits(3, 8).bits(1, 1).bits(4, 8).bits(0, 1);
  out.bits(1, 1).bits(0, 1);
  out.bits(1, 1).bits(0, 1).bits(0, 1).bits(1, 1).bits(5, 3).bits(1, 1).bits(1, 1);
  out.bits(9, 8).bits(16, 8).bits(9, 8);
  return out.nal({0x42, 0x01});
}

TEST(ParseSps, ReadsEveryOptionalPartOfHevc) {
  const auto info = parse_sps(AV_CODEC_ID_HEVC, rare_hevc_sps());
  ASSERT_TRUE(info) << info.error().what;
  EXPECT_TRUE(info->high_tier);
  EXPECT_EQ(info->profile, 4);
  EXPECT_EQ(info->level, 153);
  EXPECT_EQ(info->temporal_layers, 3);
  EXPECT_TRUE(info->temporal_nested);
  EXPECT_FALSE(info->progressive);
  EXPECT_EQ(info->width, 1916);
  EXPECT_EQ(info->height, 1080);
  EXPECT_EQ(info->chroma_format, 2);
  EXPECT_EQ(info->transfer, 16);
}

TEST(ParseSps, TakesNoOtherCodecAndNoOtherUnit) {
  EXPECT_EQ(parse_sps(AV_CODEC_ID_VP8, Bytes{0x67}).error().code, Code::kUnsupported);
  EXPECT_EQ(parse_sps(AV_CODEC_ID_H264, Bytes{0x68, 1}).error().code, Code::kBadInput);
  EXPECT_EQ(parse_sps(AV_CODEC_ID_HEVC, Bytes{0x40, 1}).error().code, Code::kBadInput);
  EXPECT_EQ(parse_sps(AV_CODEC_ID_H264, {}).error().code, Code::kBadInput);
}

TEST(ParseSps, SurvivesEveryTruncation) {
  for (const auto codec : {AV_CODEC_ID_H264, AV_CODEC_ID_HEVC}) {
    const Bytes whole = codec == AV_CODEC_ID_H264 ? rare_h264_sps() : rare_hevc_sps();
    // The last two bytes are behind the transfer function.
    for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
      const auto info = parse_sps(codec, ByteView(whole).first(size));
      ASSERT_FALSE(info) << size;
      EXPECT_EQ(info.error().code, Code::kBadInput);
    }
  }
}

TEST(ParseSps, SurvivesRandomDamage) {
  std::mt19937 random(20261122);
  const std::vector<std::pair<AVCodecID, Bytes>> seeds = {
      {AV_CODEC_ID_H264, rare_h264_sps()},
      {AV_CODEC_ID_HEVC, rare_hevc_sps()},
      {AV_CODEC_ID_H264, sps_of(x264(), AV_CODEC_ID_H264)},
      {AV_CODEC_ID_HEVC, sps_of(x265(), AV_CODEC_ID_HEVC)}};
  int read = 0;
  for (int round = 0; round < 20000; ++round) {
    auto [codec, bytes] = seeds[random() % seeds.size()];
    for (unsigned i = 0; i <= random() % 4; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    const auto info = parse_sps(codec, bytes);
    if (!info) continue;
    ++read;
    EXPECT_GT(info->width, 0);
    EXPECT_GT(info->height, 0);
  }
  EXPECT_GT(read, 100);
}

// Decodes `packets` with `configuration` as a player of MP4 or FLV would; counts the pictures.
int decode(AVCodecID codec, const Bytes& configuration, const std::vector<Bytes>& samples) {
  CodecPtr decoder(avcodec_alloc_context3(avcodec_find_decoder(codec)));
  decoder->extradata =
      static_cast<std::uint8_t*>(av_mallocz(configuration.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  std::copy(configuration.begin(), configuration.end(), decoder->extradata);
  decoder->extradata_size = static_cast<int>(configuration.size());
  EXPECT_GE(avcodec_open2(decoder.get(), nullptr, nullptr), 0);
  int pictures = 0;
  Frame frame;
  const auto drain = [&] {
    while (avcodec_receive_frame(decoder.get(), frame.raw()) >= 0)
      pictures += frame.raw()->decode_error_flags == 0 ? 1 : 0;
  };
  for (const auto& sample : samples) {
    EXPECT_GE(avcodec_send_packet(decoder.get(), Packet::of(sample).raw()), 0);
    drain();
  }
  avcodec_send_packet(decoder.get(), nullptr);
  drain();
  return pictures;
}

TEST(DecoderConfiguration, LetsADecoderReadSamplesWithoutParameterSets) {
  for (VideoSpec spec : {x264(), x265(), x265(AV_PIX_FMT_YUV420P10)}) {
    spec.frames = 12;
    const auto stream = encode_video(spec);
    const auto codec = stream.track.codec();
    const auto configuration = decoder_configuration(codec, stream.packets.front().bytes());
    ASSERT_TRUE(configuration) << configuration.error().what;
    std::vector<Bytes> samples;
    for (const auto& packet : stream.packets)
      samples.push_back(to_length_prefixed(codec, packet.bytes()));
    EXPECT_EQ(decode(codec, *configuration, samples), 12) << spec.encoder;
  }
}

TEST(DecoderConfiguration, SaysChromaAndDepthForHighProfilesOnly) {
  const Bytes high = join_annex_b({{}, {rare_h264_sps()}, {{0x68, 0xee}}});
  const auto record = decoder_configuration(AV_CODEC_ID_H264, high);
  ASSERT_TRUE(record);
  const Bytes tail(record->end() - 9, record->end());
  EXPECT_THAT(tail, ElementsAre(1, 0, 2, 0x68, 0xee, 0xff, 0xfa, 0xfc, 0));

  const Bytes baseline = sps_of(x264({{"profile", "baseline"}}), AV_CODEC_ID_H264);
  const auto shorter =
      decoder_configuration(AV_CODEC_ID_H264, ParameterSets{{}, {baseline}, {{0x68, 0xee}}});
  ASSERT_TRUE(shorter);
  EXPECT_EQ(shorter->size(), 6 + 2 + baseline.size() + 1 + 2 + 2);
  EXPECT_EQ(Bytes(shorter->begin(), shorter->begin() + 6),
            (Bytes{1, baseline[1], baseline[2], baseline[3], 0xff, 0xe1}));
}

TEST(DecoderConfiguration, WritesTheHevcRecordFieldByField) {
  const auto record = decoder_configuration(
      AV_CODEC_ID_HEVC, ParameterSets{{{0x40, 1, 7}}, {rare_hevc_sps()}, {{0x44, 1, 9}}});
  ASSERT_TRUE(record) << record.error().what;
  const Bytes head(record->begin(), record->begin() + 31);
  EXPECT_EQ(head, (Bytes{1,    0x24, 8,    0, 0, 0,    0x40, 0,    0, 0, 0, 0, 153,  0xf0, 0, 0xfc,
                         0xfe, 0xfa, 0xfa, 0, 0, 0x1f, 3,    0xa0, 0, 1, 0, 3, 0x40, 1,    7}));
}

TEST(DecoderConfiguration, NeedsEveryKindOfSet) {
  const Bytes sps = rare_h264_sps();
  for (const ParameterSets& sets : {ParameterSets{{}, {sps}, {}}, ParameterSets{{}, {}, {{0x68}}},
                                    ParameterSets{{}, {{0x67, 1}}, {{0x68}}}})
    EXPECT_EQ(decoder_configuration(AV_CODEC_ID_H264, sets).error().code, Code::kBadInput);
  EXPECT_EQ(
      decoder_configuration(AV_CODEC_ID_HEVC, ParameterSets{{}, {rare_hevc_sps()}, {{0x44, 1}}})
          .error()
          .code,
      Code::kBadInput);
}

TEST(ExtradataParameterSets, ReadsBothForms) {
  for (const VideoSpec& spec : {x264(), x265()}) {
    const auto stream = encode_video(spec);
    const auto codec = stream.track.codec();
    const ParameterSets sets = find_parameter_sets(codec, stream.packets.front().bytes());
    const auto from_record = extradata_parameter_sets(codec, *decoder_configuration(codec, sets));
    const auto from_bytes = extradata_parameter_sets(codec, join_annex_b(sets));
    ASSERT_TRUE(from_record && from_bytes);
    EXPECT_EQ(join_annex_b(*from_record), join_annex_b(sets));
    EXPECT_EQ(join_annex_b(*from_bytes), join_annex_b(sets));
  }
}

TEST(ExtradataParameterSets, SurvivesTruncatedRecords) {
  for (const VideoSpec& spec : {x264(), x265()}) {
    const auto stream = encode_video(spec);
    const auto codec = stream.track.codec();
    const Bytes record = *decoder_configuration(codec, stream.packets.front().bytes());
    // Behind the last set of avcC stand four bytes of chroma and depth nobody needs here.
    for (std::size_t size = 1; size + 4 < record.size(); ++size) {
      const auto sets = extradata_parameter_sets(codec, ByteView(record).first(size));
      ASSERT_FALSE(sets) << size;
      EXPECT_EQ(sets.error().code, Code::kBadInput);
    }
  }
}

TEST(ToAnnexBInPlace, TurnsEveryLengthIntoAStartCode) {
  Bytes sample = {0, 0, 0, 2, 0x65, 0x88, 0, 0, 0, 0, 0, 0, 0, 1, 0x41};
  ASSERT_TRUE(to_annex_b_in_place(sample));
  EXPECT_EQ(sample, (Bytes{0, 0, 0, 1, 0x65, 0x88, 0, 0, 0, 1, 0, 0, 0, 1, 0x41}));
  EXPECT_THAT(split_annex_b(sample), ElementsAre(ElementsAre(0x65, 0x88), ElementsAre(0x41)));
  EXPECT_TRUE(to_annex_b_in_place({}));
}

TEST(ToAnnexBInPlace, LeavesASampleWhoseLengthsDoNotAddUp) {
  const Bytes good = {0, 0, 0, 2, 0x65, 0x88, 0, 0, 0, 1, 0x41};
  for (std::size_t size = 1; size < good.size(); ++size) {
    if (size == 6) continue;  // one whole unit
    const Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    Bytes sample = cut;
    EXPECT_FALSE(to_annex_b_in_place(sample)) << size;
    EXPECT_EQ(sample, cut);
  }
  Bytes huge = {0xff, 0xff, 0xff, 0xff, 0x65};
  EXPECT_FALSE(to_annex_b_in_place(huge));
}

TEST(ToLengthPrefixed, DropsDelimitersFillerAndParameterSets) {
  const Bytes unit = {0, 0, 0, 1, 9, 16, 0, 0, 1,    0x67, 1, 0, 0, 1, 0x68, 2,  0,
                      0, 1, 6, 5, 1, 0,  0, 1, 0x65, 7,    8, 0, 0, 1, 12,   255};
  EXPECT_THAT(to_length_prefixed(AV_CODEC_ID_H264, unit),
              ElementsAre(0, 0, 0, 3, 6, 5, 1, 0, 0, 0, 3, 0x65, 7, 8));
  EXPECT_THAT(to_length_prefixed(AV_CODEC_ID_H264, unit, true), SizeIs(14 + 6 + 6));
}

TEST(HasIdr, KnowsRandomAccessPicturesOfBothCodecs) {
  EXPECT_TRUE(has_idr(AV_CODEC_ID_H264, Bytes{0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 1}));
  EXPECT_FALSE(has_idr(AV_CODEC_ID_H264, Bytes{0, 0, 1, 0x41, 1}));
  EXPECT_TRUE(has_idr(AV_CODEC_ID_HEVC, Bytes{0, 0, 1, 21 << 1, 1}));
  EXPECT_FALSE(has_idr(AV_CODEC_ID_HEVC, Bytes{0, 0, 1, 1 << 1, 1}));
  EXPECT_FALSE(has_idr(AV_CODEC_ID_H264, Bytes{0, 0, 1, 0x67, 1}));
  EXPECT_FALSE(has_idr(AV_CODEC_ID_H264, Bytes{0, 0, 1}));
  EXPECT_FALSE(has_idr(AV_CODEC_ID_H264, {}));
}

TEST(IsOtherCodec, TellsH264AndHevcApartByTheirKeyFrames) {
  const auto avc = encode_video(x264());
  const auto hevc = encode_video(x265());
  for (const auto& packet : avc.packets) {
    EXPECT_FALSE(is_other_codec(AV_CODEC_ID_H264, packet.bytes()));
    EXPECT_EQ(is_other_codec(AV_CODEC_ID_HEVC, packet.bytes()), packet.key());
  }
  for (const auto& packet : hevc.packets) {
    EXPECT_FALSE(is_other_codec(AV_CODEC_ID_HEVC, packet.bytes()));
    EXPECT_EQ(is_other_codec(AV_CODEC_ID_H264, packet.bytes()), packet.key());
  }
  EXPECT_FALSE(is_other_codec(AV_CODEC_ID_H264, {}));
  EXPECT_FALSE(is_other_codec(AV_CODEC_ID_H264, Bytes{0, 0, 1, 0x40}));
  EXPECT_FALSE(is_other_codec(AV_CODEC_ID_H264, Bytes{0, 0, 1, 0x40, 1, 0, 0, 1, 0x42, 1}));
}

TEST(BitReader, ReadsZerosPastTheEndAndRemembers) {
  const Bytes bytes = {0x80};
  BitReader in(bytes);
  EXPECT_EQ(in.ue(), 0u);
  EXPECT_EQ(in.bits(7), 0u);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.bits(64), 0u);
  EXPECT_FALSE(in.ok());
}

TEST(BitReader, TakesEmulationPreventionOut) {
  EXPECT_THAT(without_emulation_prevention(Bytes{0, 0, 3, 0, 0, 3, 1, 3, 0, 3}),
              ElementsAre(0, 0, 0, 0, 1, 3, 0, 3));
}

}  // namespace
}  // namespace weir::media
