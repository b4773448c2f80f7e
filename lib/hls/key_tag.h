// EXT-X-KEY and EXT-X-SESSION-KEY: what a player needs to know to decrypt.
// Source: draft-pantos-hls-rfc8216bis-22 sections 4.4.4.4, 4.4.6.5 and 8.
#pragma once

#include <optional>
#include <string>

#include "hls/aes.h"

namespace weir::hls {

struct KeyTag {
  enum class Method {
    kAes128,     ///< Whole segments.
    kSampleAes,  ///< Samples: in MPEG-TS as Apple has it, in fMP4 the scheme 'cbcs'.
  };
  Method method = Method::kAes128;
  std::string uri;
  std::optional<AesBlock> iv;  ///< Empty: the media sequence number, or it comes with the key.
  std::string format;          ///< KEYFORMAT; "" is the key itself, as 16 bytes.

  bool operator==(const KeyTag&) const = default;
};

/// The lowest EXT-X-VERSION that has what the tag uses.
int version_of(const KeyTag& tag);
/// METHOD and all that follows, as both tags have it.
std::string attributes_of(const KeyTag& tag);

}  // namespace weir::hls
