#include "hls/ts_packets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/stream_segments.h"
#include "hls/ts_tables.h"
#include "media/h26x.h"
#include "support/demux.h"
#include "support/hex.h"

namespace weir::hls {
namespace {

using support::from_hex;
using support::IsOk;

constexpr std::int64_t kWrap = std::int64_t{1} << 33;

Bytes content(std::size_t size) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  return out;
}

/// One packet as a receiver takes it apart.
struct Packet {
  int pid = 0;
  bool unit_start = false;
  bool random_access = false;
  int counter = 0;
  std::optional<std::int64_t> clock;  // base only
  Bytes payload;
};

std::vector<Packet> packets_of(ByteView ts) {
  std::vector<Packet> out;
  EXPECT_EQ(ts.size() % kTsPacket, 0u);
  for (std::size_t at = 0; at + kTsPacket <= ts.size(); at += kTsPacket) {
    const ByteView packet = ts.subspan(at, kTsPacket);
    EXPECT_EQ(packet[0], 0x47);
    Packet read;
    read.pid = (packet[1] & 0x1f) << 8 | packet[2];
    read.unit_start = (packet[1] & 0x40) != 0;
    read.counter = packet[3] & 0x0f;
    std::size_t begin = 4;
    if ((packet[3] & 0x20) != 0) {
      begin += 1u + packet[4];
      if (packet[4] > 0) {
        read.random_access = (packet[5] & 0x40) != 0;
        std::size_t stuffing = 6;
        if ((packet[5] & 0x10) != 0) {
          std::int64_t base = 0;
          for (std::size_t i = 0; i < 4; ++i) base = base << 8 | packet[6 + i];
          read.clock = base << 1 | packet[10] >> 7;
          stuffing = 12;
        }
        for (std::size_t i = stuffing; i < begin; ++i) EXPECT_EQ(packet[i], 0xff);
      }
    }
    EXPECT_LE(begin, kTsPacket);
    read.payload.assign(packet.begin() + static_cast<std::ptrdiff_t>(begin), packet.end());
    out.push_back(std::move(read));
  }
  return out;
}

std::vector<Packet> packets_of(const TsBuffer& buffer) {
  return packets_of(buffer.pieces().joined());
}

Bytes joined(const std::vector<Packet>& packets) {
  Bytes out;
  for (const auto& packet : packets)
    out.insert(out.end(), packet.payload.begin(), packet.payload.end());
  return out;
}

TEST(TsPackets, AUnitOfAnyLengthArrivesByteForByte) {
  for (std::size_t lead : {0, 6, 300})
    for (std::size_t size = lead == 0 ? 1 : 0; size < 800; ++size) {
      const Bytes all = content(lead + size);
      TsBuffer buffer;
      TsPid(0x100).pes({.stream_id = 0xc0, .pts = 5, .dts = 5}, ByteView(all).first(lead),
                       ByteView(all).subspan(lead), buffer);
      const Bytes pes = joined(packets_of(buffer));
      ASSERT_EQ(pes.size(), 14 + all.size());  // nothing but the header and the unit
      ASSERT_TRUE(std::equal(all.begin(), all.end(), pes.begin() + 14)) << lead << "+" << size;
      ASSERT_EQ(pes[4] << 8 | pes[5], 8 + std::ssize(all));
    }
}

TEST(TsPackets, HeaderOfASoundAndOfAPicture) {
  TsBuffer buffer;
  TsPid pid(0x100);
  pid.pes({.stream_id = 0xc0, .pts = 90'000, .dts = 90'000}, {}, content(1), buffer);
  EXPECT_EQ(joined(packets_of(buffer)), from_hex("000001c00009"
                                                 "808005"
                                                 "210005bf21"
                                                 "00"));
  buffer.clear();
  pid.pes({.stream_id = 0xe0, .bounded = false, .pts = 90'000, .dts = 86'400}, {}, content(1),
          buffer);
  EXPECT_EQ(joined(packets_of(buffer)), from_hex("000001e00000"
                                                 "80c00a"
                                                 "310005bf21"
                                                 "110005a301"
                                                 "00"));
}

TEST(TsPackets, StampsAndClockAreKeptModulo33Bits) {
  TsBuffer early, late;
  TsPid(0x100).pes({.stream_id = 0xc0, .pts = 777, .dts = 5}, {}, content(9), early);
  TsPid(0x100).pes({.stream_id = 0xc0, .pts = kWrap + 777, .dts = kWrap + 5}, {}, content(9), late);
  EXPECT_EQ(early.pieces().joined(), late.pieces().joined());
  TsBuffer last;
  TsPid(0x100).pes({.stream_id = 0xc0, .pts = kWrap - 1, .dts = kWrap - 1}, {}, content(9), last);
  EXPECT_EQ(packets_of(last)[0].clock, kWrap - 1);
}

TEST(TsPackets, TheCounterRunsOnThroughUnitsAndSections) {
  TsBuffer buffer;
  TsPid pid(0x100);
  for (int i = 0; i < 12; ++i)
    pid.pes({.stream_id = 0xe0, .bounded = false}, {}, content(500), buffer);
  pid.section(programme_association(), buffer);
  int expected = 0;
  for (const auto& packet : packets_of(buffer)) EXPECT_EQ(packet.counter, expected++ % 16);
  EXPECT_GT(expected, 32);
}

TEST(TsPackets, OnlyTheBeginSaysThatDecodingMayBegin) {
  TsBuffer buffer;
  TsPid(0x100).pes({.stream_id = 0xe0, .random_access = true}, {}, content(2000), buffer);
  const auto packets = packets_of(buffer);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    EXPECT_EQ(packets[i].random_access, i == 0) << i;
    EXPECT_EQ(packets[i].unit_start, i == 0) << i;
    EXPECT_EQ(packets[i].clock.has_value(), i == 0) << i;
  }
}

