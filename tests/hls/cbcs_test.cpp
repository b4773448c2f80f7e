#include "hls/cbcs.h"

#include <numeric>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "hls/cmaf.h"
#include "hls/stream_segments.h"
#include "support/boxes.h"
#include "support/decrypt.h"
#include "support/demux.h"
#include "support/hex.h"
#include "support/matchers.h"

namespace weir::hls {
namespace {

Bytes media_of(const media::Track& track, const Segment& segment, Cbcs* encryption) {
  std::uint32_t sequence = 0;
  return cmaf_media(track, segment, sequence, encryption).media.joined();
}

using support::big_endian;
using support::FailsWith;
using support::find_box;
using support::from_hex;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// libavformat 59 never frees the cipher of this scheme.
#ifdef __SANITIZE_ADDRESS__
using NoLeakCheck = __lsan::ScopedDisabler;
#else
struct NoLeakCheck {};
#endif

constexpr auto kKeyText = "000102030405060708090a0b0c0d0e0f";

const ContentKey kKey = [] {
  ContentKey out;
  for (std::uint8_t i = 0; i < 16; ++i) {
    out.key[i] = i;
    out.iv[i] = static_cast<std::uint8_t>(0xf0 + i);
    out.id[i] = static_cast<std::uint8_t>(0xa0 + i);
  }
  return out;
}();

support::CodedStream pictures(const std::string& encoder = "libx264", const char* more = "") {
  support::VideoSpec spec{.encoder = encoder, .width = 320, .height = 240, .frames = 18};
  if (encoder == "libx264") spec.options = {{"x264-params", std::string("slices=3") + more}};
  if (encoder == "libx265") spec.options = {{"x265-params", "log-level=none:open-gop=0:slices=2"}};
  return support::encode_video(spec);
}

support::Demuxed decrypted_by_libavformat(const Bytes& bytes) {
  [[maybe_unused]] const NoLeakCheck leaks;
  return support::demux(bytes, "mov", {{"decryption_key", kKeyText}});
}

struct Fragment {
  std::vector<Bytes> samples;
  std::vector<Subsamples> subsamples;  ///< From senc.
};

/// Takes a fragment apart without knowing how it was made.
Fragment take_apart(const Bytes& media) {
  const ByteView tfhd = *find_box(media, "moof/traf/tfhd"),
                 trun = *find_box(media, "moof/traf/trun"),
                 senc = *find_box(media, "moof/traf/senc"), mdat = *find_box(media, "mdat");
  const auto flags = big_endian(trun, 1, 3), count = big_endian(trun, 4, 4);
  const std::size_t before = flags & 0x100 ? 4 : 0;
  const std::size_t stride = before + 4 + (flags & 0x400 ? 4 : 0) + (flags & 0x800 ? 4 : 0);
  EXPECT_EQ(big_endian(senc, 4, 4), count);
  Fragment out;
  std::size_t data = 0, at = 8;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = big_endian(trun, 12 + i * stride + before, 4);
    const auto from = mdat.begin() + static_cast<std::ptrdiff_t>(data);
    out.samples.emplace_back(from, from + static_cast<std::ptrdiff_t>(size));
    data += size;
    out.subsamples.emplace_back();
    if ((big_endian(senc, 1, 3) & 2) == 0) continue;
    const std::size_t entries = big_endian(senc, at, 2);
    at += 2;
    for (std::size_t n = 0; n < entries; ++n, at += 6)
      out.subsamples.back().push_back({static_cast<std::uint16_t>(big_endian(senc, at, 2)),
                                       static_cast<std::uint32_t>(big_endian(senc, at + 2, 4))});
  }
  EXPECT_EQ(data, mdat.size());
  EXPECT_EQ(at, senc.size());
  return out;
}

void decrypt(Bytes& sample, const Subsamples& subsamples) {
  if (subsamples.empty()) {
    support::CbcDecryptor(kKey.key, kKey.iv).decrypt(sample.data(), sample.size() / 16);
    return;
  }
  std::size_t at = 0;
  for (const auto& [clear, encrypted] : subsamples) {
    at += clear;
    support::CbcDecryptor cipher(kKey.key, kKey.iv);
    for (std::size_t i = 0; i + 16 <= encrypted; i += 160) cipher.decrypt(&sample[at + i], 1);
    at += encrypted;
  }
  EXPECT_EQ(at, sample.size());
}

class CbcsPictures : public ::testing::TestWithParam<const char*> {};

TEST_P(CbcsPictures, SamplesDecryptToWhatTheyWereAndTheirHeadersStayClear) {
  const auto stream = pictures(GetParam());
  const AVCodecID codec = stream.track.codec();
  Cbcs cbcs(stream.track, kKey);
  media::SliceHeaders headers(codec);
  std::size_t total = 0;
  for (const auto& segment : segments_of(stream, 100)) {
    Fragment fragment = take_apart(media_of(stream.track, segment, &cbcs));
    ASSERT_EQ(fragment.samples.size(), segment.packets.size());
    for (std::size_t i = 0; i < segment.packets.size(); ++i) {
      const auto packet = segment.packets[i].bytes();
      Bytes sample = fragment.samples[i];
      const Bytes clear = media::to_length_prefixed(codec, packet);
      const bool changed = sample != clear;
      decrypt(sample, fragment.subsamples[i]);
      EXPECT_EQ(sample, clear) << i;
      // What is encrypted is the data of slices, whole, and nothing else.
      std::size_t data = 0;
      for (const auto nal : media::split_annex_b(packet)) {
        headers.learn(nal);
        if (!media::is_slice(codec, nal)) continue;
        const std::size_t size = nal.size() - headers.size(nal).value();
        if (size >= 16) data += size;
      }
      std::size_t encrypted = 0;
      for (const auto& stretch : fragment.subsamples[i]) encrypted += stretch.encrypted;
      EXPECT_EQ(encrypted, data) << i;
      EXPECT_EQ(changed, data > 0) << i;
      total += data;
    }
  }
  EXPECT_GT(total, 0u);
}

TEST_P(CbcsPictures, LibavformatDecryptsThem) {
  const auto stream = pictures(GetParam());
  auto writer = open_cmaf_writer(stream.track);
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->use_key(kKey), IsOk());
  const Bytes all = write_all(**writer, segments_of(stream, 100));
  const auto read = decrypted_by_libavformat(all);
  ASSERT_EQ(read.packets.size(), stream.packets.size());
  for (std::size_t i = 0; i < read.packets.size(); ++i)
    EXPECT_TRUE(std::ranges::equal(
        read.packets[i].bytes(),
        media::to_length_prefixed(stream.track.codec(), stream.packets[i].bytes())))
        << i;
}

