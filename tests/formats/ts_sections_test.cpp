// Where a transport stream is parted.
#include <algorithm>
#include <functional>
#include <numeric>
#include <random>

#include <gmock/gmock.h>

#include "formats/ts_sections.h"

extern "C" {
#include <libavutil/crc.h>
#include <libavutil/mem.h>
}

namespace weir::formats {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

using Streams = std::vector<std::pair<int, int>>;  // PID and type

Bytes with_checksum(Bytes section) {
  section[1] = static_cast<std::uint8_t>(0xb0 | ((section.size() + 1) >> 8));
  section[2] = static_cast<std::uint8_t>(section.size() + 1);
  const auto crc =
      av_crc(av_crc_get_table(AV_CRC_32_IEEE), UINT32_MAX, section.data(), section.size());
  for (int i = 0; i < 4; ++i) section.push_back(static_cast<std::uint8_t>(crc >> (8 * i)));
  return section;
}

Bytes association(int program = 1) {
  return with_checksum({0x00, 0, 0, 0, 1, 0xc1, 0, 0, 0, static_cast<std::uint8_t>(program), 0xf0,
                        0x00});  // its map: PID 0x1000
}

/// `filler`: bytes of a descriptor in front of the streams.
Bytes map(const Streams& streams, std::size_t filler = 0, int program = 1) {
  Bytes out{0x02,
            0,
            0,
            0,
            static_cast<std::uint8_t>(program),
            0xc1,
            0,
            0,
            0xe1,
            0x00,
            static_cast<std::uint8_t>(0xf0 | (filler >> 8)),
            static_cast<std::uint8_t>(filler)};
  out.insert(out.end(), filler, 0x11);
  for (const auto& [pid, type] : streams)
    out.insert(out.end(),
               {static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(0xe0 | (pid >> 8)),
                static_cast<std::uint8_t>(pid), 0xf0, 0x00});
  return with_checksum(std::move(out));
}

/// A section in as many packets as it takes.
void add_section(Bytes& to, int pid, const Bytes& section) {
  Bytes payload{0};  // pointer field
  payload.insert(payload.end(), section.begin(), section.end());
  for (std::size_t at = 0; at < payload.size(); at += 184) {
    Bytes packet{0x47, static_cast<std::uint8_t>((at == 0 ? 0x40 : 0) | (pid >> 8)),
                 static_cast<std::uint8_t>(pid), 0x10};
    const std::size_t size = std::min<std::size_t>(184, payload.size() - at);
    packet.insert(packet.end(), payload.begin() + static_cast<std::ptrdiff_t>(at),
                  payload.begin() + static_cast<std::ptrdiff_t>(at + size));
    packet.resize(188, 0xff);
    to.insert(to.end(), packet.begin(), packet.end());
  }
}

void add_media(Bytes& to, int packets, std::uint8_t fill) {
  for (int i = 0; i < packets; ++i) {
    Bytes packet{0x47, 0x01, 0x00, 0x10};
    packet.resize(188, fill);
    to.insert(to.end(), packet.begin(), packet.end());
  }
}

Bytes piece(const Streams& streams, std::uint8_t fill, std::size_t filler = 0) {
  Bytes out;
  add_section(out, 0, association());
  add_section(out, 0x1000, map(streams, filler));
  add_media(out, 40, fill);
  return out;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Bytes in reads of odd sizes; it can be searched or not.
class Source {
 public:
  Source(Bytes bytes, bool seekable, unsigned seed)
      : bytes_(std::move(bytes)),
        dice_(seed),
        io_(make_reader(this, &read, seekable ? &seek : nullptr)) {}
  AVIOContext* io() { return io_.get(); }

 private:
  static int read(void* opaque, std::uint8_t* to, int size) {
    auto& self = *static_cast<Source*>(opaque);
    const std::size_t left = self.bytes_.size() - self.at_;
    if (left == 0) return AVERROR_EOF;
    const std::size_t most = 1 + self.dice_() % 1000;
    const std::size_t n = std::min({left, most, static_cast<std::size_t>(size)});
    std::copy_n(self.bytes_.begin() + static_cast<std::ptrdiff_t>(self.at_), n, to);
    self.at_ += n;
    return static_cast<int>(n);
  }
  static std::int64_t seek(void* opaque, std::int64_t offset, int whence) {
    auto& self = *static_cast<Source*>(opaque);
    if (whence == AVSEEK_SIZE) return std::ssize(self.bytes_);
    self.at_ = static_cast<std::size_t>(offset);
    return offset;
  }

  Bytes bytes_;
  std::size_t at_ = 0;
  std::mt19937 dice_;
  IoPtr io_;
};

Bytes read_section(TsSections& sections) {
  Bytes out(1 << 20);
  int size = 0;
  for (int n = 0; (n = avio_read_partial(sections.io(), out.data() + size, 700)) > 0;) size += n;
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::vector<Bytes> divide(const Bytes& bytes, unsigned seed = 1) {
  Source source(bytes, false, seed);
  TsSections sections(source.io());
  std::vector<Bytes> out{read_section(sections)};
  while (sections.next()) out.push_back(read_section(sections));
  return out;
}

const Streams kAvc{{0x100, 0x1b}, {0x101, 0x0f}};
const Streams kHevc{{0x100, 0x24}, {0x101, 0x0f}};

TEST(TsSections, EndInFrontOfTheMapWithAnotherCodec) {
  const Bytes first = piece(kAvc, 1), second = piece(kHevc, 2), third = piece(kAvc, 3);
  for (unsigned seed = 0; seed < 20; ++seed) {
    const auto got = divide(first + second + third, seed);
    ASSERT_THAT(got, SizeIs(3));
    // The table of programs before the map is still of the one before; each later section gets it.
    const Bytes table(second.begin(), second.begin() + 188);
    EXPECT_EQ(got[0], first + table);
    EXPECT_EQ(got[1], second + table);
    EXPECT_EQ(got[2], third);
  }
}

TEST(TsSections, AMapThatIsRepeatedAddedToOrTakenFromEndsNothing) {
  const Streams more{{0x100, 0x1b}, {0x101, 0x0f}, {0x102, 0x0f}, {0x103, 0x06}};
  const Streams less{{0x100, 0x1b}, {0x104, 0x06}};
  EXPECT_THAT(divide(piece(kAvc, 1) + piece(kAvc, 2) + piece(more, 3) + piece(less, 4)), SizeIs(1));
}

TEST(TsSections, PicturesOnAnotherPidAreOthers) {
  EXPECT_THAT(divide(piece(kAvc, 1) + piece({{0x200, 0x1b}, {0x101, 0x0f}}, 2)), SizeIs(2));
}

TEST(TsSections, AnotherNumberOfTheOnlyProgramIsNoChange) {
  Bytes renumbered;
  add_section(renumbered, 0, association(7));
  add_section(renumbered, 0x1000, map(kAvc, 0, 7));
  add_media(renumbered, 9, 2);
  EXPECT_THAT(divide(piece(kAvc, 1) + renumbered), SizeIs(1));
  Bytes changed;
  add_section(changed, 0, association(7));
  add_section(changed, 0x1000, map(kHevc, 0, 7));
  EXPECT_THAT(divide(piece(kAvc, 1) + changed), SizeIs(2));
}

TEST(TsSections, AMapMayTakeSeveralPackets) {
  const auto got = divide(piece(kAvc, 1, 500) + piece(kHevc, 2, 700));
  ASSERT_THAT(got, SizeIs(2));
  EXPECT_EQ(got[0].size(), piece(kAvc, 1, 500).size() + 188);
  EXPECT_EQ(got[1], piece(kHevc, 2, 700));
}

TEST(TsSections, AMapWithAWrongChecksumOrNotYetInForceSaysNothing) {
  Bytes broken = piece(kHevc, 2);
  broken[188 + 4 + 1 + 13] ^= 1;
  EXPECT_THAT(divide(piece(kAvc, 1) + broken), SizeIs(1));
}

TEST(TsSections, BytesThatAreNoTransportStreamPass) {
  Bytes noise(100'000);
  std::mt19937 dice(5);
  for (auto& byte : noise) byte = static_cast<std::uint8_t>(dice());
  EXPECT_THAT(divide(noise), ElementsAre(noise));
  const Bytes odd = noise + piece(kAvc, 1) + Bytes(77, 0x47) + piece(kAvc, 2);
  const auto got = divide(odd);
  EXPECT_THAT(got, ElementsAre(odd));
}

TEST(TsSections, DamageAnywhereLosesNoByte) {
  const Bytes whole = piece(kAvc, 1, 300) + piece(kHevc, 2, 300) + piece(kAvc, 3);
  std::mt19937 dice(7);
  for (int round = 0; round < 500; ++round) {
    Bytes bytes = whole;
    for (int i = 0; i < 8; ++i) bytes[dice() % bytes.size()] = static_cast<std::uint8_t>(dice());
    bytes.resize(dice() % bytes.size());
    const auto got = divide(bytes, static_cast<unsigned>(round));
    const std::size_t all =
        std::accumulate(got.begin(), got.end(), std::size_t{0},
                        [](std::size_t n, const Bytes& b) { return n + b.size(); });
    // A later section may begin with the table of programs once more.
    ASSERT_GE(all, bytes.size());
    ASSERT_LE(all, bytes.size() + (got.size() - 1) * 188);
  }
}

TEST(TsSections, AfterASeekTheFirstMapIsBelieved) {
  Bytes first = piece(kAvc, 1);
  add_media(first, 1000, 1);  // libavformat reads over what is near
  const Bytes second = piece(kHevc, 2);
  Source source(first + second, true, 3);
  TsSections sections(source.io());
  EXPECT_EQ(avio_size(sections.io()), std::ssize(first + second));
  EXPECT_EQ(avio_seek(sections.io(), std::ssize(first), SEEK_SET), std::ssize(first));
  EXPECT_EQ(read_section(sections), second);
  EXPECT_EQ(avio_seek(sections.io(), 0, SEEK_SET), 0);
  EXPECT_EQ(read_section(sections).size(), first.size() + 188);
  EXPECT_TRUE(sections.next());
  EXPECT_EQ(read_section(sections).size(), second.size());
  EXPECT_FALSE(sections.next());
}

}  // namespace
}  // namespace weir::formats