TEST(TsPackets, ClockReferencesAreAtMostATenthOfASecondApart) {
  for (const std::int64_t lasts : {3'600, 9'000, 26'880, 63'000}) {
    TsBuffer buffer;
    TsPid pid(0x100);
    for (int i = 0; i < 4; ++i)
      pid.pes({.stream_id = 0xc0, .pts = lasts * i, .dts = lasts * i, .lasts = lasts}, {},
              content(9'000), buffer);
    std::int64_t last = 0;
    for (const auto& packet : packets_of(buffer)) {
      if (!packet.clock) continue;
      EXPECT_LE(*packet.clock - last, 9'000) << lasts;
      EXPECT_GE(*packet.clock, last) << lasts;
      last = *packet.clock;
    }
    EXPECT_GE(last, lasts * 3);
  }
}

TEST(TsPackets, MemoryIsUsedAgain) {
  TsBuffer buffer;
  TsPid pid(0x100);
  pid.pes({.stream_id = 0xe0, .bounded = false}, {}, content(400'000), buffer);
  const auto* before = buffer.pieces().views().front().data();
  EXPECT_GT(buffer.pieces().views().size(), 1u);
  buffer.clear();
  EXPECT_TRUE(buffer.pieces().empty());
  pid.pes({.stream_id = 0xe0, .bounded = false}, {}, content(4'000), buffer);
  EXPECT_EQ(buffer.pieces().views().front().data(), before);
}

TEST(TsTables, AreWhatTheStandardSays) {
  EXPECT_EQ(programme_association(), from_hex("00b00d0001c100000001f0002ab104b2"));
  EXPECT_EQ(programme_map({0x1b, {}}, "", 0),
            from_hex("02b0120001c10000e100f0001be100f00015bd4d56"));
  const Bytes map = programme_map({0x81, from_hex("050441432d33")}, "eng", 1);
  EXPECT_EQ(Bytes(map.begin(), map.end() - 4),
            from_hex("02b01e0001c30000e100f00081e100f00c0a04656e6700050441432d33"));
}

TEST(TsTables, APlainStreamIsNamedByItsCodec) {
  const auto type = [](const char* encoder, int rate) {
    return ts_stream(support::encode_audio({encoder, rate, 2, 2}).track)->type;
  };
  EXPECT_EQ(type("aac", 48000), 0x0f);
  EXPECT_EQ(type("ac3", 48000), 0x81);
  EXPECT_EQ(type("eac3", 48000), 0x87);
  EXPECT_EQ(type("libmp3lame", 44100), 3);
  EXPECT_EQ(type("libmp3lame", 22050), 4);
}

std::vector<Bytes> nals_of(const media::Packet& packet) {
  std::vector<Bytes> out;
  for (const auto nal : media::split_annex_b(packet.bytes()))
    out.emplace_back(nal.begin(), nal.end());
  return out;
}

TEST(TsWriter, EveryPictureBeginsWithADelimiterAndKeepsItsBytesAndTimes) {
  for (const char* encoder : {"libx264", "libx265"}) {
    const auto stream = support::encode_video({.encoder = encoder, .frames = 18});
    auto writer = open_ts_writer(stream.track);
    ASSERT_THAT(writer, IsOk());
    const auto segments = segments_of(stream, 100'000);
    const bool avc = stream.track.codec() == AV_CODEC_ID_H264;
    const auto read = support::demux(write_all(**writer, segments), "mpegts", support::kWholeTs);
    ASSERT_EQ(read.packets.size(), stream.packets.size()) << encoder;
    std::size_t i = 0;
    for (const auto& segment : segments)
      for (const auto& packet : segment.packets) {
        const auto& seen = read.packets[i++];
        EXPECT_EQ(seen.pts().in({1, 90'000}), packet.pts().in({1, 90'000}));
        EXPECT_EQ(seen.dts().in({1, 90'000}), packet.dts().in({1, 90'000}));
        const auto expected = nals_of(packet), nals = nals_of(seen);
        ASSERT_EQ(nals.size(), expected.size() + 1);
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), nals.begin() + 1));
        EXPECT_EQ(nals[0], from_hex(avc ? "09f0" : "460150"));
      }
  }
}

TEST(TsWriter, APictureThatHasADelimiterGetsNoOther) {
  auto stream = support::encode_video({.frames = 4});
  for (auto& packet : stream.packets) {
    Bytes bytes = from_hex("0000000109f0");
    bytes.insert(bytes.end(), packet.bytes().begin(), packet.bytes().end());
    media::Packet with = media::Packet::of(bytes);
    av_packet_copy_props(with.raw(), packet.raw());
    packet = std::move(with);
  }
  auto writer = open_ts_writer(stream.track);
  const auto read = support::demux(write_all(**writer, segments_of(stream, 0)), "mpegts");
  for (std::size_t i = 0; i < read.packets.size(); ++i)
    EXPECT_EQ(nals_of(read.packets[i]), nals_of(stream.packets[i])) << i;
}

TEST(TsWriter, AKeyPictureIsTheBytesFromItsTablesOn) {
  const auto stream = support::encode_video({.frames = 40, .gop = 20});
  auto writer = open_ts_writer(stream.track);
  Segment whole;
  for (const auto& packet : stream.packets) whole.packets.push_back(packet.share());
  const auto bytes = (*writer)->write(whole);
  ASSERT_THAT(bytes, IsOk());
  ASSERT_GE(bytes->keys.size(), 2u);
  const Bytes ts = bytes->media.joined();
  for (const auto& key : bytes->keys) {
    const auto range = ByteView(ts).subspan(static_cast<std::size_t>(key.range.offset),
                                            static_cast<std::size_t>(key.range.length));
    const auto packets = packets_of(range);
    EXPECT_EQ(packets[0].pid, 0);
    EXPECT_EQ(packets[1].pid, kTsMapPid);
    EXPECT_TRUE(packets[2].random_access);
    EXPECT_EQ(support::demux(Bytes(range.begin(), range.end()), "mpegts", support::kWholeTs)
                  .packets.size(),
              1u);
  }
}

}  // namespace
}  // namespace weir::hls
