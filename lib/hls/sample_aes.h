// METHOD=SAMPLE-AES in MPEG-TS: samples are encrypted in part, so that a transport stream stays
// one. Source: Apple, MPEG-2 Stream Encryption Format for HTTP Live Streaming (2.x); ISO/IEC
// 13818-1 section 2.6 (descriptors).
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "hls/aes.h"
#include "hls/content_key.h"
#include "hls/ts_tables.h"
#include "media/adts.h"
#include "media/track.h"

namespace weir::hls {

/// H.264, AAC, AC-3 and E-AC-3: the format knows no others.
bool sample_aes_carries(AVCodecID codec);

/// Encrypts the packets of one track.
class SampleAes {
 public:
  /// kUnsupported for a codec it does not carry, or AAC that ADTS does not; kBadInput for a
  /// damaged configuration.
  static Result<SampleAes> open(const media::Track& track, const ContentKey& key);

  /// A packet in canonical form as it goes into the stream: Annex B; AAC gets its ADTS header.
  /// Pictures: of every slice longer than 48 bytes one block in ten from the 33rd byte on. Sound:
  /// all whole blocks behind the first 16 bytes of a frame. Every slice and frame begins with the
  /// key's IV.
  Result<Bytes> encrypt(ByteView packet);

  /// What the programme map says of the track then. `first` is any packet of it.
  Result<TsStream> announcement(ByteView first) const;

 private:
  SampleAes(const media::Track& track, const ContentKey& key)
      : track_(track), iv_(key.iv), cipher_(key.key) {}
  Bytes encrypt_pictures(ByteView annex_b);
  void encrypt_slice(Bytes& nal);
  void encrypt_frame(std::span<std::uint8_t> frame);
  Result<Bytes> encrypt_aac(ByteView raw);
  Bytes encrypt_dolby(ByteView frames);

  media::Track track_;
  AesBlock iv_;
  CbcCipher cipher_;
  std::optional<media::Adts> adts_;
};

}  // namespace weir::hls