INSTANTIATE_TEST_SUITE_P(, CbcsPictures, ::testing::Values("libx264", "libx265"),
                         [](const auto& codec) { return std::string(codec.param + 3); });

TEST(CbcsSound, SamplesDecryptToWhatTheyWere) {
  for (const char* encoder : {"aac", "ac3", "eac3", "flac", "libopus", "libmp3lame"}) {
    auto stream = support::encode_audio({encoder, 48000, 2, 12});
    if (stream.packets.back().bytes().empty()) stream.packets.pop_back();
    auto writer = open_cmaf_writer(stream.track);
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->use_key(kKey), IsOk());
    const auto segments = segments_of(stream, 4800, 5);
    const Bytes all = write_all(**writer, segments);
    const auto read = decrypted_by_libavformat(all);
    ASSERT_EQ(read.packets.size(), stream.packets.size()) << encoder;
    EXPECT_EQ(read.par->codec_id, stream.track.codec());
    for (std::size_t i = 0; i < read.packets.size(); ++i)
      EXPECT_TRUE(std::ranges::equal(read.packets[i].bytes(), stream.packets[i].bytes()))
          << encoder << i;
    Cbcs cbcs(stream.track, kKey);
    Fragment fragment = take_apart(media_of(stream.track, segments[0], &cbcs));
    for (std::size_t i = 0; i < fragment.samples.size(); ++i) {
      decrypt(fragment.samples[i], {});
      EXPECT_TRUE(std::ranges::equal(fragment.samples[i], segments[0].packets[i].bytes()));
      EXPECT_TRUE(fragment.subsamples[i].empty());
    }
  }
}

