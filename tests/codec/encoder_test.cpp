// Encoder, Filter and Decoder as stages: pictures survive, key frames lie where they are asked for.
#include "codec/encoder.h"

#include <malloc.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/decoder.h"
#include "codec/filter.h"
#include "ingest/test_pattern.h"
#include "media/h26x.h"
#include "support/collect.h"
#include "support/matchers.h"

namespace weir::codec {
namespace {

using support::Collect;
using support::FailsWith;
using support::IsOk;
using ::testing::_;
using ::testing::HasSubstr;

const ingest::PatternOptions kPattern{160, 90, {25, 1}, 48'000};

VideoSettings small() {
  VideoSettings s;
  s.width = 160;
  s.height = 90;
  s.time_base = {1, 25};
  s.frame_rate = {25, 1};
  s.bitrate = 200'000;
  s.options = {{"preset", "veryfast"},
               {"forced-idr", "1"},
               {"x264-params", "repeat-headers=1:keyint=infinite:min-keyint=1000000"}};
  return s;
}

Result<void> encode(Encoder& encoder, int pictures, int key_every) {
  for (int n = 0; n < pictures; ++n) {
    media::Frame frame = ingest::paint(kPattern, n);
    frame.raw()->pict_type = n % key_every == 0 ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    WEIR_TRY(encoder.push(std::move(frame)));
  }
  return encoder.finish();
}

TEST(VideoEncoder, MakesAnIdrWhereAskedAndNowhereElse) {
  Collect<media::Packet> out;
  auto encoder = Encoder::open(small(), out);
  ASSERT_THAT(encoder, IsOk());
  ASSERT_THAT(encode(**encoder, 220, 50), IsOk());  // with scene cuts at 100 and 200
  ASSERT_EQ(out.items.size(), 220U);
  std::vector<std::int64_t> keys;
  for (const auto& packet : out.items) {
    EXPECT_EQ(packet.key(), media::has_idr(AV_CODEC_ID_H264, packet.bytes()));
    if (packet.key()) keys.push_back(packet.pts().ticks);
    if (packet.key()) {
      EXPECT_FALSE(media::find_parameter_sets(AV_CODEC_ID_H264, packet.bytes()).sps.empty());
    }
  }
  EXPECT_THAT(keys, ::testing::ElementsAre(0, 50, 100, 150, 200));
}

TEST(VideoEncoder, BytesDoNotDependOnWhatMemoryHeldBefore) {
  std::vector<std::string> runs;
  for (const int pattern : {0x55, 0xaa, 0x3c}) {
    mallopt(M_PERTURB, pattern);
    Collect<media::Packet> out;
    auto encoder = Encoder::open(small(), out);
    ASSERT_THAT(encode(**encoder, 60, 50), IsOk());
    std::string bytes;
    for (const auto& packet : out.items) bytes.append(packet.bytes().begin(), packet.bytes().end());
    runs.push_back(bytes);
  }
  mallopt(M_PERTURB, 0);
  EXPECT_TRUE(runs[0] == runs[1]);
  EXPECT_TRUE(runs[0] == runs[2]);
}

TEST(VideoEncoder, OfNothingFinishesWhatIsBelow) {
  Collect<media::Packet> out;
  auto encoder = Encoder::open(small(), out);
  ASSERT_THAT((*encoder)->finish(), IsOk());
  EXPECT_TRUE(out.items.empty());
  EXPECT_EQ(out.finished, 1);
}

TEST(VideoEncoder, PassesFailureUpAndStillFinishesBelow) {
  Collect<media::Packet> out;
  out.fail_at = 3;
  auto encoder = Encoder::open(small(), out);
  EXPECT_THAT(encode(**encoder, 100, 50), FailsWith(Code::kIo, HasSubstr("disk full")));
  EXPECT_THAT((*encoder)->finish(), _);
  EXPECT_EQ(out.finished, 1);
}

TEST(VideoEncoder, NamesAnOptionItDoesNotKnow) {
  Collect<media::Packet> out;
  VideoSettings settings = small();
  settings.options.emplace_back("colour_of_magic", "8");
  EXPECT_THAT(Encoder::open(settings, out), FailsWith(Code::kUsage, HasSubstr("colour_of_magic")));
  settings.encoder = "libnothing";
  EXPECT_THAT(Encoder::open(settings, out), FailsWith(Code::kUnsupported, HasSubstr("libnothing")));
}

TEST(AudioEncoder, TakesFramesOfAnyLengthAndLosesNoSample) {
  Collect<media::Packet> packets;
  AudioSettings settings;
  settings.encoder = "pcm_s16le";
  settings.bitrate = 0;
  auto pcm = Encoder::open(settings, packets);
  ASSERT_THAT((*pcm)->push(ingest::sound(kPattern, 0, 777)), IsOk());
  ASSERT_THAT((*pcm)->finish(), IsOk());
  EXPECT_EQ(packets.items.front().bytes().size(), 777U * 4);

  Collect<media::Packet> coded;
  auto aac = Encoder::open(AudioSettings{}, coded);
  Filter to_float([](const AVFrame&) { return "aformat=sample_fmts=fltp"; }, **aac);
  std::int64_t at = 0;
  for (const int count : {100, 5000, 1, 1024, 3333}) {
    ASSERT_THAT(to_float.push(ingest::sound(kPattern, at, count)), IsOk());
    at += count;
  }
  ASSERT_THAT(to_float.finish(), IsOk());
  EXPECT_EQ(coded.items.front().pts().ticks, -1024);  // priming
  const auto& last = coded.items.back();
  EXPECT_GE(last.pts().ticks + 1024, at);
}

TEST(Decoder, GivesEveryPictureOfTheEncoderInOrder) {
  Collect<media::Packet> coded;
  auto encoder = Encoder::open(small(), coded);
  ASSERT_THAT(encode(**encoder, 60, 25), IsOk());
  Collect<media::Frame> frames;
  auto decoder = Decoder::open((*encoder)->track(), 1, frames);
  ASSERT_THAT(decoder, IsOk());
  for (auto& packet : coded.items) ASSERT_THAT((*decoder)->push(std::move(packet)), IsOk());
  ASSERT_THAT((*decoder)->finish(), IsOk());
  ASSERT_EQ(frames.items.size(), 60U);
  for (int n = 0; n < 60; ++n) EXPECT_EQ(frames.items[static_cast<std::size_t>(n)].raw()->pts, n);
}

TEST(Decoder, LeavesOutDamageAndGoesOn) {
  Collect<media::Packet> coded;
  auto encoder = Encoder::open(small(), coded);
  ASSERT_THAT(encode(**encoder, 75, 25), IsOk());
  Collect<media::Frame> frames;
  auto decoder = Decoder::open((*encoder)->track(), 1, frames);
  for (std::size_t n = 0; n < coded.items.size(); ++n) {
    auto packet = std::move(coded.items[n]);
    if (n > 5 && n < 20) std::fill_n(packet.raw()->data, packet.raw()->size, std::uint8_t{0x5a});
    ASSERT_THAT((*decoder)->push(std::move(packet)), IsOk());
  }
  ASSERT_THAT((*decoder)->finish(), IsOk());
  EXPECT_GT(frames.items.size(), 50U);
}

TEST(Filter, FollowsAChangeOfSizeInMidStream) {
  Collect<media::Frame> out;
  Filter filter([](const AVFrame&) { return "scale=80:46"; }, out);
  ASSERT_THAT(filter.push(ingest::paint(kPattern, 0)), IsOk());
  ASSERT_THAT(filter.push(ingest::paint({320, 180, {25, 1}, 48'000}, 1)), IsOk());
  ASSERT_THAT(filter.finish(), IsOk());
  ASSERT_EQ(out.items.size(), 2U);
  for (const auto& frame : out.items) EXPECT_EQ(frame.raw()->width, 80);
}

TEST(Filter, PassesOnUntouchedWithoutADescription) {
  Collect<media::Frame> out;
  Filter filter([](const AVFrame&) { return std::string(); }, out);
  media::Frame frame = ingest::paint(kPattern, 3);
  const auto* data = frame.raw()->data[0];
  ASSERT_THAT(filter.push(std::move(frame)), IsOk());
  EXPECT_EQ(out.items.front().raw()->data[0], data);
}

TEST(Filter, NamesADescriptionItCannotBuild) {
  Collect<media::Frame> out;
  Filter filter([](const AVFrame&) { return "nonsense=1"; }, out);
  EXPECT_THAT(filter.push(ingest::paint(kPattern, 0)),
              FailsWith(Code::kInternal, HasSubstr("nonsense=1")));
}

}  // namespace
}  // namespace weir::codec
