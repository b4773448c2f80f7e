#include "hls/dolby.h"

#include <vector>

#include "media/bit_reader.h"

namespace weir::hls {
namespace {

constexpr std::uint64_t kSyncWord = 0x0b77;

class BitWriter {
 public:
  void bits(std::uint64_t value, int count) {
    for (int i = count - 1; i >= 0; --i) {
      if (used_ % 8 == 0) bytes_.push_back(0);
      bytes_.back() |= static_cast<std::uint8_t>((value >> i & 1) << (7 - used_ % 8));
      ++used_;
    }
  }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
  int used_ = 0;
};

struct Substream {
  std::uint64_t fscod = 0, bsid = 0, acmod = 0, lfeon = 0;
  std::uint64_t dependent = 0;  // number of dependent substreams
  std::uint64_t chan_loc = 0;   // what they carry
};

struct Header {
  std::uint64_t type = 0, bytes = 0, channel_map = 0;
  Substream stream;
};

constexpr std::uint64_t kDependent = 1;  // strmtyp

Result<Header> read_header(ByteView frame) {
  media::BitReader in(frame);
  Header header;
  const bool sync = in.bits(16) == kSyncWord;
  header.type = in.bits(2);
  in.skip(3);
  header.bytes = (in.bits(11) + 1) * 2;
  header.stream.fscod = in.bits(2);
  in.skip(2);  // fscod2 or numblkscod
  header.stream.acmod = in.bits(3);
  header.stream.lfeon = in.bits(1);
  header.stream.bsid = in.bits(5);
  for (int i = header.stream.acmod == 0 ? 2 : 1; i > 0; --i) {
    in.skip(5);                 // dialnorm
    if (in.flag()) in.skip(8);  // compr
  }
  if (header.type == kDependent && in.flag()) header.channel_map = in.bits(16);
  if (!sync || !in.ok() || header.stream.bsid <= 10 || header.stream.bsid > 16)
    return fail(Code::kBadInput, "an e-ac-3 packet does not begin with a frame header");
  return header;
}

// Table F.6.1: bits 5 to 12 of the channel map move down to 0, LFE2 (bit 14) becomes the last.
std::uint64_t channel_locations(std::uint64_t map) {
  std::uint64_t out = 0;
  for (int i = 0; i < 8; ++i) out |= (map >> (15 - (i + 5)) & 1) << i;
  return out | (map >> 1 & 1) << 8;
}

Result<std::vector<Substream>> read_substreams(ByteView unit) {
  std::vector<Substream> out;
  while (!unit.empty()) {
    WEIR_TRY_ASSIGN(const Header header, read_header(unit));
    if (header.type != kDependent)
      out.push_back(header.stream);
    else if (!out.empty()) {
      ++out.back().dependent;
      out.back().chan_loc |= channel_locations(header.channel_map);
    }
    unit = unit.subspan(std::min<std::size_t>(header.bytes, unit.size()));
    if (out.size() == 8) break;  // all the box can say
  }
  if (out.empty()) return fail(Code::kBadInput, "an e-ac-3 packet has no independent substream");
  return out;
}

}  // namespace

Result<Bytes> ac3_configuration(ByteView frame) {
  media::BitReader in(frame);
  const bool sync = in.bits(16) == kSyncWord;
  in.skip(16);  // crc1
  const auto fscod = in.bits(2);
  const auto frmsizecod = in.bits(6);
  const auto bsid = in.bits(5);
  const auto bsmod = in.bits(3);
  const auto acmod = in.bits(3);
  if ((acmod & 1) != 0 && acmod != 1) in.skip(2);  // cmixlev
  if ((acmod & 4) != 0) in.skip(2);                // surmixlev
  if (acmod == 2) in.skip(2);                      // dsurmod
  const auto lfeon = in.bits(1);
  if (!sync || !in.ok() || bsid > 10)
    return fail(Code::kBadInput, "an ac-3 packet does not begin with a frame header");
  BitWriter out;
  out.bits(fscod, 2);
  out.bits(bsid, 5);
  out.bits(bsmod, 3);
  out.bits(acmod, 3);
  out.bits(lfeon, 1);
  out.bits(frmsizecod >> 1, 5);
  out.bits(0, 5);
  return out.take();
}

Result<Bytes> eac3_configuration(ByteView access_unit, std::int64_t bitrate) {
  WEIR_TRY_ASSIGN(const auto substreams, read_substreams(access_unit));
  BitWriter out;
  out.bits(static_cast<std::uint64_t>(bitrate / 1000), 13);
  out.bits(substreams.size() - 1, 3);
  for (const auto& stream : substreams) {
    out.bits(stream.fscod, 2);
    out.bits(stream.bsid, 5);
    out.bits(0, 2);  // reserved, asvc
    out.bits(0, 3);  // bsmod: complete main
    out.bits(stream.acmod, 3);
    out.bits(stream.lfeon, 1);
    out.bits(0, 3);
    out.bits(stream.dependent, 4);
    out.bits(stream.dependent > 0 ? stream.chan_loc : 0, stream.dependent > 0 ? 9 : 1);
  }
  return out.take();
}

}  // namespace weir::hls