TEST(CbcsInit, TellsFormatSchemePatternKeyIdAndIv) {
  const auto video = pictures();
  const auto init = cmaf_init(video.track, video.packets[0].bytes(), kKey);
  ASSERT_THAT(init, IsOk());
  const std::string sinf = "moov/trak/mdia/minf/stbl/stsd+8/encv+78/sinf";
  EXPECT_TRUE(find_box(*init, "moov/trak/mdia/minf/stbl/stsd+8/encv+78/avcC"));
  const auto all = find_box(*init, sinf);
  ASSERT_TRUE(all);
  EXPECT_EQ(Bytes(all->begin(), all->end()),
            from_hex("0000000c66726d6161766331"                  // frma avc1
                     "000000147363686d000000006362637300010000"  // schm cbcs 1.0
                     "0000003973636869"                          // schi
                     "0000003174656e6301000000"                  // tenc, version 1
                     "00190100a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"  // 1:9, protected, no IV; key id
                     "10f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"));     // constant IV
  const auto sound = support::encode_audio({});
  const auto audio = cmaf_init(sound.track, {}, kKey);
  ASSERT_THAT(audio, IsOk());
  const auto tenc = find_box(*audio, "moov/trak/mdia/minf/stbl/stsd+8/enca+28/sinf/schi/tenc");
  ASSERT_TRUE(tenc);
  EXPECT_EQ(big_endian(*tenc, 0, 8), 0x0000000000000100u);  // version 0, no pattern, protected
}

TEST(CbcsInit, WithoutAKeyIsAsBefore) {
  const auto video = pictures();
  EXPECT_EQ(*cmaf_init(video.track, {}, std::nullopt), *cmaf_init(video.track, {}));
}

TEST(CbcsBoxes, AuxiliaryInformationIsFoundBySizesAndOffset) {
  const auto stream = pictures();
  Cbcs cbcs(stream.track, kKey);
  const Bytes media = media_of(stream.track, segments_of(stream, 0)[0], &cbcs);
  const Fragment fragment = take_apart(media);
  const ByteView saiz = *find_box(media, "moof/traf/saiz"),
                 saio = *find_box(media, "moof/traf/saio"),
                 senc = *find_box(media, "moof/traf/senc"), moof = *find_box(media, "moof");
  EXPECT_EQ(big_endian(saio, 4, 4), 1u);
  const auto first = moof.data() - 8 + big_endian(saio, 8, 4);
  EXPECT_EQ(first, senc.data() + 8);
  for (std::size_t i = 0; i < fragment.subsamples.size(); ++i) {
    const auto size = saiz[4] != 0 ? saiz[4] : saiz[9 + i];
    EXPECT_EQ(size, 2 + 6 * fragment.subsamples[i].size()) << i;
  }
}

TEST(CbcsBoxes, MoreSlicesThanSizesCanTellAreToldBySencAlone) {
  Bytes bytes;
  ByteWriter out(bytes);
  write_sample_encryption(out, 0, {Subsamples(43, Subsample{1, 16})});
  EXPECT_TRUE(find_box(bytes, "senc"));
  EXPECT_FALSE(find_box(bytes, "saiz"));
  EXPECT_FALSE(find_box(bytes, "saio"));
}

Bytes sample_of(std::initializer_list<Bytes> nals) {
  Bytes out;
  ByteWriter writer(out);
  for (const auto& nal : nals) {
    writer.u32(nal.size());
    writer.bytes(nal);
  }
  return out;
}

