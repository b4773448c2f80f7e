// What the chunk engine builds on: quantisers hold, passes fit each other at any size, and pieces
// coded apart make one stream.
#include "codec/x264_encoder.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/video_enc_params.h>
}

#include "codec/decoder.h"
#include "ingest/test_pattern.h"
#include "media/h26x.h"
#include "support/collect.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::codec {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

X264Settings settings(int width = 160, int height = 90) {
  X264Settings s;
  s.width = width;
  s.height = height;
  s.time_base = {1, 25};
  s.frame_rate = {25, 1};
  s.parameters = {{"crf", "28"}, {"bframes", "3"}, {"b-pyramid", "normal"}, {"ref", "1"}};
  return s;
}

// What both passes of one size after another must have in common, and a rate no second pass needs.
X264Settings pass(int width, int height) {
  X264Settings s = settings(width, height);
  s.parameters = {{"bframes", "3"},        {"b-adapt", "2"}, {"weightp", "1"},       {"ref", "1"},
                  {"b-pyramid", "normal"}, {"mbtree", "1"},  {"rc-lookahead", "250"}};
  return s;
}

X264Settings first_pass(const std::filesystem::path& stats, int width = 160, int height = 90) {
  X264Settings s = pass(width, height);
  s.parameters.emplace_back("crf", "25");
  s.stats_out = stats;
  return s;
}

X264Settings second_pass(const std::filesystem::path& stats, int width = 320, int height = 180) {
  X264Settings s = pass(width, height);
  s.parameters.emplace_back("bitrate", "300");
  s.stats_in = stats;
  return s;
}

struct Job {
  int pictures = 60;
  std::set<int> keys = {0};
  std::optional<int> quantiser = std::nullopt;
  int first = 0;  // of the pattern
};

Result<std::vector<X264Picture>> code(const X264Settings& s, const Job& job = {}) {
  WEIR_TRY_ASSIGN(auto encoder, X264Encoder::open(s));
  std::vector<X264Picture> coded;
  const auto take = [&](X264Picture picture) -> Result<void> {
    coded.push_back(std::move(picture));
    return {};
  };
  const ingest::PatternOptions pattern{s.width, s.height, {25, 1}, 48'000};
  for (int n = job.first; n < job.first + job.pictures; ++n)
    WEIR_TRY(
        encoder->push(*ingest::paint(pattern, n).raw(), job.keys.contains(n), job.quantiser, take));
  WEIR_TRY(encoder->finish(take));
  return coded;
}

std::vector<X264Picture> must_code(const X264Settings& s, const Job& job = {}) {
  auto coded = code(s, job);
  EXPECT_THAT(coded, IsOk());
  return coded ? std::move(*coded) : std::vector<X264Picture>();
}

std::string joined(const std::vector<X264Picture>& coded) {
  std::string bytes;
  for (const auto& picture : coded) bytes.append(picture.bytes.begin(), picture.bytes.end());
  return bytes;
}

std::map<std::int64_t, PictureType> types_of(const std::vector<X264Picture>& coded) {
  std::map<std::int64_t, PictureType> types;
  for (const auto& picture : coded) types[picture.pts] = picture.type;
  return types;
}

std::string headers_of(const X264Settings& s) {
  auto encoder = X264Encoder::open(s);
  EXPECT_THAT(encoder, IsOk());
  if (!encoder) return {};
  const Bytes bytes = (*encoder)->headers();
  return {bytes.begin(), bytes.end()};
}

std::set<int> nal_types(ByteView bytes) {
  std::set<int> types;
  for (const auto nal : media::split_annex_b(bytes)) types.insert(nal[0] & 0x1f);
  return types;
}

// Quantisers of all macroblocks of each picture, in display order, as the decoder read them.
std::vector<std::set<int>> quantisers_of(const std::vector<X264Picture>& coded) {
  const media::CodecPtr decoder(avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264)));
  decoder->export_side_data = AV_CODEC_EXPORT_DATA_VIDEO_ENC_PARAMS;
  decoder->thread_count = 1;
  EXPECT_GE(avcodec_open2(decoder.get(), nullptr, nullptr), 0);
  std::vector<std::set<int>> all;
  const auto drain = [&] {
    media::Frame frame;
    while (avcodec_receive_frame(decoder.get(), frame.raw()) >= 0) {
      const auto* data = av_frame_get_side_data(frame.raw(), AV_FRAME_DATA_VIDEO_ENC_PARAMS);
      auto* par = reinterpret_cast<AVVideoEncParams*>(data->data);
      auto& seen = all.emplace_back();
      for (unsigned i = 0; i < par->nb_blocks; ++i)
        seen.insert(par->qp + av_video_enc_params_block(par, i)->delta_qp);
    }
  };
  for (const auto& picture : coded) {
    media::Packet packet = media::Packet::of(picture.bytes);
    packet.raw()->pts = picture.pts;
    EXPECT_GE(avcodec_send_packet(decoder.get(), packet.raw()), 0);
    drain();
  }
  avcodec_send_packet(decoder.get(), nullptr);
  drain();
  return all;
}

