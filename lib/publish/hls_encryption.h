// What a caller chooses about encryption.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace weir::publish {

/// When the next key begins: after so many segments, or after so much time. Both 0: never.
struct KeyRotation {
  std::int64_t segments = 0;
  Micros duration{};

  bool any() const { return segments > 0 || duration.count() > 0; }
};

struct HlsEncryption {
  enum class Method {
    kNone,
    kAes128,     ///< Whole segments.
    kSampleAes,  ///< Samples in MPEG-TS.
    kCbcs,       ///< Samples in fMP4: common encryption, scheme 'cbcs'.
  };
  Method method = Method::kNone;
  std::string key_file;                  ///< "" for none.
  std::vector<std::string> key_command;  ///< Program and arguments; empty for none.
  /// Where players get keys, "{name}" the key file's name and "{number}" the number in it; "": the
  /// key files that are written beside the multivariant playlist.
  std::string key_uri;
  KeyRotation rotation;
  Micros clear_lead{};  ///< What begins earlier than this stays clear.

  bool on() const { return method != Method::kNone; }
  bool generated() const { return key_file.empty() && key_command.empty(); }
  /// The URI is one of FairPlay Streaming, whose servers give out the IV with the key.
  bool fairplay() const { return key_uri.starts_with("skd:"); }
};

/// "10" is a number of segments, "90s" a duration. kUsage otherwise.
Result<KeyRotation> parse_key_rotation(std::string_view text);

}  // namespace weir::publish
