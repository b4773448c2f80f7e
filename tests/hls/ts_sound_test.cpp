// Sound in MPEG-TS: what several frames in one PES packet cost and keep.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/sound_frames.h"
#include "hls/stream_segments.h"
#include "support/demux.h"

namespace weir::hls {
namespace {

using support::IsOk;

constexpr AVRational kSamples{1, 48000};

Segment segment_of(const support::CodedStream& stream) {
  return std::move(segments_of(stream, 90'000, 10'000).front());
}

Bytes ts_of(const support::CodedStream& stream, const Segment& segment) {
  auto writer = open_ts_writer(stream.track);
  EXPECT_THAT(writer, IsOk());
  auto bytes = (*writer)->write(segment);
  EXPECT_THAT(bytes, IsOk());
  return bytes ? bytes->media.joined() : Bytes();
}

/// The stamps of the PES packets, as they stand in the stream.
std::vector<std::int64_t> pes_stamps(const Bytes& ts) {
  std::vector<std::int64_t> out;
  for (std::size_t at = 0; at + 188 <= ts.size(); at += 188) {
    const std::uint8_t* packet = ts.data() + at;
    const int pid = (packet[1] & 0x1f) << 8 | packet[2];
    if (pid != 0x100 || (packet[1] & 0x40) == 0) continue;
    const std::uint8_t* pes = packet + 4 + ((packet[3] & 0x20) != 0 ? 1 + packet[4] : 0);
    EXPECT_EQ(pes[0] << 16 | pes[1] << 8 | pes[2], 1);
    EXPECT_TRUE(pes[7] & 0x80);
    out.push_back(std::int64_t{pes[9] & 0x0e} << 29 | pes[10] << 22 | (pes[11] & 0xfe) << 14 |
                  pes[12] << 7 | pes[13] >> 1);
  }
  return out;
}

TEST(TsSound, FramesShareAPesPacketThatHasTheStampOfTheFirst) {
  const auto stream = support::encode_audio({.frames = 48});
  const Segment segment = segment_of(stream);
  const auto stamps = pes_stamps(ts_of(stream, segment));
  // 14 frames of 1024 samples are 298.7 ms.
  ASSERT_EQ(stamps.size(), (segment.packets.size() + 13) / 14);
  for (std::size_t i = 0; i < stamps.size(); ++i)
    EXPECT_EQ(stamps[i], segment.packets[14 * i].pts().in({1, 90'000})) << i;
}

TEST(TsSound, AReaderFindsEveryFrameAtItsTime) {
  for (const char* encoder : {"aac", "ac3", "eac3"}) {
    const auto stream = support::encode_audio({.encoder = encoder, .frames = 40});
    const Segment segment = segment_of(stream);
    const auto read = support::demux(ts_of(stream, segment), "mpegts", support::kWholeTs);
    ASSERT_EQ(read.packets.size(), segment.packets.size()) << encoder;
    for (std::size_t i = 0; i < read.packets.size(); ++i)
      EXPECT_NEAR(static_cast<double>(read.packets[i].pts().micros()),
                  static_cast<double>(segment.packets[i].pts().micros()), 25)
          << encoder << " " << i;
  }
}

TEST(TsSound, CostsLittleMoreThanItsFrames) {
  const auto stream = support::encode_audio({.frames = 280});
  const Segment segment = segment_of(stream);
  std::size_t frames = 0;
  for (const auto& packet : segment.packets) frames += packet.bytes().size() + 7;
  std::size_t padded = segment.packets.size() * 188;  // what a PES packet for each would be
  const std::size_t size = ts_of(stream, segment).size();
  EXPECT_LT(size, padded);
  EXPECT_LT(static_cast<double>(size), static_cast<double>(frames) * 1.03 + 20 * 250 + 400);
}

TEST(TsSound, AHoleBeginsAnotherPesPacket) {
  const auto stream = support::encode_audio({.frames = 12});
  Segment segment = segment_of(stream);
  for (std::size_t i = 5; i < segment.packets.size(); ++i) {
    segment.packets[i].raw()->pts += 480;
    segment.packets[i].raw()->dts += 480;
  }
  const auto stamps = pes_stamps(ts_of(stream, segment));
  ASSERT_EQ(stamps.size(), 2u);
  EXPECT_EQ(stamps[1], segment.packets[5].pts().in({1, 90'000}));
}

TEST(TsSound, NothingGoesFromOneSegmentIntoTheNext) {
  const auto stream = support::encode_audio({.frames = 20});
  auto segments = segments_of(stream, 90'000, 5);
  auto writer = open_ts_writer(stream.track);
  for (const auto& segment : segments) {
    const auto bytes = (*writer)->write(segment);
    ASSERT_THAT(bytes, IsOk());
    EXPECT_EQ(support::demux(bytes->media.joined(), "mpegts", support::kWholeTs).packets.size(),
              segment.packets.size());
  }
}

media::Packet frame(std::int64_t at, std::int64_t length) {
  media::Packet packet = media::Packet::of(as_bytes("x"));
  packet.raw()->time_base = kSamples;
  packet.raw()->pts = packet.raw()->dts = at;
  packet.raw()->duration = length;
  return packet;
}

TEST(PesCollector, TakesWhatGoesOnWhereItEnds) {
  PesCollector pes;
  const Bytes bytes(100, 1);
  EXPECT_TRUE(pes.fits(frame(5, 1024), 100));
  pes.add(frame(5, 1024), bytes);
  EXPECT_TRUE(pes.fits(frame(1029, 1024), 100));
  EXPECT_TRUE(pes.fits(frame(1029 + 48, 1024), 100));   // stamps in milliseconds
  EXPECT_FALSE(pes.fits(frame(1029 + 49, 1024), 100));  // a hole
  EXPECT_FALSE(pes.fits(frame(5, 1024), 100));          // back in time
  EXPECT_FALSE(pes.fits(frame(1029, 1024), PesCollector::kLargest));
  EXPECT_FALSE(pes.fits(frame(1029, 48000), 100));  // too long
  EXPECT_EQ(pes.start().ticks, 5);
  EXPECT_EQ(pes.end().ticks, 1029);
  EXPECT_EQ(pes.bytes().size(), 100u);
  pes.clear();
  EXPECT_TRUE(pes.empty());
}

TEST(PesCollector, FollowsNoFrameOfUnknownLength) {
  PesCollector pes;
  pes.add(frame(0, 0), Bytes(100, 1));
  EXPECT_FALSE(pes.fits(frame(0, 1024), 100));
  EXPECT_FALSE(pes.fits(frame(1024, 1024), 100));
}

}  // namespace
}  // namespace weir::hls
