#include "media/hdr.h"

#include "media/bit_reader.h"
#include "media/h26x.h"

namespace weir::media {
namespace {

constexpr std::size_t kMasteringBytes = 24;
constexpr std::size_t kLightBytes = 4;
constexpr unsigned kMasteringSei = 137;
constexpr unsigned kLightSei = 144;

/// One SEI message after another; `payload` is behind the header of the NAL unit.
void read_sei(ByteView payload, Hdr& out) {
  std::size_t at = 0;
  const auto number = [&] {  // as many 255s as fit, then the rest
    std::size_t value = 0;
    while (at < payload.size() && payload[at] == 0xff) value += payload[at++];
    return at < payload.size() ? value + payload[at++] : payload.size() + value;
  };
  while (at + 2 < payload.size()) {
    const std::size_t type = number();
    const std::size_t size = number();
    if (at > payload.size() || size > payload.size() - at) return;
    const ByteView message = payload.subspan(at, size);
    if (type == kMasteringSei) out.mastering = parse_mastering_display(message);
    if (type == kLightSei) out.light = parse_content_light(message);
    at += size;
  }
}

Hdr find_in_nals(AVCodecID codec, ByteView unit) {
  Hdr found;
  const bool hevc = codec == AV_CODEC_ID_HEVC;
  const std::size_t header = hevc ? 2 : 1;
  for (const auto nal : nals_before_slices(codec, unit)) {
    if (nal.size() <= header) continue;
    const bool sei = hevc ? (nal[0] >> 1 & 0x3f) == 39 : (nal[0] & 0x1f) == 6;
    if (sei) read_sei(without_emulation_prevention(nal.subspan(header)), found);
  }
  return found;
}

/// Reads leb128; nothing when it does not end.
std::optional<std::size_t> leb128(ByteView& bytes) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < 8 && i < bytes.size(); ++i) {
    value |= std::size_t{bytes[i] & 0x7fu} << (7 * i);
    if ((bytes[i] & 0x80) != 0) continue;
    bytes = bytes.subspan(i + 1);
    return value;
  }
  return {};
}

/// `value` in units of 1/2^`bits`, restated in units of 1/`per_unit`, to the nearest.
std::uint64_t restate(std::uint64_t value, int bits, std::uint64_t per_unit) {
  return (value * per_unit + (std::uint64_t{1} << (bits - 1))) >> bits;
}

std::optional<MasteringDisplay> av1_mastering(ByteView bytes) {
  if (bytes.size() < kMasteringBytes) return {};
  BitReader in(bytes);
  constexpr std::size_t kPlaces[] = {4, 5, 0, 1, 2, 3, 6, 7};  // it says red first
  MasteringDisplay display;
  for (const auto place : kPlaces)
    display.chromaticity[place] = static_cast<std::uint16_t>(restate(in.bits(16), 16, 50'000));
  display.max_luminance = static_cast<std::uint32_t>(restate(in.bits(32), 8, 10'000));
  display.min_luminance = static_cast<std::uint32_t>(restate(in.bits(32), 14, 10'000));
  return display;
}

Hdr find_in_units(ByteView bytes) {
  constexpr unsigned kMetadata = 5, kFrameHeader = 3, kFrame = 6;
  Hdr found;
  while (!bytes.empty()) {
    const unsigned head = bytes[0];
    const unsigned type = head >> 3 & 15;
    const std::size_t skip = (head & 4) != 0 ? 2 : 1;
    if ((head & 2) == 0 || bytes.size() < skip || type == kFrame || type == kFrameHeader) break;
    bytes = bytes.subspan(skip);
    const auto size = leb128(bytes);
    if (!size || *size > bytes.size()) break;
    ByteView unit = bytes.first(*size);
    bytes = bytes.subspan(*size);
    const auto kind = type == kMetadata ? leb128(unit) : std::nullopt;
    if (kind == std::size_t{1}) found.light = parse_content_light(unit);
    if (kind == std::size_t{2}) found.mastering = av1_mastering(unit);
  }
  return found;
}

}  // namespace

Bytes to_record(const MasteringDisplay& display) {
  Bytes record;
  ByteWriter out(record);
  for (const auto value : display.chromaticity) out.u16(value);
  out.u32(display.max_luminance);
  out.u32(display.min_luminance);
  return record;
}

Bytes to_record(const ContentLight& light) {
  Bytes record;
  ByteWriter out(record);
  out.u16(light.max_level);
  out.u16(light.max_average);
  return record;
}

std::optional<MasteringDisplay> parse_mastering_display(ByteView record) {
  if (record.size() < kMasteringBytes) return {};
  BitReader in(record);
  MasteringDisplay display;
  for (auto& value : display.chromaticity) value = static_cast<std::uint16_t>(in.bits(16));
  display.max_luminance = static_cast<std::uint32_t>(in.bits(32));
  display.min_luminance = static_cast<std::uint32_t>(in.bits(32));
  return display;
}

std::optional<ContentLight> parse_content_light(ByteView record) {
  if (record.size() < kLightBytes) return {};
  BitReader in(record);
  ContentLight light;
  light.max_level = static_cast<std::uint16_t>(in.bits(16));
  light.max_average = static_cast<std::uint16_t>(in.bits(16));
  return light;
}

Hdr find_hdr(AVCodecID codec, ByteView unit) {
  if (codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC) return find_in_nals(codec, unit);
  if (codec == AV_CODEC_ID_AV1) return find_in_units(unit);
  return {};
}

}  // namespace weir::media
