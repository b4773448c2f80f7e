// Sound as bytes in which a decoder finds its way without a container around them.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "media/adts.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::hls {

/// The frames of one track: AAC with ADTS headers; MP3, AC-3 and E-AC-3 as they are.
class SoundFrames {
 public:
  /// kUnsupported for other codecs, and for AAC that ADTS has no place for.
  static Result<SoundFrames> open(const media::Track& track);
  /// Appends the frames of a packet in canonical form.
  Result<void> append(ByteView packet, Bytes& to) const;

 private:
  std::optional<media::Adts> adts_;
};

/// Collects frames for one PES packet, which has one stamp: that of the first.
class PesCollector {
 public:
  /// Stamps of a stream are at most 0.7 s apart (ISO/IEC 13818-1 section 2.7.4); a reader that
  /// enters in the middle loses less with shorter ones, and saves little with longer ones.
  static constexpr std::int64_t kLongest = 300'000;  // microseconds
  static constexpr std::size_t kLargest = 60'000;    // PES_packet_length has 16 bits

  bool empty() const { return bytes_.empty(); }
  /// The frames go on where those collected end, to the millisecond, and there is room for them.
  bool fits(const media::Packet& packet, std::size_t size) const;
  /// `frames` are those of `packet`, which says when they are heard.
  void add(const media::Packet& packet, ByteView frames);
  ByteView bytes() const { return bytes_; }
  media::Time start() const { return start_; }
  media::Time end() const { return end_; }
  void clear() { bytes_.clear(); }

 private:
  Bytes bytes_;
  media::Time start_, end_;  // in the base of the packets
  bool closed_ = false;      // where it ends is not known
};

}  // namespace weir::hls
