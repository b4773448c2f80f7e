#include "media/h26x.h"

#include <algorithm>
#include <cstring>

#include "media/sps.h"

namespace weir::media {
namespace {

enum class NalKind { kVps, kSps, kPps, kDelimiter, kFiller, kOther };

NalKind h264_kind(int type) {
  switch (type) {
    case 7:
      return NalKind::kSps;
    case 8:
      return NalKind::kPps;
    case 9:
      return NalKind::kDelimiter;
    case 12:
      return NalKind::kFiller;
    default:
      return NalKind::kOther;
  }
}

NalKind hevc_kind(int type) {
  switch (type) {
    case 32:
      return NalKind::kVps;
    case 33:
      return NalKind::kSps;
    case 34:
      return NalKind::kPps;
    case 35:
      return NalKind::kDelimiter;
    case 38:
      return NalKind::kFiller;
    default:
      return NalKind::kOther;
  }
}

int nal_type(AVCodecID codec, ByteView nal) {
  return codec == AV_CODEC_ID_HEVC ? nal[0] >> 1 & 0x3f : nal[0] & 0x1f;
}

NalKind kind_of(AVCodecID codec, ByteView nal) {
  const int type = nal_type(codec, nal);
  return codec == AV_CODEC_ID_HEVC ? hevc_kind(type) : h264_kind(type);
}

bool is_slice(AVCodecID codec, ByteView nal) {
  const int type = nal_type(codec, nal);
  return codec == AV_CODEC_ID_HEVC ? type < 32 : type >= 1 && type <= 5;
}

ByteView without_trailing_zeros(ByteView nal) {
  while (!nal.empty() && nal.back() == 0) nal = nal.first(nal.size() - 1);
  return nal;
}

// Position of the next 00 00 01 at or after `from`, or the size when there is none.
std::size_t find_start_code(ByteView bytes, std::size_t from) {
  for (std::size_t i = from + 2; i < bytes.size(); ++i) {
    const auto* one = static_cast<const std::uint8_t*>(std::memchr(&bytes[i], 1, bytes.size() - i));
    if (one == nullptr) break;
    if (one[-1] == 0 && one[-2] == 0) return static_cast<std::size_t>(one - bytes.data()) - 2;
    i = static_cast<std::size_t>(one - bytes.data());
  }
  return bytes.size();
}

// Hands on every NAL unit in front of the first slice, with the zeros that follow it; what begins
// with that slice comes back, empty when there is none.
template <typename Visit>
ByteView walk_to_slice(AVCodecID codec, ByteView bytes, Visit visit) {
  std::size_t start = find_start_code(bytes, 0);
  while (start + 3 < bytes.size() && !is_slice(codec, bytes.subspan(start + 3))) {
    const std::size_t next = find_start_code(bytes, start + 3);
    visit(bytes.subspan(start + 3, next - start - 3));
    start = next;
  }
  return start + 3 < bytes.size() ? bytes.subspan(start + 3) : ByteView();
}

void add_distinct(std::vector<Bytes>& sets, ByteView nal) {
  const auto same = [&](const Bytes& set) {
    return std::equal(set.begin(), set.end(), nal.begin(), nal.end());
  };
  if (std::none_of(sets.begin(), sets.end(), same)) sets.emplace_back(nal.begin(), nal.end());
}

void add_parameter_set(AVCodecID codec, ByteView nal, ParameterSets& sets) {
  switch (kind_of(codec, nal)) {
    case NalKind::kVps:
      return add_distinct(sets.vps, nal);
    case NalKind::kSps:
      return add_distinct(sets.sps, nal);
    case NalKind::kPps:
      return add_distinct(sets.pps, nal);
    default:
      return;
  }
}

// Takes bytes off the front of a record; empty() ever after once it was too short.
class RecordReader {
 public:
  explicit RecordReader(ByteView bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  ByteView take(std::size_t count) {
    ok_ = ok_ && count <= rest_.size();
    if (!ok_) return {};
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  std::size_t number(std::size_t bytes) {
    std::size_t value = 0;
    for (const auto byte : take(bytes)) value = value << 8 | byte;
    return value;
  }

 private:
  ByteView rest_;
  bool ok_ = true;
};

void read_sets(AVCodecID codec, std::size_t count, RecordReader& in, ParameterSets& sets) {
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const ByteView nal = in.take(in.number(2));
    if (!nal.empty()) add_parameter_set(codec, nal, sets);
  }
}

bool read_record(AVCodecID codec, ByteView record, ParameterSets& sets) {
  RecordReader in(record);
  if (codec == AV_CODEC_ID_H264) {
    in.take(5);
    read_sets(codec, in.number(1) & 0x1f, in, sets);
    read_sets(codec, in.number(1), in, sets);
    return in.ok();
  }
  in.take(22);
  const std::size_t arrays = in.number(1);
  for (std::size_t i = 0; i < arrays && in.ok(); ++i) {
    in.take(1);
    read_sets(codec, in.number(2), in, sets);
  }
  return in.ok();
}

void write_sets(const std::vector<Bytes>& sets, ByteWriter& out) {
  for (const auto& set : sets) {
    out.u16(set.size());
    out.bytes(set);
  }
}

Bytes avc_configuration(const SequenceInfo& info, const ParameterSets& sets) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.u8(1);
  out.u8(static_cast<unsigned>(info.profile));
  out.u8(info.constraints);
  out.u8(static_cast<unsigned>(info.level));
  out.u8(0xfc | 3);  // four-byte lengths
  out.u8(0xe0 | sets.sps.size());
  write_sets(sets.sps, out);
  out.u8(sets.pps.size());
  write_sets(sets.pps, out);
  const bool before_high = info.profile == 66 || info.profile == 77 || info.profile == 88;
  if (before_high) return bytes;
  out.u8(0xfc | static_cast<unsigned>(info.chroma_format));
  out.u8(0xf8 | static_cast<unsigned>(info.bit_depth_luma - 8));
  out.u8(0xf8 | static_cast<unsigned>(info.bit_depth_chroma - 8));
  out.u8(0);  // no sequence parameter set extensions
  return bytes;
}

void write_array(int type, const std::vector<Bytes>& sets, ByteWriter& out) {
  constexpr unsigned kComplete = 0x80;  // the samples carry no further ones
  out.u8(kComplete | static_cast<unsigned>(type));
  out.u16(sets.size());
  write_sets(sets, out);
}

Bytes hevc_configuration(const SequenceInfo& info, const ParameterSets& sets) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.u8(1);
  out.u8((info.high_tier ? 0x20u : 0u) | static_cast<unsigned>(info.profile));
  out.u32(info.compatibility);
  out.u16(info.hevc_constraints >> 32);
  out.u32(info.hevc_constraints & 0xffffffff);
  out.u8(static_cast<unsigned>(info.level));
  out.u16(0xf000);  // min_spatial_segmentation_idc: no promise
  out.u8(0xfc);     // parallelismType: not known
  out.u8(0xfc | static_cast<unsigned>(info.chroma_format));
  out.u8(0xf8 | static_cast<unsigned>(info.bit_depth_luma - 8));
  out.u8(0xf8 | static_cast<unsigned>(info.bit_depth_chroma - 8));
  out.u16(0);  // avgFrameRate: not said
  out.u8(static_cast<unsigned>(info.temporal_layers) << 3 | (info.temporal_nested ? 4u : 0u) | 3u);
  out.u8(3);
  write_array(32, sets.vps, out);
  write_array(33, sets.sps, out);
  write_array(34, sets.pps, out);
  return bytes;
}

bool fits(const std::vector<Bytes>& sets, std::size_t most) {
  const auto short_enough = [](const Bytes& set) { return set.size() <= 0xffff; };
  return !sets.empty() && sets.size() <= most &&
         std::all_of(sets.begin(), sets.end(), short_enough);
}

}  // namespace

