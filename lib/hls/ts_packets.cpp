#include "hls/ts_packets.h"

#include <algorithm>
#include <cstring>

namespace weir::hls {
namespace {

constexpr std::size_t kHead = 4;
constexpr std::size_t kClockField = 8;         // length, flags, clock reference
constexpr std::int64_t kClockEvery = 90 * 90;  // 90 ms, which leaves room for a packet
constexpr std::uint8_t kRandomAccess = 0x40, kHasClock = 0x10;
constexpr std::uint8_t kPayload = 0x10, kAdaptation = 0x20;

// 33 bits in three groups, each with a marker bit behind it.
void write_stamp(unsigned prefix, std::int64_t value, ByteWriter& out) {
  const auto bits = static_cast<std::uint64_t>(value);
  out.u8(prefix << 4 | (bits >> 29 & 0x0e) | 1);
  out.u16((bits >> 14 & 0xfffe) | 1);
  out.u16((bits << 1 & 0xfffe) | 1);
}

Bytes pes_header(const PesHeader& header, std::size_t payload) {
  const bool has_dts = header.dts != header.pts;
  const std::size_t stamps = has_dts ? 10 : 5;
  Bytes out;
  ByteWriter writer(out);
  writer.u24(1);
  writer.u8(header.stream_id);
  writer.u16(header.bounded ? 3 + stamps + payload : 0);
  writer.u8(0x80);
  writer.u8(has_dts ? 0xc0 : 0x80);
  writer.u8(stamps);
  write_stamp(has_dts ? 3 : 2, header.pts, writer);
  if (has_dts) write_stamp(1, header.dts, writer);
  return out;
}

// The base is in 90 kHz; the extension, which counts 27 MHz, stays 0.
void write_clock(std::int64_t value, std::uint8_t* to) {
  const auto bits = static_cast<std::uint64_t>(value) & 0x1ffffffff;
  for (int i = 0; i < 4; ++i) to[i] = static_cast<std::uint8_t>(bits >> (25 - 8 * i));
  to[4] = static_cast<std::uint8_t>((bits & 1) << 7 | 0x7e);
  to[5] = 0;
}

/// Two runs of bytes read as one.
class Payload {
 public:
  Payload(ByteView lead, ByteView body) : lead_(lead), body_(body) {}
  std::size_t size() const { return lead_.size() + body_.size(); }
  void take(std::uint8_t* to, std::size_t count) {
    const std::size_t first = std::min(count, lead_.size());
    if (first > 0) std::memcpy(to, lead_.data(), first);
    lead_ = lead_.subspan(first);
    if (count == first) return;
    std::memcpy(to + first, body_.data(), count - first);
    body_ = body_.subspan(count - first);
  }

 private:
  ByteView lead_, body_;
};

}  // namespace

std::uint8_t* TsBuffer::next() {
  if (count_ == blocks_.size() * kBlock)
    blocks_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(kBlock * kTsPacket));
  std::uint8_t* packet = blocks_[count_ / kBlock].get() + count_ % kBlock * kTsPacket;
  ++count_;
  return packet;
}

Pieces TsBuffer::pieces() const {
  Pieces out;
  std::size_t left = size();
  for (const auto& block : blocks_) {
    const std::size_t here = std::min(left, kBlock * kTsPacket);
    out.borrow({block.get(), here});
    left -= here;
  }
  return out;
}

std::uint8_t* TsPid::begin(bool unit_start, bool adapted, TsBuffer& out) {
  std::uint8_t* packet = out.next();
  packet[0] = 0x47;
  packet[1] = static_cast<std::uint8_t>((unit_start ? 0x40 : 0) | pid_ >> 8);
  packet[2] = static_cast<std::uint8_t>(pid_);
  packet[3] = static_cast<std::uint8_t>(kPayload | (adapted ? kAdaptation : 0) | counter_);
  counter_ = (counter_ + 1) & 0x0f;
  return packet;
}

/// Writes an adaptation field that leaves room for no more than `payload`; returns where the
/// payload goes.
std::size_t TsPid::adapt(std::uint8_t* packet, const Field& field, std::size_t payload) const {
  const std::size_t least = field.clock ? kClockField : 0;
  const std::size_t size =
      std::max(least, kTsPacket - kHead - std::min(payload, kTsPacket - kHead));
  std::uint8_t* at = packet + kHead;
  at[0] = static_cast<std::uint8_t>(size - 1);
  if (size == 1) return kHead + size;
  at[1] = static_cast<std::uint8_t>((field.random_access ? kRandomAccess : 0) |
                                    (field.clock ? kHasClock : 0));
  if (field.clock) write_clock(*field.clock, at + 2);
  const std::size_t used = field.clock ? kClockField : 2;
  std::memset(at + used, 0xff, size - used);
  return kHead + size;
}

void TsPid::section(ByteView section, TsBuffer& out) {
  std::uint8_t* packet = begin(true, false, out);
  packet[kHead] = 0;  // the section begins at once
  std::memcpy(packet + kHead + 1, section.data(), section.size());
  const std::size_t used = kHead + 1 + section.size();
  std::memset(packet + used, 0xff, kTsPacket - used);
}

void TsPid::pes(const PesHeader& header, ByteView lead, ByteView body, TsBuffer& out) {
  Bytes front = pes_header(header, lead.size() + body.size());
  front.insert(front.end(), lead.begin(), lead.end());
  Payload payload(front, body);
  const auto total = static_cast<std::int64_t>(payload.size());
  std::int64_t told = 0;  // since the begin, by the last clock reference
  bool first = true;
  while (payload.size() > 0) {
    const std::int64_t past =
        header.lasts < kClockEvery
            ? 0
            : header.lasts * (total - static_cast<std::int64_t>(payload.size())) / total;
    Field field{first && header.random_access, {}};
    if (first || past - told >= kClockEvery) field.clock = header.dts + past;
    told = field.clock ? past : told;
    const bool adapted = field.clock || payload.size() < kTsPacket - kHead;
    std::uint8_t* packet = begin(first, adapted, out);
    const std::size_t at = adapted ? adapt(packet, field, payload.size()) : kHead;
    payload.take(packet + at, kTsPacket - at);
    first = false;
  }
}

}  // namespace weir::hls
