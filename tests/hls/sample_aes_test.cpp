#include "hls/sample_aes.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/stream_segments.h"
#include "hls/ts_tables.h"
#include "media/bit_reader.h"
#include "support/decrypt.h"
#include "support/demux.h"
#include "support/hex.h"
#include "support/matchers.h"

namespace weir::hls {
namespace {

using support::FailsWith;
using support::from_hex;
using support::IsOk;
using ::testing::HasSubstr;

const ContentKey kKey = [] {
  ContentKey out;
  for (std::uint8_t i = 0; i < 16; ++i) {
    out.key[i] = i;
    out.iv[i] = static_cast<std::uint8_t>(0xf0 + i);
  }
  return out;
}();

support::CodedStream pictures() {
  return support::encode_video({.width = 320, .height = 240, .frames = 18});
}

Bytes segment_bytes(const support::CodedStream& stream, const Segment& segment, bool encrypted) {
  auto writer = open_ts_writer(stream.track);
  EXPECT_THAT(writer, IsOk());
  EXPECT_THAT((*writer)->use_key(encrypted ? std::optional(kKey) : std::nullopt), IsOk());
  auto bytes = (*writer)->write(segment);
  EXPECT_THAT(bytes, IsOk());
  return bytes ? bytes->media.joined() : Bytes();
}

/// The programme map's section, without what fills the packet.
Bytes map_of(const Bytes& ts) {
  for (std::size_t at = 0; at + 188 <= ts.size(); at += 188)
    if ((ts[at + 1] & 0x5f) == 0x50 && ts[at + 2] == 0) {
      const std::size_t size = 3u + (ts[at + 6] & 15u) * 256u + ts[at + 7];
      const auto from = ts.begin() + static_cast<std::ptrdiff_t>(at) + 5;
      return {from, from + static_cast<std::ptrdiff_t>(size)};
    }
  return {};
}

Bytes random_slice(std::mt19937& random, std::size_t size) {
  Bytes payload{0x65};
  while (payload.size() + 1 < size)
    payload.push_back(static_cast<std::uint8_t>(random() % 4 == 0 ? random() : random() % 2));
  payload.push_back(0x80);
  return media::with_emulation_prevention(payload);
}

TEST(SampleAesPictures, EverySliceOfAnyLengthDecryptsToWhatItWas) {
  auto sample = SampleAes::open(pictures().track, kKey);
  ASSERT_THAT(sample, IsOk());
  std::mt19937 random(3);
  for (std::size_t size = 2; size < 700; ++size) {
    const Bytes slice = random_slice(random, size);
    Bytes unit{0, 0, 0, 1};
    unit.insert(unit.end(), slice.begin(), slice.end());
    const auto encrypted = sample->encrypt(unit);
    ASSERT_THAT(encrypted, IsOk());
    const auto nals = media::split_annex_b(*encrypted);
    ASSERT_EQ(nals.size(), 1u) << size;
    EXPECT_EQ(support::decrypt_sample_aes_nal(kKey.key, kKey.iv, nals[0]), slice) << size;
    // Up to 48 bytes all is clear; beyond, the first 32 bytes and the last block are.
    EXPECT_EQ(std::ranges::equal(nals[0], slice), slice.size() <= 48) << size;
  }
}

TEST(SampleAesPictures, OneBlockInTenIsEncrypted) {
  auto sample = SampleAes::open(pictures().track, kKey);
  ASSERT_THAT(sample, IsOk());
  Bytes unit{0, 0, 0, 1, 0x41};
  unit.insert(unit.end(), 499, 0x55);  // 500 bytes, and none of them needs an escape
  const auto encrypted = sample->encrypt(unit);
  ASSERT_THAT(encrypted, IsOk());
  const Bytes nal = media::without_emulation_prevention(media::split_annex_b(*encrypted)[0]);
  ASSERT_EQ(nal.size(), 500u);
  for (std::size_t at = 0; at + 16 <= 496; at += 16) {
    const bool touched =
        std::any_of(nal.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(at, 1)),
                    nal.begin() + static_cast<std::ptrdiff_t>(at) + 16,
                    [](std::uint8_t byte) { return byte != 0x55; });
    EXPECT_EQ(touched, at == 32 || at == 192 || at == 352) << at;
  }
}

TEST(SampleAesPictures, ATransportStreamOfThemHasTheSamePacketsOnceDecrypted) {
  const auto stream = pictures();
  const auto segments = segments_of(stream, 50);
  auto writer = open_ts_writer(stream.track);
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->use_key(kKey), IsOk());
  const auto read = support::demux(write_all(**writer, segments), "mpegts");
  ASSERT_EQ(read.packets.size(), stream.packets.size());
  EXPECT_EQ(read.par->codec_id, AV_CODEC_ID_H264);
  std::size_t i = 0;
  for (const auto& segment : segments)
    for (const auto& packet : segment.packets) {
      std::vector<Bytes> expected, seen;
      for (const auto nal : media::split_annex_b(packet.bytes()))
        expected.emplace_back(nal.begin(), nal.end());
      for (const auto nal : media::split_annex_b(read.packets[i].bytes()))
        if ((nal[0] & 0x1f) != 9)  // the muxer adds access unit delimiters
          seen.push_back(support::decrypt_sample_aes_nal(kKey.key, kKey.iv, nal));
      EXPECT_EQ(seen, expected) << i;
      ++i;
    }
}

