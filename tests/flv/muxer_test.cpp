#include "flv/muxer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flv/body_reader.h"
#include "media/h26x.h"
#include "support/coded_stream.h"
#include "support/matchers.h"

namespace weir::flv {
namespace {

using media::Packet;
using support::FailsWith;
using support::IsOk;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr AVRational kMpegClock{1, 90000};

support::CodedStream h264(int width = 64, int b_frames = 2) {
  support::VideoSpec spec;
  spec.width = width;
  spec.b_frames = b_frames;
  auto stream = support::encode_video(spec);
  stream.track.index = 0;
  for (auto& packet : stream.packets) packet.raw()->stream_index = 0;
  return stream;
}

support::CodedStream aac() {
  auto stream = support::encode_audio({});
  stream.track.index = 1;
  for (auto& packet : stream.packets) packet.raw()->stream_index = 1;
  return stream;
}

Bytes key_unit(const Bytes& sps, const Bytes& pps) {
  return support::join_annex_b({{}, {sps}, {pps, {0x65, 0x11, 0x22}}});
}

Packet picture(const Bytes& unit, std::int64_t dts, std::int64_t pts, bool key, AVRational base) {
  Packet packet = Packet::of(unit);
  auto& raw = *packet.raw();
  raw.dts = dts;
  raw.pts = pts;
  raw.time_base = base;
  raw.flags = key ? AV_PKT_FLAG_KEY : 0;
  return packet;
}

std::vector<Tag> push(Muxer& muxer, const Packet& packet) {
  auto tags = muxer.push(packet);
  EXPECT_THAT(tags, IsOk());
  return tags ? *tags : std::vector<Tag>();
}

TEST(Muxer, WritesTheSoundConfigurationFirst) {
  const auto video = h264();
  const auto audio = aac();
  auto muxer = Muxer::open(&video.track, &audio.track);
  const auto tags = muxer->headers();
  ASSERT_THAT(tags, IsOk());
  ASSERT_THAT(*tags, SizeIs(2));
  EXPECT_EQ((*tags)[0].type, TagType::kAudio);
  EXPECT_EQ((*tags)[0].body, (Bytes{0xaf, 0, 0x11, 0x90, 0x56, 0xe5, 0x00}));
  EXPECT_EQ((*tags)[1].type, TagType::kVideo);
  EXPECT_EQ((*tags)[1].body,
            video_configuration(
                kAvcId, *media::decoder_configuration(AV_CODEC_ID_H264, video.packets[0].bytes())));
}

TEST(Muxer, WritesPicturesWithoutParameterSetsAndInDecodingOrder) {
  const auto video = h264();
  auto muxer = Muxer::open(&video.track, nullptr);
  ASSERT_THAT(muxer->headers(), IsOk());
  muxer->set_origin(to_ms(video.packets[0].dts()));
  std::vector<std::int64_t> stamps;
  for (const auto& packet : video.packets) {
    const auto tags = push(*muxer, packet);
    ASSERT_THAT(tags, SizeIs(1));
    stamps.push_back(tags[0].timestamp_ms);
    const auto late =
        static_cast<std::int32_t>(packet.pts().in({1, 1000}) - packet.dts().in({1, 1000}));
    EXPECT_EQ(tags[0].body,
              video_frame(kAvcId, {packet.key(), late},
                          media::to_length_prefixed(AV_CODEC_ID_H264, packet.bytes())));
  }
  EXPECT_THAT(stamps, ElementsAre(0, 40, 80, 120, 160, 200, 240, 280, 320, 360, 400, 440));
  const auto end = muxer->finish();
  ASSERT_THAT(end, SizeIs(1));
  EXPECT_EQ(end[0].body, video_end(kAvcId));
  EXPECT_EQ(end[0].timestamp_ms, 440);
}

TEST(Muxer, RoundsEveryStampByItselfSoThatNothingDrifts) {
  const auto video = h264();
  auto muxer = Muxer::open(&video.track, nullptr);
  ASSERT_THAT(muxer->headers(), IsOk());
  for (std::int64_t number = 0; number < 2000; ++number) {
    const std::int64_t dts = number * 3003;  // 29.97 pictures a second
    const auto tags = push(*muxer, picture({0, 0, 1, 0x41, 5}, dts, dts + 3003, false, kMpegClock));
    ASSERT_THAT(tags, SizeIs(1));
    const std::int64_t shown = tags[0].timestamp_ms + tags[0].body[4];
    EXPECT_NEAR(static_cast<double>(tags[0].timestamp_ms), static_cast<double>(dts) / 90, 0.5);
    EXPECT_NEAR(static_cast<double>(shown), static_cast<double>(dts + 3003) / 90, 0.5);
  }
}

TEST(Muxer, CountsBothTracksFromOneOriginAndNeverBelowZero) {
  const auto video = h264();
  const auto audio = aac();
  auto muxer = Muxer::open(&video.track, &audio.track);
  ASSERT_THAT(muxer->headers(), IsOk());
  muxer->set_origin(1000);
  EXPECT_EQ(
      push(*muxer, picture({0, 0, 1, 0x41, 5}, 90000, 90000, false, kMpegClock))[0].timestamp_ms,
      0);
  Packet sound = Packet::of(Bytes{1});
  sound.raw()->stream_index = 1;
  sound.raw()->time_base = {1, 48000};
  sound.raw()->dts = sound.raw()->pts = 48000 + 1024;
  EXPECT_EQ(push(*muxer, sound)[0].timestamp_ms, 21);
  sound.raw()->dts = sound.raw()->pts = 0;
  EXPECT_EQ(push(*muxer, sound)[0].timestamp_ms, 0);
}

TEST(Muxer, WritesANewConfigurationWhenParameterSetsChange) {
  const auto small = h264();
  const auto large = h264(128);
  auto muxer = Muxer::open(&small.track, nullptr);
  ASSERT_THAT(muxer->headers(), IsOk());
  EXPECT_THAT(push(*muxer, small.packets[0]), SizeIs(1));
  const auto changed = push(*muxer, large.packets[0]);
  ASSERT_THAT(changed, SizeIs(2));
  EXPECT_EQ(changed[0].body,
            video_configuration(
                kAvcId, *media::decoder_configuration(AV_CODEC_ID_H264, large.packets[0].bytes())));
  EXPECT_EQ(changed[0].timestamp_ms, changed[1].timestamp_ms);
  EXPECT_THAT(push(*muxer, large.packets[0]), SizeIs(1));
}

TEST(Muxer, ATrackThatBecomesAnotherHasTheConfigurationOfThat) {
  auto track = h264().track;
  auto hevc = support::encode_video({.encoder = "libx265", .frames = 2, .b_frames = 0});
  auto muxer = Muxer::open(&track, nullptr);
  ASSERT_THAT(muxer->headers(), IsOk());
  muxer->set_origin(1000);
  track.par = hevc.track.par;
  const auto tags = muxer->change(0, {5, {1, 1}});
  ASSERT_THAT(tags, IsOk());
  hevc.packets[0].raw()->stream_index = 0;
  const auto first = push(*muxer, hevc.packets[0]);
  const Tag& head = tags->empty() ? first.front() : tags->front();
  const auto parts = read_body(head);
  ASSERT_THAT(parts, IsOk());
  EXPECT_EQ(parts->front().kind, BodyKind::kConfiguration);
  EXPECT_EQ(parts->front().codec, four_cc("hvc1"));
  EXPECT_EQ(head.timestamp_ms, tags->empty() ? first.back().timestamp_ms : 4000);
  track.par = media::copy_parameters(*track.par);
  const_cast<AVCodecParameters&>(*track.par).codec_id = AV_CODEC_ID_THEORA;
  EXPECT_THAT(muxer->change(0, {6, {1, 1}}), FailsWith(Code::kUnsupported, _));
}

TEST(Muxer, TakesTheConfigurationFromTheFirstKeyPictureWhenTheTrackHasNone) {
  auto video = h264();
  support::set_extradata(video.track, {});
  auto muxer = Muxer::open(&video.track, nullptr);
  EXPECT_THAT(*muxer->headers(), IsEmpty());
  EXPECT_THAT(push(*muxer, video.packets[1]), IsEmpty());
  EXPECT_THAT(muxer->finish(), IsEmpty());
  EXPECT_THAT(push(*muxer, video.packets[0]), SizeIs(2));
}

TEST(Muxer, ReadsTheConfigurationRecordOfAForeignFile) {
  auto video = h264();
  const Bytes record = *media::decoder_configuration(AV_CODEC_ID_H264, video.packets[0].bytes());
  support::set_extradata(video.track, record);
  auto muxer = Muxer::open(&video.track, nullptr);
  EXPECT_EQ(muxer->headers()->at(0).body, video_configuration(kAvcId, record));
  EXPECT_THAT(push(*muxer, video.packets[0]), SizeIs(1));
}

TEST(Muxer, SaysThatParameterSetsAreDamaged) {
  const auto video = h264();
  auto muxer = Muxer::open(&video.track, nullptr);
  ASSERT_THAT(muxer->headers(), IsOk());
  EXPECT_THAT(muxer->push(picture(key_unit({0x67, 1}, {0x68, 1}), 0, 0, true, kMpegClock)),
              FailsWith(Code::kBadInput, _));
}

TEST(Muxer, PassesOverPacketsOfOtherTracks) {
  const auto video = h264();
  auto muxer = Muxer::open(&video.track, nullptr);
  ASSERT_THAT(muxer->headers(), IsOk());
  Packet other = Packet::of(Bytes{1, 2});
  other.raw()->stream_index = 7;
  EXPECT_THAT(push(*muxer, other), IsEmpty());
}

TEST(Muxer, NeedsAConfigurationForAac) {
  auto audio = aac();
  support::set_extradata(audio.track, {});
  auto muxer = Muxer::open(nullptr, &audio.track);
  EXPECT_THAT(muxer->headers(), FailsWith(Code::kBadInput, _));
}

TEST(Muxer, CarriesHevcTheEnhancedWay) {
  support::VideoSpec spec;
  spec.encoder = "libx265";
  spec.options = {{"x265-params", "log-level=none:repeat-headers=1"}};
  auto video = support::encode_video(spec);
  auto muxer = Muxer::open(&video.track, nullptr);
  const auto headers = muxer->headers();
  ASSERT_THAT(headers, IsOk());
  const auto record = media::decoder_configuration(AV_CODEC_ID_HEVC, video.packets[0].bytes());
  EXPECT_EQ(headers->at(0).body, video_configuration(four_cc("hvc1"), *record));
  const auto tags = push(*muxer, video.packets[0]);
  ASSERT_THAT(tags, SizeIs(1));
  EXPECT_EQ(tags[0].body[0] & 0xf0, 0x90);
}

support::CodedStream hdr10(const char* light = "1000,400") {
  support::VideoSpec spec;
  spec.encoder = "libx265";
  spec.options = {{"x265-params",
                   fmt::format("log-level=none:repeat-headers=1:hdr10=1:colorprim=bt2020:transfer="
                               "smpte2084:colormatrix=bt2020nc:max-cll={}:master-display=G(13250,"
                               "34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)",
                               light)}};
  return support::encode_video(spec);
}

std::vector<ColourInfo> colours(const std::vector<Tag>& tags) {
  std::vector<ColourInfo> found;
  for (const auto& tag : tags) {
    const auto parts = read_body(tag);
    if (!parts) continue;
    for (const auto& part : *parts)
      if (part.kind == BodyKind::kMetadata) found.push_back(*read_colour_info(part.bytes));
  }
  return found;
}

TEST(Muxer, TellsTheColoursOfHighDynamicRangeBehindTheConfiguration) {
  auto video = hdr10();
  video.track.hdr.light = media::ContentLight{1000, 400};
  auto muxer = Muxer::open(&video.track, nullptr);
  const auto headers = muxer->headers();
  ASSERT_THAT(headers, IsOk());
  ASSERT_THAT(*headers, SizeIs(2));
  const auto first = colours(*headers);
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].transfer, 16);
  EXPECT_EQ(first[0].bit_depth, 8);
  EXPECT_EQ(first[0].hdr.light, video.track.hdr.light);
  const auto again = colours(push(*muxer, video.packets[0]));
  ASSERT_THAT(again, SizeIs(1));  // the bitstream knows more
  EXPECT_EQ(again[0].hdr.mastering->max_luminance, 10'000'000u);
  for (std::size_t i = 1; i < video.packets.size(); ++i)
    EXPECT_THAT(colours(push(*muxer, video.packets[i])), IsEmpty()) << i;
  EXPECT_EQ(colours(*muxer->headers()), again);
}