std::vector<ByteView> split_annex_b(ByteView bytes) {
  std::vector<ByteView> nals;
  std::size_t start = find_start_code(bytes, 0);
  while (start < bytes.size()) {
    start += 3;
    const std::size_t next = find_start_code(bytes, start);
    const ByteView nal = without_trailing_zeros(bytes.subspan(start, next - start));
    if (!nal.empty()) nals.push_back(nal);
    start = next;
  }
  return nals;
}

std::vector<ByteView> nals_before_slices(AVCodecID codec, ByteView bytes) {
  std::vector<ByteView> nals;
  walk_to_slice(codec, bytes, [&](ByteView nal) { nals.push_back(nal); });
  return nals;
}

ParameterSets find_parameter_sets(AVCodecID codec, ByteView annex_b) {
  ParameterSets sets;
  for (const ByteView found : nals_before_slices(codec, annex_b))
    if (const ByteView nal = without_trailing_zeros(found); !nal.empty())
      add_parameter_set(codec, nal, sets);
  return sets;
}

// H.264 has no NAL unit of type 0 and no SEI that is referred to; in HEVC the others would be of a
// layer above 31.
bool is_other_codec(AVCodecID said, ByteView annex_b) {
  const auto nals = split_annex_b(annex_b.first(std::min<std::size_t>(annex_b.size(), 8)));
  if (nals.empty() || nals[0].size() < 2) return false;
  const std::uint8_t first = nals[0][0];
  const bool hevc = said == AV_CODEC_ID_HEVC;
  const bool strange = hevc ? first == 0x09 || first == 0x27 || first == 0x47 || first == 0x67
                            : (first == 0x40 || first == 0x46) && nals[0][1] == 1;
  if (!strange) return false;
  const AVCodecID other = hevc ? AV_CODEC_ID_H264 : AV_CODEC_ID_HEVC;
  const ParameterSets sets = find_parameter_sets(other, annex_b);
  return !sets.sps.empty() && !sets.pps.empty() && parse_sps(other, sets.sps[0]).has_value();
}

