#include "media/captions.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/captions.h"

namespace weir::media {
namespace {

using support::captions_sei;
using support::line21;
using support::padding;
using support::service_packet;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Pairs = std::vector<CaptionPair>;

constexpr AVCodecID kH264 = AV_CODEC_ID_H264;

Bytes joined(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
Bytes slice(AVCodecID codec) {
  if (codec == AV_CODEC_ID_HEVC) return {0, 0, 1, 19 << 1, 1, 0xAF, 0x10};
  return {0, 0, 1, 0x65, 0x88, 0x84};
}

/// Pictures in decoding order: when each is shown, and what it carries.
std::vector<std::string> found(const std::vector<std::pair<std::int64_t, Pairs>>& pictures,
                               AVCodecID codec = kH264) {
  CaptionFinder finder(codec);
  std::int64_t dts = -2;
  for (const auto& [pts, pairs] : pictures) {
    Packet packet = Packet::of(joined(captions_sei(codec, pairs), slice(codec)));
    packet.raw()->pts = pts;
    packet.raw()->dts = dts++;
    packet.raw()->time_base = {1, 25};
    finder.take(packet);
  }
  finder.finish();
  std::vector<std::string> names;
  for (const auto& channel : finder.found()) names.push_back(channel.name());
  return names;
}

TEST(CaptionChannel, NamesAreThoseOfPlaylists) {
  for (const char* name : {"CC1", "CC4", "SERVICE1", "SERVICE63"}) {
    const auto channel = parse_caption_channel(name);
    ASSERT_TRUE(channel) << name;
    EXPECT_EQ(channel->name(), name);
  }
  for (const char* name :
       {"", "C", "CC", "CC0", "CC5", "CC01", "cc1", "SERVICE", "SERVICE0", "SERVICE64", "CC1 "})
    EXPECT_FALSE(parse_caption_channel(name)) << name;
}

TEST(FindCaptions, TakesTheValidPairsOfEitherCodec) {
  for (const auto codec : {kH264, AV_CODEC_ID_HEVC}) {
    const auto pairs = find_captions(
        codec, joined(captions_sei(codec, {line21(0, 0x14, 0x20), padding(1)}), slice(codec)));
    ASSERT_EQ(pairs.size(), 2u);
    EXPECT_EQ(pairs[0].type, 0);
    EXPECT_EQ(pairs[0].first, 0x94);
    EXPECT_EQ(pairs[0].second, 0x20);
    EXPECT_EQ(pairs[1].first, 0x80);
  }
}

TEST(FindCaptions, NothingBehindTheFirstSliceIsLookedAt) {
  const Bytes sei = captions_sei(kH264, {line21(0, 0x14, 0x20)});
  EXPECT_THAT(find_captions(kH264, joined(slice(kH264), sei)), IsEmpty());
  EXPECT_THAT(find_captions(AV_CODEC_ID_AV1, sei), IsEmpty());
}

TEST(FindCaptions, OtherUserDataIsNotTakenForCaptions) {
  Bytes sei = captions_sei(kH264, {line21(0, 0x14, 0x20)});
  for (const std::size_t at : {4u, 5u, 7u, 10u, 14u, 15u}) {
    Bytes other = sei;
    other[at] ^= at == 15 ? 0x40 : 0x08;
    EXPECT_THAT(find_captions(kH264, other), IsEmpty()) << at;
  }
}

TEST(FindCaptions, AnyBytesAreSafe) {
  const Bytes good = joined(
      captions_sei(kH264, {line21(0, 0x14, 0x20), {3, 2, 0x22}, {2, 'a', 'b'}}), slice(kH264));
  for (std::size_t size = 0; size <= good.size(); ++size)
    (void)find_captions(kH264, ByteView(good).first(size));
  std::mt19937 dice(3);
  CaptionFinder finder(kH264);
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes = good;
    for (int i = 0; i < 4; ++i) bytes[dice() % bytes.size()] = static_cast<std::uint8_t>(dice());
    Packet packet = Packet::of(bytes);
    packet.raw()->pts = dice() % 1000;
    packet.raw()->dts = round % 1000;
    finder.take(packet);
  }
  finder.finish();
}

TEST(InsertCaptions, GoInFrontOfTheFirstSliceAndAreFoundThere) {
  for (const auto codec : {kH264, AV_CODEC_ID_HEVC}) {
    const Bytes sets = codec == kH264 ? Bytes{0, 0, 0, 1, 0x67, 0x42} : Bytes{0, 0, 0, 1, 66, 1, 1};
    const Bytes unit = joined(sets, slice(codec));
    const Bytes with = insert_captions(codec, unit, Bytes{0xFC, 0x94, 0x20, 0xFD, 0x00, 0x00});
    const auto pairs = find_captions(codec, with);
    ASSERT_EQ(pairs.size(), 2u);
    EXPECT_EQ(pairs[0].first, 0x94);
    EXPECT_EQ(pairs[1].type, 1);
    EXPECT_TRUE(std::equal(sets.begin(), sets.end(), with.begin()));
    const Bytes end = slice(codec);
    EXPECT_TRUE(std::equal(end.rbegin(), end.rend(), with.rbegin()));
    EXPECT_EQ(find_captions(codec, insert_captions(codec, slice(codec), {})).size(), 0u);
  }
}

TEST(CaptionFinder, ChannelsAreToldByTheirControlCodes) {
  EXPECT_THAT(found({{0, {line21(0, 0x14, 0x20)}}}), ElementsAre("CC1")) << "pop-on";
  EXPECT_THAT(found({{0, {line21(0, 0x1c, 0x25)}}}), ElementsAre("CC2")) << "roll-up";
  EXPECT_THAT(found({{0, {line21(1, 0x15, 0x29)}}}), ElementsAre("CC3")) << "paint-on";
  EXPECT_THAT(found({{0, {line21(1, 0x1d, 0x2f)}}}), ElementsAre("CC4")) << "end of caption";
  EXPECT_THAT(found({{0, {line21(0, 0x14, 0x26), line21(1, 0x1c, 0x27)}}}),
              ElementsAre("CC1", "CC4"));
}

TEST(CaptionFinder, PaddingTextAndDamageAreNoCaptions) {
  EXPECT_THAT(found({{0, {padding(0), padding(1)}}}), IsEmpty());
  EXPECT_THAT(found({{0, {line21(0, 0x14, 0x2a), line21(0, 0x14, 0x2b)}}}), IsEmpty()) << "text";
  EXPECT_THAT(found({{0, {line21(0, 0x14, 0x2c), line21(0, 0x14, 0x2e)}}}), IsEmpty()) << "erase";
  EXPECT_THAT(found({{0, {line21(1, 0x01, 0x03), line21(1, 'a', 'b')}}}), IsEmpty()) << "XDS";
  EXPECT_THAT(found({{0, {CaptionPair{0, 0x14, 0x20}}}}), IsEmpty()) << "wrong parity";
}

TEST(CaptionFinder, ServicesAreThoseWhoseBlocksHoldSomething) {
  EXPECT_THAT(found({{0, service_packet(1, {'h', 'i'})}}), ElementsAre("SERVICE1"));
  EXPECT_THAT(found({{0, service_packet(6, {'h', 'i'})}}, AV_CODEC_ID_HEVC),
              ElementsAre("SERVICE6"));
  EXPECT_THAT(found({{0, service_packet(42, {'h', 'i', '!'})}}), ElementsAre("SERVICE42"));
  EXPECT_THAT(found({{0, service_packet(1, {0, 3, 0})}}), IsEmpty());
  EXPECT_THAT(found({{0, service_packet(0, {'x', 'y'})}}), IsEmpty());
  EXPECT_THAT(found({{0, {CaptionPair{2, 'a', 'b'}}}}), IsEmpty()) << "the begin was not seen";
}

TEST(CaptionFinder, APacketGoesOnInTheOrderPicturesAreShown) {
  const auto triples = service_packet(2, {0, 0, 0, 0, 0, 0, 0, 'x'});
  ASSERT_EQ(triples.size(), 5u);
  const Pairs begin{triples[0]}, middle{triples[1], triples[2]}, end{triples[3], triples[4]};
  // Decoded as 0, 3, 1, 2: in that order another packet would begin in the middle of this one.
  const auto next = service_packet(3, {0, 0, 0, 0});
  EXPECT_THAT(found({{0, begin}, {3, next}, {1, middle}, {2, end}}), ElementsAre("SERVICE2"));
}

}  // namespace
}  // namespace weir::media