TEST(Muxer, TellsColoursAgainWhenTheyChange) {
  const auto bright = hdr10();
  const auto dim = hdr10("300,100");
  const auto plain = support::encode_video(
      {.encoder = "libx265",
       .options = {{"x265-params",
                    "log-level=none:repeat-headers=1:colorprim=bt709:transfer=bt709:"
                    "colormatrix=bt709"}}});
  auto muxer = Muxer::open(&bright.track, nullptr);
  ASSERT_THAT(muxer->headers(), IsOk());
  EXPECT_EQ(colours(push(*muxer, bright.packets[0])).back().hdr.light->max_level, 1000);
  const auto changed = push(*muxer, dim.packets[0]);
  ASSERT_THAT(colours(changed), SizeIs(1));
  EXPECT_EQ(colours(changed)[0].hdr.light->max_level, 300);
  EXPECT_EQ(read_body(changed.back())->at(0).kind, BodyKind::kFrame);
  const auto back = push(*muxer, plain.packets[0]);
  ASSERT_THAT(colours(back), SizeIs(1));
  EXPECT_EQ(colours(back)[0].transfer, 1);
}

TEST(Muxer, SaysNothingOfPlainColours) {
  const auto video = support::encode_video(
      {.encoder = "libx265", .options = {{"x265-params", "log-level=none:repeat-headers=1"}}});
  auto muxer = Muxer::open(&video.track, nullptr);
  EXPECT_THAT(colours(*muxer->headers()), IsEmpty());
  for (const auto& packet : video.packets) EXPECT_THAT(colours(push(*muxer, packet)), IsEmpty());
}