TEST(SampleAesSound, FramesDecryptToWhatTheyWere) {
  for (const char* encoder : {"aac", "ac3", "eac3"}) {
    const auto stream = support::encode_audio({encoder, 48000, 2, 12});
    const bool aac = stream.track.codec() == AV_CODEC_ID_AAC;
    const auto segments = segments_of(stream, 4800, 5);
    auto writer = open_ts_writer(stream.track);
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->use_key(kKey), IsOk());
    const auto read = support::demux(write_all(**writer, segments), "mpegts");
    ASSERT_EQ(read.packets.size(), stream.packets.size()) << encoder;
    EXPECT_EQ(read.par->codec_id, stream.track.codec());
    for (std::size_t i = 0; i < read.packets.size(); ++i) {
      const auto seen = read.packets[i].bytes();
      Bytes bytes(seen.begin(), seen.end());
      const std::size_t header = aac ? 7 : 0;
      support::decrypt_sample_aes_frame(kKey.key, kKey.iv, bytes.data(), bytes.size(), header);
      const auto expected = stream.packets[i].bytes();
      EXPECT_TRUE(std::ranges::equal(ByteView(bytes).subspan(header), expected)) << encoder << i;
      if (expected.size() >= 32) {
        EXPECT_FALSE(std::ranges::equal(seen.subspan(header), expected)) << encoder << i;
      }
    }
  }
}

TEST(SampleAesSound, ShortFramesStayClear) {
  const auto stream = support::encode_audio({"ac3", 48000, 2, 2});
  auto sample = SampleAes::open(stream.track, kKey);
  ASSERT_THAT(sample, IsOk());
  for (std::size_t size = 0; size < 32; ++size)
    EXPECT_EQ(*sample->encrypt(Bytes(size, 7)), Bytes(size, 7)) << size;
  EXPECT_NE(*sample->encrypt(Bytes(32, 7)), Bytes(32, 7));
}

TEST(SampleAesSound, EverySubstreamOfEac3IsAFrameOfItsOwn) {
  const auto stream = support::encode_audio({"eac3", 48000, 2, 2});
  auto sample = SampleAes::open(stream.track, kKey);
  ASSERT_THAT(sample, IsOk());
  const auto frame = stream.packets.front().bytes();
  Bytes two(frame.begin(), frame.end());
  two.insert(two.end(), frame.begin(), frame.end());
  const Bytes once = *sample->encrypt(frame), twice = *sample->encrypt(two);
  ASSERT_EQ(twice.size(), 2 * once.size());
  EXPECT_TRUE(std::equal(once.begin(), once.end(), twice.begin()));
  EXPECT_TRUE(std::equal(once.rbegin(), once.rend(), twice.rbegin()));
}

TEST(SampleAesMap, AnnouncesTheStreamAndKeepsItsLanguage) {
  auto sound = support::encode_audio({"aac", 48000, 2, 6});
  sound.track.language = "eng";
  const Bytes map = map_of(segment_bytes(sound, segments_of(sound, 0, 6)[0], true));
  // Version 1; type 0xcf; ISO 639 language, private data indicator, registration with the setup.
  EXPECT_EQ(Bytes(map.begin(), map.end() - 4),
            from_hex("02b0310001c30000e100f000cfe100f01f0a04656e67000f0461616364"
                     "051161706164"
                     "7a616163"
                     "0000"
                     "01"
                     "05"
                     "119056e500"));
  const auto picture = pictures();
  const Bytes video = map_of(segment_bytes(picture, segments_of(picture, 0)[0], true));
  EXPECT_EQ(Bytes(video.begin(), video.end() - 4),
            from_hex("02b0180001c30000e100f000dbe100f0060f047a617663"));
}

TEST(SampleAesMap, AClearSegmentHasThePlainMapWithAnotherVersion) {
  const auto picture = pictures();
  const Bytes map = map_of(segment_bytes(picture, segments_of(picture, 0)[0], false));
  EXPECT_EQ(map[5] & 0x3e, 0);
  EXPECT_EQ(map[12], 0x1b);
}

TEST(SampleAesMap, AConfigurationTooLongForTheMapIsRefused) {
  auto sound = support::encode_audio({"aac", 48000, 2, 6});
  const media::CodecParametersPtr longer(avcodec_parameters_alloc());
  avcodec_parameters_copy(longer.get(), sound.track.par.get());
  longer->extradata_size = 170;
  longer->extradata =
      static_cast<std::uint8_t*>(av_realloc(longer->extradata, 170 + AV_INPUT_BUFFER_PADDING_SIZE));
  sound.track.par = media::copy_parameters(*longer);
  auto writer = open_ts_writer(sound.track);
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->use_key(kKey), IsOk());
  EXPECT_THAT((*writer)->write(segments_of(sound, 0, 6)[0]),
              FailsWith(Code::kUnsupported, HasSubstr("no room")));
}

TEST(SampleAesWriter, AnotherKeyOrNoneCountsFromTheNextSegment) {
  const auto stream = pictures();
  const auto segments = segments_of(stream, 0);
  auto writer = open_ts_writer(stream.track);
  ASSERT_THAT(writer, IsOk());
  const Bytes clear = (*writer)->write(segments[0])->media.joined();
  ASSERT_THAT((*writer)->use_key(kKey), IsOk());
  const Bytes encrypted = (*writer)->write(segments[1])->media.joined();
  ASSERT_THAT((*writer)->use_key({}), IsOk());
  const Bytes clear_again = (*writer)->write(segments[2])->media.joined();
  EXPECT_EQ(map_of(clear), map_of(clear_again));
  EXPECT_NE(map_of(clear), map_of(encrypted));
}

TEST(SampleAesWriter, CodecsTheFormatDoesNotKnowAreRefused) {
  const auto stream = support::encode_audio({"libmp3lame", 48000, 2, 2});
  auto writer = open_ts_writer(stream.track);
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT((*writer)->use_key(kKey), FailsWith(Code::kUnsupported, HasSubstr("mp3")));
  EXPECT_FALSE(sample_aes_carries(AV_CODEC_ID_HEVC));
}

}  // namespace
}  // namespace weir::hls
