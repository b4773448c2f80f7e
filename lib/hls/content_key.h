// A key as it comes from outside, and what is derived from it.
// Source: NIST SP 800-38A appendix C (unpredictable IVs); ISO/IEC 23001-7:2016 section 9 (key ids).
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "hls/aes.h"

namespace weir::hls {

struct KeyMaterial {
  AesBlock key{};
  std::optional<AesBlock> iv;  ///< Only where whoever made the key gave it too.
};
/// A key as 16 bytes or 32 hexadecimal digits, or a key and behind it the IV as 32 bytes or 64
/// digits. White space around the digits is not minded. kBadInput otherwise; the bytes are never
/// part of the message.
Result<KeyMaterial> parse_key(ByteView bytes);

/// What samples are encrypted with.
struct ContentKey {
  AesBlock key{};
  AesBlock iv{};
  AesBlock id{};

  bool operator==(const ContentKey&) const = default;
};
/// The IV, where none was given, is the encryption of `number` under the key: nobody can tell it
/// beforehand, and it differs for every number. The id tells nothing of the key.
ContentKey content_key(const KeyMaterial& material, std::uint64_t number);

/// `number` as the IV that holds where a playlist tells none: the media sequence number,
/// big-endian.
AesBlock sequence_iv(std::uint64_t number);

}  // namespace weir::hls