TEST(Muxer, DescribesVp9ByItsFirstKeyFrame) {
  const auto video = support::encode_video(
      {.encoder = "libvpx-vp9", .b_frames = 0, .options = {{"deadline", "realtime"}}});
  auto muxer = Muxer::open(&video.track, nullptr);
  EXPECT_THAT(*muxer->headers(), IsEmpty());
  const auto tags = push(*muxer, video.packets[0]);
  ASSERT_THAT(tags, SizeIs(2));
  EXPECT_EQ(tags[0].body, (Bytes{0x90, 'v', 'p', '0', '9', 0, 10, 0x82, 2, 2, 2, 0, 0}));
  EXPECT_EQ(tags[1].body[0], 0x91);
  EXPECT_THAT(*muxer->headers(), SizeIs(1));
}

TEST(Muxer, PassesOnWhatIsCalledAKeyFrameOfVp9AndIsNone) {
  const auto video = support::encode_video(
      {.encoder = "libvpx-vp9", .b_frames = 0, .options = {{"deadline", "realtime"}}});
  auto muxer = Muxer::open(&video.track, nullptr);
  ASSERT_THAT(muxer->headers(), IsOk());
  auto wrong = video.packets[1].share();
  wrong.raw()->flags |= AV_PKT_FLAG_KEY;
  EXPECT_THAT(muxer->push(wrong), FailsWith(Code::kBadInput, _));
  EXPECT_THAT(push(*muxer, video.packets[0]), SizeIs(2));
  EXPECT_THAT(push(*muxer, wrong), SizeIs(1));
}