TEST(CbcsPattern, LongClearStretchesAreSplitAndShortDataStaysClear) {
  const auto stream = pictures();
  Cbcs cbcs(stream.track, kKey);
  // A SEI larger than one entry can tell, then slices whose header nobody can read: one byte.
  Bytes sei(70'000, 1), slice(17, 2), tiny(16, 3);
  sei[0] = 6, slice[0] = 0x41, tiny[0] = 0x41;
  Bytes sample = sample_of({sei, slice, tiny});
  EXPECT_THAT(
      cbcs.encrypt(sample),
      ElementsAre(Subsample{65535, 0}, Subsample{70'004 - 65'535 + 5, 16}, Subsample{20, 0}));
}

TEST(CbcsPattern, OneBlockInTenIsEncrypted) {
  const auto stream = pictures();
  Cbcs cbcs(stream.track, kKey);
  Bytes slice(1 + 16 * 21 + 5, 0x55);
  slice[0] = 0x41;
  Bytes sample = sample_of({slice});
  EXPECT_THAT(cbcs.encrypt(sample), ElementsAre(Subsample{5, 16 * 21 + 5}));
  for (std::size_t block = 0; block < 21; ++block) {
    const auto at = sample.begin() + 5 + static_cast<std::ptrdiff_t>(16 * block);
    const bool touched = std::any_of(at, at + 16, [](std::uint8_t b) { return b != 0x55; });
    EXPECT_EQ(touched, block % 10 == 0) << block;
  }
}

TEST(CbcsPattern, DamagedSamplesAreSafeAndStillDecrypt) {
  const auto stream = pictures();
  std::mt19937 random(5);
  const Bytes whole = media::to_length_prefixed(AV_CODEC_ID_H264, stream.packets.front().bytes());
  for (int round = 0; round < 500; ++round) {
    Cbcs cbcs(stream.track, kKey);
    cbcs.learn(stream.packets.front().bytes());
    Bytes damaged = whole;
    for (int i = 0; i < 4; ++i)
      damaged[random() % std::min<std::size_t>(64, damaged.size())] =
          static_cast<std::uint8_t>(random());
    damaged.resize(random() % (damaged.size() + 1));
    Bytes sample = damaged;
    const Subsamples subsamples = cbcs.encrypt(sample);
    decrypt(sample, subsamples);
    EXPECT_EQ(sample, damaged);
  }
}

TEST(CbcsWriter, EveryKeyHasAnInitSectionAndNoneTheClearOne) {
  const auto stream = pictures();
  const auto segments = segments_of(stream, 0);
  auto writer = open_cmaf_writer(stream.track);
  ASSERT_THAT(writer, IsOk());
  const auto clear = (*writer)->write(segments[0]);
  ContentKey other = kKey;
  other.id[0] = 1;
  ASSERT_THAT((*writer)->use_key(kKey), IsOk());
  const auto first = (*writer)->write(segments[1]);
  ASSERT_THAT((*writer)->use_key(other), IsOk());
  const auto second = (*writer)->write(segments[2]);
  ASSERT_TRUE(clear && first && second);
  ASSERT_TRUE(clear->init && first->init && second->init);
  EXPECT_NE(*first->init, *second->init);
  EXPECT_FALSE(find_box(clear->media.joined(), "moof/traf/senc"));
  EXPECT_TRUE(find_box(second->media.joined(), "moof/traf/senc"));
}

TEST(CbcsWriter, CodecsThatAreNotWrittenAreRefused) {
  EXPECT_FALSE(cbcs_carries(AV_CODEC_ID_AV1));
  EXPECT_FALSE(cbcs_carries(AV_CODEC_ID_VP8));
  EXPECT_TRUE(cbcs_carries(AV_CODEC_ID_OPUS));
}

}  // namespace
}  // namespace weir::hls