TEST(X264Encoder, EveryPictureComesOutOnceInCodingOrder) {
  const auto coded = must_code(settings());
  ASSERT_THAT(coded, SizeIs(60));
  EXPECT_THAT(types_of(coded), SizeIs(60));
  EXPECT_TRUE(coded.front().idr);
  std::int64_t shown = -1;  // no B picture is before what it refers to
  for (const auto& picture : coded) {
    if (picture.type == PictureType::kI || picture.type == PictureType::kP) {
      EXPECT_GT(picture.pts, shown);
      shown = picture.pts;
    } else {
      EXPECT_LT(picture.pts, shown);
    }
  }
}

TEST(X264Encoder, OfNothingGivesNothing) {
  EXPECT_THAT(must_code(settings(), {.pictures = 0}), SizeIs(0));
}

TEST(X264Encoder, OnePictureIsEnough) {
  const auto coded = must_code(settings(), {.pictures = 1});
  ASSERT_THAT(coded, SizeIs(1));
  EXPECT_TRUE(coded[0].idr);
}

TEST(X264Encoder, KeyFramesLieWhereAskedAndNowhereElse) {
  // The pattern cuts to another scene every four seconds.
  const auto coded = must_code(settings(), {.pictures = 220, .keys = {0, 50, 51, 130}});
  std::vector<std::int64_t> keys;
  for (const auto& picture : coded) {
    EXPECT_EQ(picture.idr, media::has_idr(AV_CODEC_ID_H264, picture.bytes));
    if (picture.idr) keys.push_back(picture.pts);
  }
  EXPECT_THAT(keys, ElementsAre(0, 50, 51, 130));
}

TEST(X264Encoder, TheFirstPictureIsAKeyFrameAlsoUnasked) {
  const auto coded = must_code(settings(), {.pictures = 3, .keys = {}});
  ASSERT_FALSE(coded.empty());
  EXPECT_TRUE(coded[0].idr);
}

TEST(X264Encoder, ParameterSetsAreInFrontOfEveryKeyFrameAndThereIsNoSei) {
  const auto s = settings();
  const auto coded = must_code(s, {.pictures = 100, .keys = {0, 50}});
  const std::string headers = headers_of(s);
  for (const auto& picture : coded) {
    const auto nals = nal_types(picture.bytes);
    EXPECT_FALSE(nals.contains(6));
    EXPECT_EQ(nals.contains(7), picture.idr);
    EXPECT_EQ(nals.contains(8), picture.idr);
    if (picture.idr) {
      EXPECT_TRUE(std::string(picture.bytes.begin(), picture.bytes.end()).starts_with(headers));
    }
  }
  EXPECT_FALSE(nal_types(as_bytes(headers)).contains(6));
}

TEST(X264Encoder, AForcedQuantiserHoldsWhateverTheRateControlWouldDo) {
  // Without adaptive quantisation and tree every macroblock has the picture's own quantiser.
  X264Settings s = settings();
  s.parameters = {{"bitrate", "20"}, {"aq-mode", "0"}, {"mbtree", "0"}, {"bframes", "2"}};
  for (const int qp : {12, 25, 40}) {
    const auto coded = must_code(s, {.pictures = 30, .quantiser = qp});
    EXPECT_THAT(quantisers_of(coded), AllOf(SizeIs(30), Each(ElementsAre(qp)))) << qp;
  }
}

