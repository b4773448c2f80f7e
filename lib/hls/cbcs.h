// Common encryption of samples in fMP4, scheme 'cbcs', the one HLS allows: one block in ten of the
// slice data of pictures, all whole blocks of sound, always beginning with the same IV.
// Source: ISO/IEC 23001-7:2016 sections 9 (boxes and patterns), 10.4 ('cbcs') and 10.4.2; ISO/IEC
// 14496-12:2020 sections 8.7.8, 8.7.9 (saiz, saio) and 8.12 (sinf).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "hls/aes.h"
#include "hls/content_key.h"
#include "media/slice_header.h"
#include "media/track.h"

namespace weir::hls {

/// H.264, HEVC, and all sound that fMP4 carries. AV1 has a form too, which is not written.
bool cbcs_carries(AVCodecID codec);

/// A stretch of a sample: bytes left alone, then bytes the pattern goes over.
struct Subsample {
  std::uint16_t clear = 0;
  std::uint32_t encrypted = 0;

  bool operator==(const Subsample&) const = default;
};
/// Empty: the whole sample is one encrypted stretch.
using Subsamples = std::vector<Subsample>;

/// Encrypts the samples of one track.
class Cbcs {
 public:
  /// A codec that cbcs_carries() knows.
  Cbcs(const media::Track& track, const ContentKey& key);

  const ContentKey& key() const { return key_; }
  /// Parameter sets in an access unit (Annex B) hold for the samples that follow.
  void learn(ByteView annex_b);
  /// A sample as MP4 stores it, in place. Lengths, headers and whatever is no slice stay clear; so
  /// do the NAL unit's header alone where a slice header cannot be read.
  Subsamples encrypt(std::span<std::uint8_t> sample);

 private:
  std::size_t clear_part(ByteView nal) const;
  Subsamples encrypt_pictures(std::span<std::uint8_t> sample);
  void encrypt_slice(std::span<std::uint8_t> data);

  AVCodecID codec_;
  ContentKey key_;
  CbcCipher cipher_;
  std::optional<media::SliceHeaders> headers_;  // of pictures
};

/// Turns a sample entry box into an encrypted one of the same content.
void protect_sample_entry(Bytes& entry, bool video, const ContentKey& key);

/// Appends senc, saiz and saio to the open traf; `moof` is where its moof begins. saiz and saio
/// only where there are subsamples, and few enough for them: senc alone says it all, and comes
/// first, for libavformat follows saio only where it can seek.
void write_sample_encryption(ByteWriter& out, std::size_t moof,
                             const std::vector<Subsamples>& samples);

}  // namespace weir::hls
