#include "media/scte35.h"

#include "media/bit_reader.h"

extern "C" {
#include <libavutil/crc.h>
}

namespace weir::media {
namespace {

constexpr std::uint64_t kTable = 0xfc;
constexpr std::size_t kHeader = 3;  // table_id to section_length
constexpr std::size_t kChecksum = 4;
constexpr std::uint64_t kNoLength = 0xfff;  // of a command; older encoders write it
constexpr std::uint64_t kSegmentationTag = 2;
constexpr std::uint64_t kIdentifier = 0x43554549;  // "CUEI"
constexpr std::int64_t kWrap = std::int64_t{1} << 33;

// Each begins with an even number and ends with the next; table 23.
constexpr int kOutOfNetwork[] = {0x22, 0x30, 0x32, 0x34, 0x36, 0x38, 0x3a, 0x3c, 0x3e, 0x44, 0x46};

bool is_out(int type) {
  for (const int each : kOutOfNetwork)
    if (each == type) return true;
  return false;
}

std::uint32_t checksum(ByteView bytes) {
  return av_crc(av_crc_get_table(AV_CRC_32_IEEE), 0xffffffff, bytes.data(), bytes.size());
}

std::optional<std::int64_t> read_splice_time(BitReader& in) {
  if (!in.flag()) {
    in.skip(7);
    return {};
  }
  in.skip(6);
  return static_cast<std::int64_t>(in.bits(33));
}

// In component mode the first component speaks for all: one playlist has one time.
std::optional<std::int64_t> read_components(BitReader& in, bool immediate) {
  std::optional<std::int64_t> first;
  const int count = in.number(8);
  for (int i = 0; i < count && in.ok(); ++i) {
    in.skip(8);
    if (immediate) continue;
    const auto time = read_splice_time(in);
    if (!first) first = time;
  }
  return first;
}

void read_insert(BitReader& in, SpliceInfo& info) {
  SpliceInsert& insert = info.insert.emplace();
  insert.event = static_cast<std::uint32_t>(in.bits(32));
  insert.cancelled = in.flag();
  in.skip(7);
  if (insert.cancelled) return;
  insert.out = in.flag();
  const bool program = in.flag(), has_duration = in.flag(), immediate = in.flag();
  in.skip(4);
  if (program && !immediate) info.pts = read_splice_time(in);
  if (!program) info.pts = read_components(in, immediate);
  if (has_duration) {
    insert.auto_return = in.flag();
    in.skip(6);
    insert.duration = Time{static_cast<std::int64_t>(in.bits(33)), kSpliceBase};
  }
  in.skip(32);  // unique_program_id, avail_num, avails_expected
}

void read_segmentation(BitReader in, SpliceInfo& info) {
  if (in.bits(32) != kIdentifier) return;
  Segmentation out;
  out.event = static_cast<std::uint32_t>(in.bits(32));
  out.cancelled = in.flag();
  in.skip(7);
  if (!out.cancelled) {
    const bool program = in.flag(), has_duration = in.flag();
    in.skip(6);
    if (!program) in.skip(static_cast<std::size_t>(in.number(8)) * 48);
    if (has_duration) out.duration = Time{static_cast<std::int64_t>(in.bits(40)), kSpliceBase};
    in.skip(8);  // segmentation_upid_type
    in.skip(static_cast<std::size_t>(in.number(8)) * 8);
    out.type = in.number(8);
    in.skip(16);  // segment_num, segments_expected
  }
  if (in.ok()) info.segmentations.push_back(out);
}

Result<void> read_descriptors(ByteView bytes, SpliceInfo& info) {
  while (!bytes.empty()) {
    const std::size_t size = bytes.size() < 2 ? bytes.size() : 2U + bytes[1];
    if (bytes.size() < 2 || size > bytes.size())
      return fail(Code::kBadInput, "a SCTE-35 section has a damaged descriptor");
    info.descriptors = true;
    if (bytes[0] == kSegmentationTag)
      read_segmentation(BitReader(bytes.subspan(2, size - 2)), info);
    bytes = bytes.subspan(size);
  }
  return {};
}

}  // namespace

bool Segmentation::out() const {
  return is_out(type);
}

bool Segmentation::in() const {
  return is_out(type - 1);
}

Result<SpliceInfo> parse_splice_info(ByteView bytes) {
  const auto damaged = [] { return fail(Code::kBadInput, "a damaged SCTE-35 section"); };
  BitReader head(bytes);
  SpliceInfo info;
  if (head.bits(8) != kTable) return damaged();
  head.skip(4);
  info.size = kHeader + static_cast<std::size_t>(head.bits(12));
  if (!head.ok() || info.size < kHeader + kChecksum || info.size > bytes.size() ||
      checksum(bytes.first(info.size)) != 0)
    return damaged();
  const ByteView body = bytes.first(info.size - kChecksum);
  BitReader in(body);
  in.skip(32);  // the header and protocol_version
  info.encrypted = in.flag();
  in.skip(6);
  const auto adjustment = static_cast<std::int64_t>(in.bits(33));
  in.skip(20);  // cw_index, tier
  const std::uint64_t command_size = in.bits(12);
  if (!in.ok()) return damaged();
  if (info.encrypted) return info;
  info.command = in.number(8);
  const std::size_t begin = body.size() * 8 - in.left();
  if (info.command == SpliceInfo::kInsert) read_insert(in, info);
  if (info.command == SpliceInfo::kTimeSignal) info.pts = read_splice_time(in);
  if (info.pts) info.pts = (*info.pts + adjustment) % kWrap;
  const bool walked = info.insert || info.command == SpliceInfo::kTimeSignal ||
                      info.command == SpliceInfo::kNull ||
                      info.command == SpliceInfo::kBandwidthReservation;
  if (command_size == kNoLength && !walked) return info;  // nothing says where it ends
  if (command_size != kNoLength) {
    const std::size_t end = begin + static_cast<std::size_t>(command_size) * 8;
    if (!in.ok() || body.size() * 8 - in.left() > end) return damaged();
    in = BitReader(body);
    in.skip(end);
  }
  const std::size_t length = static_cast<std::size_t>(in.bits(16));
  const std::size_t at = body.size() - in.left() / 8;
  if (!in.ok() || length > body.size() - at) return damaged();
  WEIR_TRY(read_descriptors(body.subspan(at, length), info));
  return info;
}

Time splice_time(Time now, std::int64_t pts) {
  const std::int64_t from = now.in(kSpliceBase);
  std::int64_t ahead = (pts - from % kWrap + kWrap) % kWrap;
  if (ahead >= kWrap / 2) ahead -= kWrap;
  return {from + ahead, kSpliceBase};
}

}  // namespace weir::media