TEST(X264Encoder, AQuantiserForEachPicture) {
  X264Settings s = settings();
  s.parameters = {{"bitrate", "20"}, {"aq-mode", "0"}, {"mbtree", "0"}, {"bframes", "2"}};
  auto encoder = X264Encoder::open(s);
  ASSERT_THAT(encoder, IsOk());
  std::vector<X264Picture> coded;
  const auto take = [&](X264Picture picture) -> Result<void> {
    coded.push_back(std::move(picture));
    return {};
  };
  const ingest::PatternOptions pattern{s.width, s.height, {25, 1}, 48'000};
  for (int n = 0; n < 20; ++n)
    ASSERT_THAT((*encoder)->push(*ingest::paint(pattern, n).raw(), n == 0, 20 + n % 7, take),
                IsOk());
  ASSERT_THAT((*encoder)->finish(take), IsOk());
  const auto seen = quantisers_of(coded);
  ASSERT_THAT(seen, SizeIs(20));
  for (int n = 0; n < 20; ++n)
    EXPECT_THAT(seen[static_cast<std::size_t>(n)], ElementsAre(20 + n % 7)) << n;
}

TEST(X264Encoder, AHigherQuantiserNeverCostsMore) {
  std::size_t before = SIZE_MAX;
  for (const int qp : {10, 20, 30, 40, 50}) {
    const auto bytes = joined(must_code(settings(), {.pictures = 30, .quantiser = qp})).size();
    EXPECT_LT(bytes, before);
    before = bytes;
  }
}

TEST(X264Encoder, ASecondPassTakesTheTypesOfTheFirstAtAnotherSize) {
  const support::TempFolder folder;
  const std::filesystem::path stats = folder / "stats";
  const Job job{.pictures = 120, .keys = {0, 50}};
  const auto first = must_code(first_pass(stats), job);
  EXPECT_TRUE(std::filesystem::exists(stats));
  EXPECT_TRUE(std::filesystem::exists(stats.string() + ".mbtree"));
  EXPECT_GT(types_of(first).size(), 1U);
  Job coded = job;
  coded.quantiser = 30;
  for (const auto& [width, height] : {std::pair{320, 180}, {160, 90}, {96, 54}}) {
    const auto second = must_code(second_pass(stats, width, height), coded);
    EXPECT_EQ(types_of(second), types_of(first)) << width;
  }
}

TEST(X264Encoder, ASecondPassUsesTheTreeOfTheFirst) {
  // The same quantiser and types, but what many pictures refer to is coded better.
  const support::TempFolder folder;
  const std::filesystem::path stats = folder / "stats";
  must_code(first_pass(stats));
  const auto with = must_code(second_pass(stats), {.quantiser = 30});
  X264Settings without = second_pass({});
  without.parameters.emplace_back("mbtree", "0");
  const auto plain = must_code(without, {.quantiser = 30});
  EXPECT_GT(with.front().bytes.size(), plain.front().bytes.size());
}

TEST(X264Encoder, TheSameTwiceGivesTheSameBytes) {
  const support::TempFolder folder;
  const auto once = joined(must_code(first_pass(folder / "a")));
  EXPECT_TRUE(once == joined(must_code(first_pass(folder / "b"))));
  const auto a = joined(must_code(second_pass(folder / "a"), {.quantiser = 27}));
  EXPECT_TRUE(a == joined(must_code(second_pass(folder / "b"), {.quantiser = 27})));
}

TEST(X264Encoder, MeasuresSsimWhenAskedTo) {
  EXPECT_THAT(must_code(settings(), {.pictures = 10}),
              Each(::testing::Field(&X264Picture::ssim, 0.0)));
  X264Settings s = settings();
  s.parameters.emplace_back("ssim", "1");
  for (const auto& picture : must_code(s, {.pictures = 10})) {
    EXPECT_GT(picture.ssim, 0.5);
    EXPECT_LT(picture.ssim, 1);
  }
}

// x264 lowers the quantiser of chroma in the PPS when psychovisual decisions are on, from subme=6.
void expect_one_pair_of_parameter_sets(const std::vector<std::array<const char*, 4>>& tools) {
  const support::TempFolder folder;
  must_code(first_pass(folder / "stats"));
  std::set<std::string> seen;
  for (const auto& [me, subme, partitions, trellis] : tools) {
    X264Settings s = second_pass(folder / "stats");
    s.parameters.insert(
        s.parameters.end(),
        {{"me", me}, {"subme", subme}, {"partitions", partitions}, {"trellis", trellis}});
    seen.insert(headers_of(s));
    for (const int quantiser : {15, 45}) {
      const auto coded = must_code(s, {.quantiser = quantiser});
      EXPECT_TRUE(joined(coded).starts_with(*seen.begin())) << me << " " << quantiser;
    }
  }
  EXPECT_THAT(seen, SizeIs(1));
}

TEST(X264Encoder, ParameterSetsDoNotTellToolsAndQuantisersApart) {
  expect_one_pair_of_parameter_sets({{"dia", "0", "none", "0"},
                                     {"dia", "1", "i8x8,i4x4", "0"},
                                     {"hex", "4", "all", "1"},
                                     {"umh", "5", "p8x8", "2"}});
  expect_one_pair_of_parameter_sets(
      {{"hex", "6", "i8x8,i4x4", "0"}, {"umh", "8", "all", "1"}, {"tesa", "10", "all", "2"}});
}

TEST(X264Encoder, ChunksCodedApartDecodeAsOneStream) {
  const auto s = settings();
  support::Collect<media::Frame> frames;
  media::Track track;
  track.kind = media::Kind::kVideo;
  media::CodecParametersPtr par(avcodec_parameters_alloc());
  par->codec_type = AVMEDIA_TYPE_VIDEO;
  par->codec_id = AV_CODEC_ID_H264;
  par->width = s.width;
  par->height = s.height;
  track.par = media::copy_parameters(*par);
  track.time_base = s.time_base;
  auto decoder = Decoder::open(track, 1, frames);
  ASSERT_THAT(decoder, IsOk());
  int number = 0;
  for (const int length : {1, 25, 2, 30, 3}) {
    const auto coded =
        must_code(s, {.pictures = length, .keys = {number}, .quantiser = 25, .first = number});
    for (const auto& picture : coded) {
      media::Packet packet = media::Packet::of(picture.bytes);
      packet.raw()->time_base = s.time_base;
      packet.raw()->pts = picture.pts;
      ASSERT_THAT((*decoder)->push(std::move(packet)), IsOk());
    }
    number += length;
  }
  ASSERT_THAT((*decoder)->finish(), IsOk());
  ASSERT_THAT(frames.items, SizeIs(static_cast<std::size_t>(number)));
  for (int n = 0; n < number; ++n)
    EXPECT_EQ(frames.items[static_cast<std::size_t>(n)].raw()->pts, n);
}

TEST(X264Encoder, TellsHowFarCodingRunsAheadOfDisplay) {
  const auto reorder = [](const char* bframes, const char* pyramid) {
    X264Settings s = settings();
    s.parameters = {{"bframes", bframes}, {"b-pyramid", pyramid}};
    return (*X264Encoder::open(s))->reorder();
  };
  EXPECT_EQ(reorder("0", "none"), 0);
  EXPECT_EQ(reorder("3", "none"), 1);
  EXPECT_EQ(reorder("3", "normal"), 2);
}

TEST(X264Encoder, NoPictureIsCodedLaterThanReorderSays) {
  for (const char* pyramid : {"none", "normal"}) {
    X264Settings s = settings();
    s.parameters = {{"bframes", "3"}, {"b-adapt", "0"}, {"b-pyramid", pyramid}, {"crf", "28"}};
    const int reorder = (*X264Encoder::open(s))->reorder();
    const auto coded = must_code(s);
    for (std::size_t i = 0; i < coded.size(); ++i)
      EXPECT_GE(coded[i].pts, static_cast<std::int64_t>(i) - reorder) << pyramid;
  }
}

TEST(X264Encoder, SaysProfileAndLevel) {
  auto encoder = X264Encoder::open(settings(1920, 1080));
  ASSERT_THAT(encoder, IsOk());
  EXPECT_EQ((*encoder)->profile(), FF_PROFILE_H264_HIGH);
  EXPECT_EQ((*encoder)->level(), 40);
  const auto sets = media::find_parameter_sets(AV_CODEC_ID_H264, (*encoder)->headers());
  ASSERT_THAT(sets.sps, SizeIs(1));
  EXPECT_THAT(sets.pps, SizeIs(1));
  EXPECT_EQ(sets.sps[0][1], 100);  // profile_idc
  EXPECT_EQ(sets.sps[0][3], 40);   // level_idc
}

TEST(X264Encoder, AFailureOfTheTakerEndsThePush) {
  auto encoder = X264Encoder::open(settings());
  const auto take = [](X264Picture) -> Result<void> { return fail(Code::kIo, "disk full"); };
  const ingest::PatternOptions pattern{160, 90, {25, 1}, 48'000};
  Result<void> outcome;
  for (int n = 0; outcome && n < 100; ++n)
    outcome = (*encoder)->push(*ingest::paint(pattern, n).raw(), n == 0, 30, take);
  if (outcome) outcome = (*encoder)->finish(take);
  EXPECT_THAT(outcome, FailsWith(Code::kIo, HasSubstr("disk full")));
}

TEST(X264Encoder, NamesASettingItDoesNotTake) {
  const auto with = [](const char* key, const char* value) {
    X264Settings s = settings();
    s.parameters.emplace_back(key, value);
    return s;
  };
  EXPECT_THAT(X264Encoder::open(with("colour_of_magic", "8")),
              FailsWith(Code::kUsage, HasSubstr("colour_of_magic=8")));
  EXPECT_THAT(X264Encoder::open(with("me", "guess")),
              FailsWith(Code::kUsage, HasSubstr("me=guess")));
}

TEST(X264Encoder, AnUnknownPresetOrTuneIsRefusedInOurOwnWordsOnly) {
  X264Settings tune = settings();
  tune.tune = "piano";
  X264Settings preset = settings();
  preset.preset = "warp";
  ::testing::internal::CaptureStderr();
  EXPECT_THAT(X264Encoder::open(tune), FailsWith(Code::kUsage, HasSubstr("'piano'")));
  EXPECT_THAT(X264Encoder::open(preset), FailsWith(Code::kUsage, HasSubstr("'warp'")));
  for (const char* none : {"film,grain", "film,piano", ",", "film,"}) {
    tune.tune = none;
    EXPECT_THAT(X264Encoder::open(tune), FailsWith(Code::kUsage, HasSubstr(none)));
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  tune.tune = "film,fastdecode";
  EXPECT_THAT(X264Encoder::open(tune), IsOk());
}

TEST(X264Encoder, ASizeThatCannotBeIsRefusedInOneLine) {
  EXPECT_THAT(X264Encoder::open(settings(0, 90)),
              FailsWith(Code::kUnsupported, AllOf(HasSubstr("x264 refuses its settings: "),
                                                  HasSubstr("0x90"), Not(HasSubstr("\n")))));
}

TEST(X264Encoder, MissingOrForeignStatisticsAreRefused) {
  const support::TempFolder folder;
  const std::filesystem::path stats = folder / "stats";
  EXPECT_THAT(X264Encoder::open(second_pass(stats)),
              FailsWith(Code::kUnsupported, AllOf(HasSubstr("stats"), Not(HasSubstr("\n")))));
  std::ofstream(stats) << "no statistics\n";
  EXPECT_THAT(X264Encoder::open(second_pass(stats)),
              FailsWith(Code::kUnsupported, Not(HasSubstr("\n"))));
}

TEST(X264Encoder, VersionNamesTheBuild) {
  EXPECT_THAT(x264_version(), ::testing::MatchesRegex("[0-9]+ [0-9]+\\.[0-9]+\\.[0-9]+.*"));
}

}  // namespace
}  // namespace weir::codec
