#include "media/av1.h"

#include <optional>
#include <vector>

#include "media/bit_reader.h"

namespace weir::media {
namespace {

constexpr std::uint8_t kRecordMark = 0x81;  // marker bit and version 1
constexpr std::size_t kRecordSize = 4;
constexpr int kSequenceHeader = 1;
constexpr int kTemporalDelimiter = 2;

struct Unit {
  int type;
  ByteView whole;
  ByteView payload;
};

// leb128(); nothing when it does not end within the bytes or is longer than 32 bits.
std::optional<std::size_t> read_leb128(ByteView bytes, std::size_t& at) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8 && at < bytes.size(); ++i) {
    const auto byte = bytes[at++];
    value |= std::uint64_t{byte & 0x7fu} << (7 * i);
    if ((byte & 0x80) == 0) return value <= 0xffffffff ? std::optional(value) : std::nullopt;
  }
  return {};
}

std::optional<Unit> next_unit(ByteView bytes) {
  if (bytes.empty() || (bytes[0] & 0x80) != 0) return {};
  const bool extended = (bytes[0] & 4) != 0;
  const bool sized = (bytes[0] & 2) != 0;
  std::size_t at = extended ? 2 : 1;
  if (at > bytes.size()) return {};
  const auto size = sized ? read_leb128(bytes, at) : std::optional(bytes.size() - at);
  if (!size || *size > bytes.size() - at) return {};
  return Unit{bytes[0] >> 3 & 15, bytes.first(at + *size), bytes.subspan(at, *size)};
}

std::optional<Unit> find_sequence_header(ByteView bytes) {
  while (const auto unit = next_unit(bytes)) {
    if (unit->type == kSequenceHeader) return unit;
    bytes = bytes.subspan(unit->whole.size());
  }
  return {};
}

// timing_info() and decoder_model_info(); the bits a decoder model's delay takes, 0 without one.
int read_timing(BitReader& in, bool& model) {
  in.skip(64);             // num_units_in_display_tick, time_scale
  if (in.flag()) in.ue();  // equal_picture_interval: uvlc() is coded like ue(v)
  model = in.flag();
  if (!model) return 0;
  const int delay_bits = in.number(5) + 1;
  in.skip(32 + 5 + 5);
  return delay_bits;
}

void read_operating_points(BitReader& in, Av1Info& info) {
  bool model = false;
  const int delay_bits = in.flag() ? read_timing(in, model) : 0;
  const bool display_delay = in.flag();
  const int points = in.number(5) + 1;
  for (int i = 0; i < points && in.ok(); ++i) {
    in.skip(12);  // operating_point_idc
    const int level = in.number(5);
    const bool tier = level > 7 && in.flag();
    if (i == 0) info.level = level;
    if (i == 0) info.high_tier = tier;
    if (model && in.flag()) in.skip(static_cast<std::size_t>(2 * delay_bits + 1));
    if (display_delay && in.flag()) in.skip(4);
  }
}

void skip_size(BitReader& in, bool reduced) {
  const int width_bits = in.number(4) + 1;
  const int height_bits = in.number(4) + 1;
  in.skip(static_cast<std::size_t>(width_bits + height_bits));
  if (!reduced && in.flag()) in.skip(7);  // frame id lengths
}

void skip_tools(BitReader& in) {
  in.skip(4);  // interintra, masked compound, warped motion, dual filter
  const bool order_hint = in.flag();
  if (order_hint) in.skip(2);
  const bool choose_screen_content = in.flag();
  const bool screen_content = choose_screen_content || in.flag();
  if (screen_content && !in.flag()) in.skip(1);
  if (order_hint) in.skip(3);
}

void set_subsampling(int x, int y, Av1Info& info) {
  info.subsampling_x = x;
  info.subsampling_y = y;
}