Result<ParameterSets> extradata_parameter_sets(AVCodecID codec, ByteView extradata) {
  const bool record = !extradata.empty() && extradata[0] == 1;
  if (!record) return find_parameter_sets(codec, extradata);
  ParameterSets sets;
  if (!read_record(codec, extradata, sets))
    return fail(Code::kBadInput, "the {} decoder configuration is cut short",
                avcodec_get_name(codec));
  return sets;
}

Result<SequenceInfo> parse_sps(AVCodecID codec, ByteView nal) {
  SequenceInfo info;
  if (codec != AV_CODEC_ID_H264 && codec != AV_CODEC_ID_HEVC)
    return fail(Code::kUnsupported, "{} has no sequence parameter set", avcodec_get_name(codec));
  const bool good =
      codec == AV_CODEC_ID_HEVC ? parse_hevc_sps(nal, info) : parse_h264_sps(nal, info);
  if (!good)
    return fail(Code::kBadInput, "the {} sequence parameter set is damaged",
                avcodec_get_name(codec));
  return info;
}

Result<Bytes> decoder_configuration(AVCodecID codec, const ParameterSets& sets) {
  const bool hevc = codec == AV_CODEC_ID_HEVC;
  if (!fits(sets.sps, hevc ? 16 : 31) || !fits(sets.pps, hevc ? 64 : 255) ||
      (hevc && !fits(sets.vps, 16)))
    return fail(Code::kBadInput, "the {} stream lacks a parameter set, or has too many of a kind",
                avcodec_get_name(codec));
  WEIR_TRY_ASSIGN(const SequenceInfo info, parse_sps(codec, sets.sps.front()));
  return hevc ? hevc_configuration(info, sets) : avc_configuration(info, sets);
}

Result<Bytes> decoder_configuration(AVCodecID codec, ByteView annex_b) {
  return decoder_configuration(codec, find_parameter_sets(codec, annex_b));
}

bool to_annex_b_in_place(std::span<std::uint8_t> sample) {
  constexpr std::size_t kLength = 4;
  std::vector<std::size_t> lengths;  // where they are
  for (std::size_t at = 0; at < sample.size();) {
    if (sample.size() - at < kLength) return false;
    const auto* length = &sample[at];
    const std::size_t size = std::size_t{length[0]} << 24 | std::size_t{length[1]} << 16 |
                             std::size_t{length[2]} << 8 | length[3];
    if (size > sample.size() - at - kLength) return false;
    lengths.push_back(at);
    at += kLength + size;
  }
  constexpr std::uint8_t kStartCode[kLength] = {0, 0, 0, 1};
  for (const std::size_t at : lengths) std::copy_n(kStartCode, kLength, &sample[at]);
  return true;
}

std::vector<ByteView> sample_nals(AVCodecID codec, ByteView annex_b, bool keep_parameter_sets) {
  auto nals = split_annex_b(annex_b);
  std::erase_if(nals, [&](ByteView nal) {
    const NalKind kind = kind_of(codec, nal);
    if (kind == NalKind::kDelimiter || kind == NalKind::kFiller) return true;
    return kind != NalKind::kOther && !keep_parameter_sets;
  });
  return nals;
}

Bytes to_length_prefixed(AVCodecID codec, ByteView annex_b, bool keep_parameter_sets) {
  Bytes bytes;
  bytes.reserve(annex_b.size() + 16);
  ByteWriter out(bytes);
  for (const ByteView nal : sample_nals(codec, annex_b, keep_parameter_sets)) {
    out.u32(nal.size());
    out.bytes(nal);
  }
  return bytes;
}

bool has_idr(AVCodecID codec, ByteView annex_b) {
  const ByteView slice = walk_to_slice(codec, annex_b, [](ByteView) {});
  if (slice.empty()) return false;
  const int type = nal_type(codec, slice);
  return codec == AV_CODEC_ID_HEVC ? type >= 16 && type <= 21 : type == 5;
}

}  // namespace weir::media