TEST(Muxer, TellsThePlacesOfManyChannels) {
  auto audio = support::encode_audio({.encoder = "ac3", .channels = 6});
  audio.track.index = 1;
  auto muxer = Muxer::open(nullptr, &audio.track);
  const auto headers = muxer->headers();
  ASSERT_THAT(headers, IsOk());
  ASSERT_THAT(*headers, SizeIs(1));
  EXPECT_EQ(headers->at(0).body[0], 0x94);
}

TEST(Muxer, InNanosecondsKeepsTheTimeOfShowingExact) {
  const auto video = h264();
  const media::Track* tracks[] = {&video.track};
  auto muxer = Muxer::open(tracks, {.nanoseconds = true});
  ASSERT_THAT(muxer->headers(), IsOk());
  for (std::int64_t number = 1; number < 2000; ++number) {
    const std::int64_t dts = number * 3003;
    const std::int64_t pts = dts + number % 3 * 3003;
    const auto tags = push(*muxer, picture({0, 0, 1, 0x41, 5}, dts, pts, false, kMpegClock));
    ASSERT_THAT(tags, SizeIs(1));
    const auto parts = read_body(tags[0]);
    ASSERT_THAT(parts, IsOk());
    const auto& part = parts->at(0);
    EXPECT_EQ(part.codec, four_cc("avc1"));
    const auto below = static_cast<std::int64_t>(part.nanoseconds);
    const std::int64_t decoded = tags[0].timestamp_ms * 1'000'000 + below;
    EXPECT_EQ(decoded + part.composition_ms * 1'000'000LL,
              (media::Time{pts, kMpegClock}).in({1, 1'000'000'000}));
    EXPECT_NEAR(static_cast<double>(decoded), static_cast<double>(dts) * 1e9 / 90000, 500'001);
  }
}

}  // namespace
}  // namespace weir::flv