void read_chroma(BitReader& in, bool srgb, Av1Info& info) {
  if (srgb) return set_subsampling(0, 0, info);
  in.skip(1);  // color_range
  if (info.profile == 0) set_subsampling(1, 1, info);
  if (info.profile == 1) set_subsampling(0, 0, info);
  if (info.profile == 2 && info.bit_depth < 12) set_subsampling(1, 0, info);
  if (info.profile == 2 && info.bit_depth == 12) {
    const int x = in.number(1);
    set_subsampling(x, x != 0 ? in.number(1) : 0, info);
  }
  if (info.subsampling_x != 0 && info.subsampling_y != 0) info.chroma_position = in.number(2);
}

void read_colour(BitReader& in, Av1Info& info) {
  const bool high_bit_depth = in.flag();
  info.bit_depth = high_bit_depth ? 10 : 8;
  if (info.profile == 2 && high_bit_depth && in.flag()) info.bit_depth = 12;
  info.monochrome = info.profile != 1 && in.flag();
  const std::uint64_t description = in.flag() ? in.bits(24) : 0x020202;
  if (info.monochrome) return set_subsampling(1, 1, info);
  constexpr std::uint64_t kSrgb = 0x010d00;  // BT.709 primaries, sRGB transfer, identity matrix
  read_chroma(in, description == kSrgb, info);
}

Result<Av1Info> parse_sequence_header(ByteView payload) {
  Av1Info info;
  BitReader in(payload);
  info.profile = in.number(3);
  in.skip(1);  // still_picture
  const bool reduced = in.flag();
  if (reduced)
    info.level = in.number(5);
  else
    read_operating_points(in, info);
  skip_size(in, reduced);
  in.skip(3);  // 128x128 superblocks, filter intra, intra edge filter
  if (!reduced) skip_tools(in);
  in.skip(3);  // superres, cdef, restoration
  read_colour(in, info);
  if (!in.ok() || info.profile > 2)
    return fail(Code::kBadInput, "the av1 sequence header is damaged");
  return info;
}

Av1Info read_record(ByteView record) {
  Av1Info info;
  BitReader in(record.subspan(1));
  info.profile = in.number(3);
  info.level = in.number(5);
  info.high_tier = in.flag();
  const bool high_bit_depth = in.flag();
  const bool twelve_bit = in.flag();
  info.bit_depth = twelve_bit ? 12 : high_bit_depth ? 10 : 8;
  info.monochrome = in.flag();
  info.subsampling_x = in.number(1);
  info.subsampling_y = in.number(1);
  info.chroma_position = in.number(2);
  return info;
}

bool is_record(ByteView extradata) {
  return extradata.size() >= kRecordSize && extradata[0] == kRecordMark;
}

}  // namespace

Result<Av1Info> parse_av1_extradata(ByteView extradata) {
  if (is_record(extradata)) return read_record(extradata);
  const auto header = find_sequence_header(extradata);
  if (!header) return fail(Code::kBadInput, "the av1 stream has no sequence header");
  return parse_sequence_header(header->payload);
}

Result<Bytes> av1_configuration(ByteView extradata) {
  if (is_record(extradata)) return Bytes(extradata.begin(), extradata.end());
  WEIR_TRY_ASSIGN(const Av1Info info, parse_av1_extradata(extradata));
  Bytes bytes;
  ByteWriter out(bytes);
  out.u8(kRecordMark);
  out.u8(static_cast<unsigned>(info.profile << 5 | info.level));
  out.u8((info.high_tier ? 0x80u : 0u) | (info.bit_depth > 8 ? 0x40u : 0u) |
         (info.bit_depth == 12 ? 0x20u : 0u) | (info.monochrome ? 0x10u : 0u) |
         static_cast<unsigned>(info.subsampling_x << 3 | info.subsampling_y << 2 |
                               info.chroma_position));
  out.u8(0);  // no initial presentation delay
  out.bytes(find_sequence_header(extradata)->whole);
  return bytes;
}

Bytes without_temporal_delimiters(ByteView unit) {
  Bytes bytes;
  ByteWriter out(bytes);
  ByteView rest = unit;
  while (const auto next = next_unit(rest)) {
    if (next->type != kTemporalDelimiter) out.bytes(next->whole);
    rest = rest.subspan(next->whole.size());
  }
  return rest.empty() ? bytes : Bytes(unit.begin(), unit.end());
}

}  // namespace weir::media
