// Packets of a transport stream: tables and elementary streams cut into 188 bytes each.
// Source: ISO/IEC 13818-1:2019 sections 2.4.3.3 (packets), 2.4.3.5 (adaptation field), 2.4.3.7
// (PES) and 2.7.2 (how often a clock reference has to come).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/pieces.h"

namespace weir::hls {

inline constexpr std::size_t kTsPacket = 188;
/// What fits into one packet, behind its header and the pointer to the section.
inline constexpr std::size_t kLargestSection = 183;

/// Packets one after the other, in memory that clear() keeps for the next ones.
class TsBuffer {
 public:
  /// Room for the next packet, to be filled by the caller.
  std::uint8_t* next();
  std::size_t size() const { return count_ * kTsPacket; }
  void clear() { count_ = 0; }
  /// What is there, borrowed until the next clear().
  Pieces pieces() const;

 private:
  static constexpr std::size_t kBlock = 1024;  // packets; so many are whole pages
  std::vector<std::unique_ptr<std::uint8_t[]>> blocks_;
  std::size_t count_ = 0;
};

/// What the header of a PES packet says; times in ticks of 90 kHz, of which 33 bits are written.
struct PesHeader {
  std::uint8_t stream_id = 0;
  bool random_access = false;  ///< Decoding may begin here.
  bool bounded = true;         ///< Its length is told; only pictures go without.
  std::int64_t pts = 0;
  std::int64_t dts = 0;
  std::int64_t lasts = 0;  ///< Until the dts of the next one; 0: not known.
};

/// The packets of one PID and their continuity counter.
class TsPid {
 public:
  explicit TsPid(int pid) : pid_(pid) {}

  /// A section of at most kLargestSection bytes, in one packet.
  void section(ByteView section, TsBuffer& out);
  /// `lead` and then `body` as one PES packet. Its begin carries a clock reference, which is its
  /// dts; a long one gets more, so that they are at most 0.1 s apart. A bounded one holds less than
  /// 64 KB.
  void pes(const PesHeader& header, ByteView lead, ByteView body, TsBuffer& out);

 private:
  struct Field {
    bool random_access = false;
    std::optional<std::int64_t> clock{};
  };
  std::uint8_t* begin(bool unit_start, bool adapted, TsBuffer& out);
  std::size_t adapt(std::uint8_t* packet, const Field& field, std::size_t payload) const;

  const int pid_;
  unsigned counter_ = 0;
};

}  // namespace weir::hls
