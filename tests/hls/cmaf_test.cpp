#include "hls/cmaf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/segment_writer.h"
#include "hls/stream_facts.h"
#include "hls/stream_segments.h"
#include "support/boxes.h"
#include "support/coded_stream.h"
#include "support/demux.h"
#include "support/matchers.h"

namespace weir::hls {
namespace {

Bytes media_of(const media::Track& track, const Segment& segment) {
  std::uint32_t sequence = 0;
  return cmaf_media(track, segment, sequence).media.joined();
}

using support::big_endian;
using support::FailsWith;
using support::find_box;
using support::IsOk;
using ::testing::HasSubstr;

/// Of the samples of a fragment, from tfhd and trun.
std::uint64_t total_duration(const Bytes& bytes) {
  const ByteView tfhd = *find_box(bytes, "moof/traf/tfhd"),
                 trun = *find_box(bytes, "moof/traf/trun");
  const auto flags = big_endian(trun, 1, 3), count = big_endian(trun, 4, 4);
  if ((flags & 0x100) == 0) return count * big_endian(tfhd, 8, 4);
  const std::size_t stride = 8 + (flags & 0x400 ? 4 : 0) + (flags & 0x800 ? 4 : 0);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += big_endian(trun, 12 + i * stride, 4);
  return sum;
}

class CmafVideo : public ::testing::TestWithParam<const char*> {
 protected:
  support::CodedStream stream() const {
    support::VideoSpec spec;
    spec.encoder = GetParam();
    spec.frames = 18;
    if (spec.encoder == "libx265") spec.options = {{"x265-params", "log-level=none:open-gop=0"}};
    return support::encode_video(spec);
  }
};

TEST_P(CmafVideo, EveryPacketComesBackWithItsBytesAndItsExactStamps) {
  const auto stream = this->stream();
  const auto segments = segments_of(stream, 1000);
  ASSERT_GE(segments.size(), 3u);
  auto writer = open_cmaf_writer(stream.track);
  ASSERT_THAT(writer, IsOk());
  const auto read = support::demux(write_all(**writer, segments), "mov");
  ASSERT_EQ(read.packets.size(), stream.packets.size());
  std::size_t i = 0;
  for (const auto& segment : segments)
    for (const auto& packet : segment.packets) {
      const Bytes expected = media::to_length_prefixed(stream.track.codec(), packet.bytes());
      EXPECT_TRUE(std::ranges::equal(read.packets[i].bytes(), expected)) << i;
      EXPECT_EQ(read.packets[i].pts(), packet.pts()) << i;
      EXPECT_EQ(read.packets[i].key(), packet.key()) << i;
      ++i;
    }
}

TEST_P(CmafVideo, DecodingOfASegmentBeginsWhereTheOneBeforeEnded) {
  const auto stream = this->stream();
  std::uint64_t next = static_cast<std::uint64_t>(1000 + stream.packets.front().dts().ticks -
                                                  stream.packets.front().pts().ticks);
  for (const auto& segment : segments_of(stream, 1000)) {
    const Bytes bytes = media_of(stream.track, segment);
    const auto tfdt = find_box(bytes, "moof/traf/tfdt");
    ASSERT_TRUE(tfdt);
    EXPECT_EQ((*tfdt)[0], 1);  // version
    EXPECT_EQ(big_endian(*tfdt, 4, 8), next);
    next += total_duration(bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(, CmafVideo, ::testing::Values("libx264", "libx265"),
                         [](const auto& codec) { return std::string(codec.param + 3); });

TEST(CmafAudio, EveryPacketComesBackWithItsBytesAndItsExactStamps) {
  for (const char* encoder : {"aac", "ac3", "eac3", "flac", "libopus"}) {
    auto stream = support::encode_audio({encoder, 48000, 2, 20});
    // FLAC ends with an empty packet that only carries a checksum.
    if (stream.packets.back().bytes().empty()) stream.packets.pop_back();
    auto writer = open_cmaf_writer(stream.track);
    ASSERT_THAT(writer, IsOk()) << encoder;
    const auto segments = segments_of(stream, 4800, 7);
    const auto read = support::demux(write_all(**writer, segments), "mov");
    ASSERT_EQ(read.packets.size(), stream.packets.size()) << encoder;
    EXPECT_EQ(read.par->codec_id, stream.track.codec());
    EXPECT_EQ(read.par->ch_layout.nb_channels, 2);
    std::size_t i = 0;
    for (const auto& segment : segments)
      for (const auto& packet : segment.packets) {
        EXPECT_TRUE(std::ranges::equal(read.packets[i].bytes(), packet.bytes())) << encoder << i;
        EXPECT_EQ(read.packets[i].pts(), packet.pts()) << encoder << i;
        ++i;
      }
  }
}

TEST(CmafInit, SaysNoDurationAndDefersToFragments) {
  auto stream = support::encode_video({.frames = 2});
  stream.track.language = "eng";
  const auto init = cmaf_init(stream.track, {});
  ASSERT_THAT(init, IsOk());
  EXPECT_EQ(big_endian(*find_box(*init, "ftyp"), 0, 4), 0x636d6663u);  // cmfc
  EXPECT_EQ(big_endian(*find_box(*init, "moov/mvhd"), 16, 4), 0u);
  EXPECT_EQ(big_endian(*find_box(*init, "moov/trak/tkhd"), 20, 4), 0u);
  EXPECT_EQ(big_endian(*find_box(*init, "moov/trak/mdia/mdhd"), 16, 4), 0u);
  EXPECT_TRUE(find_box(*init, "moov/mvex/trex"));
  EXPECT_FALSE(find_box(*init, "moov/trak/edts"));
  const auto elng = find_box(*init, "moov/trak/mdia/elng");
  ASSERT_TRUE(elng);
  EXPECT_EQ(std::string(elng->begin() + 4, elng->end()), std::string("en\0", 3));
}

TEST(CmafInit, TellsColourAndPixelShapeWhenKnown) {
  auto stream = support::encode_video({.frames = 2});
  auto& par = const_cast<AVCodecParameters&>(*stream.track.par);
  par.color_primaries = AVCOL_PRI_BT709;
  par.color_trc = AVCOL_TRC_BT709;
  par.color_space = AVCOL_SPC_BT709;
  par.sample_aspect_ratio = {4, 3};
  const auto init = cmaf_init(stream.track, {});
  ASSERT_THAT(init, IsOk());
  const std::string entry = "moov/trak/mdia/minf/stbl/stsd+8/avc1+78/";
  const auto colr = find_box(*init, entry + "colr");
  ASSERT_TRUE(colr);
  EXPECT_EQ(big_endian(*colr, 0, 4), 0x6e636c78u);  // nclx
  EXPECT_EQ(big_endian(*colr, 4, 6), 0x000100010001u);
  const auto pasp = find_box(*init, entry + "pasp");
  ASSERT_TRUE(pasp);
  EXPECT_EQ(big_endian(*pasp, 0, 8), 0x0000000400000003u);
}

TEST(CmafInit, RefusesACodecItHasNoEntryFor) {
  auto stream = support::encode_video({.frames = 1});
  const_cast<AVCodecParameters&>(*stream.track.par).codec_id = AV_CODEC_ID_VP8;
  EXPECT_THAT(open_cmaf_writer(stream.track), FailsWith(Code::kUnsupported, HasSubstr("vp8")));
  EXPECT_THAT(open_ts_writer(stream.track), FailsWith(Code::kUnsupported, HasSubstr("vp8")));
}

TEST(CmafInit, HostileConfigurationsAreBadInputAndNoMore) {
  auto audio = support::encode_audio({"libopus", 48000, 2, 2});
  for (int size = 0; size < 19; ++size) {
    const_cast<AVCodecParameters&>(*audio.track.par).extradata_size = size;
    EXPECT_THAT(cmaf_init(audio.track, {}), FailsWith(Code::kBadInput, HasSubstr("OpusHead")));
  }
  const auto dolby = support::encode_audio({"eac3", 48000, 2, 2});
  const ByteView whole = dolby.packets.front().bytes();
  for (std::size_t size = 0; size < 6; ++size)
    EXPECT_FALSE(cmaf_init(dolby.track, whole.first(size))) << size;
  Bytes mutated(whole.begin(), whole.end());
  for (std::size_t i = 0; i < 64; ++i) {
    mutated[i % 8] = static_cast<std::uint8_t>(i * 37);
    (void)cmaf_init(dolby.track, mutated);
  }
}

TEST(CmafMedia, GivesTheSameBytesEveryTime) {
  const auto stream = support::encode_video({.frames = 6});
  const auto segments = segments_of(stream, 0);
  EXPECT_EQ(media_of(stream.track, segments[0]), media_of(stream.track, segments[0]));
}

TEST(CmafWriter, NewParameterSetsBringANewInitSection) {
  const auto small = support::encode_video({.frames = 6});
  const auto large = support::encode_video({.width = 128, .height = 96, .frames = 6});
  auto writer = open_cmaf_writer(small.track);
  ASSERT_THAT(writer, IsOk());
  const auto first = segments_of(small, 0), second = segments_of(large, 6);
  const auto a = (*writer)->write(first[0]);
  const auto b = (*writer)->write(second[0]);
  const auto c = (*writer)->write(second[0]);
  ASSERT_TRUE(a && b && c);
  ASSERT_TRUE(a->init && b->init);
  EXPECT_FALSE(c->init);
  const auto tkhd = find_box(*b->init, "moov/trak/tkhd");
  EXPECT_EQ(big_endian(*tkhd, 76, 4), 128u << 16);
}

TEST(TsWriter, EverySegmentBeginsWithItsTablesAndCountersRunOn) {
  const auto stream = support::encode_video({.frames = 18});
  auto writer = open_ts_writer(stream.track);
  ASSERT_THAT(writer, IsOk());
  int counter = -1;
  for (const auto& segment : segments_of(stream, 50)) {
    const auto bytes = (*writer)->write(segment);
    ASSERT_THAT(bytes, IsOk());
    EXPECT_FALSE(bytes->init);
    const Bytes ts = bytes->media.joined();
    ASSERT_EQ(ts.size() % 188, 0u);
    std::vector<int> pids;
    for (std::size_t at = 0; at < ts.size(); at += 188) {
      ASSERT_EQ(ts[at], 0x47);
      const int pid = static_cast<int>(big_endian(ts, at + 1, 2) & 0x1fff);
      pids.push_back(pid);
      if (pid != 0x100 || (ts[at + 3] & 0x10) == 0) continue;
      if (counter >= 0) {
        EXPECT_EQ(ts[at + 3] & 0xf, (counter + 1) & 0xf);
      }
      counter = ts[at + 3] & 0xf;
    }
    const auto pat = std::find(pids.begin(), pids.end(), 0);
    const auto pmt = std::find(pids.begin(), pids.end(), 0x1000);
    const auto video = std::find(pids.begin(), pids.end(), 0x100);
    EXPECT_LT(pat, pmt);
    EXPECT_LT(pmt, video);
  }
}

TEST(TsWriter, StampsAreKept) {
  for (const bool video : {true, false}) {
    const auto stream = video ? support::encode_video({.frames = 12}) : support::encode_audio({});
    auto writer = open_ts_writer(stream.track);
    ASSERT_THAT(writer, IsOk());
    const auto segments = segments_of(stream, video ? 25 : 48000, video ? 0 : 8);
    const auto read = support::demux(write_all(**writer, segments), "mpegts", support::kWholeTs);
    ASSERT_EQ(read.packets.size(), stream.packets.size());
    std::size_t i = 0;
    for (const auto& segment : segments)
      for (const auto& packet : segment.packets)
        EXPECT_NEAR(static_cast<double>(read.packets[i++].pts().in({1, 90000})),
                    static_cast<double>(packet.pts().in({1, 90000})), 1)
            << i;
  }
}

TEST(StreamFacts, ComeFromTheBitstream) {
  auto stream = support::encode_video({.frames = 1});
  const auto facts = stream_facts(with_parameter_sets(stream.track, stream.packets[0].bytes()));
  ASSERT_THAT(facts, IsOk());
  EXPECT_THAT(facts->codecs, HasSubstr("avc1.64"));
  EXPECT_EQ(facts->resolution, (Size{64, 48}));
  EXPECT_EQ(facts->video_range, "SDR");
  const auto sound = support::encode_audio({"aac", 48000, 2, 2});
  EXPECT_EQ(stream_facts(sound.track)->channels, 2);
}

}  // namespace
}  // namespace weir::hls
