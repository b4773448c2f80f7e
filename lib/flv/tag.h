// The FLV file as a sequence of tags: bytes only, no files.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E.2 to E.4.1.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace weir::flv {

enum class TagType : std::uint8_t { kAudio = 8, kVideo = 9, kScript = 18 };

/// One message of FLV and of RTMP alike.
struct Tag {
  TagType type = TagType::kScript;
  std::int64_t timestamp_ms = 0;  ///< Decode time. Only its lower 32 bits are written.
  Bytes body;                     ///< At most kMaxBody bytes.
};

inline constexpr std::size_t kFileHeaderSize = 13;  ///< With the size of the tag before the first.
inline constexpr std::size_t kTagOverhead = 15;     ///< Header and size field of each tag.
inline constexpr std::size_t kMaxBody = 0xffffff;

/// The start of a file that holds these kinds of tags.
void write_file_header(bool audio, bool video, ByteWriter& out);
/// Tag header, body and size field. kUnsupported when the body is too large for the format.
Result<void> write_tag(const Tag& tag, ByteWriter& out);

/// Takes a file apart as it comes in, in pieces of any size.
///
/// Bounds     Holds at most one tag and what was fed beyond it; a length is believed only as far as
///            bytes came.
/// Time       The 32 bits of a tag are unwound to the value nearest to the tag before it.
/// Failure    kBadInput; after it nothing more is read. Filtered (encrypted) tags are kUnsupported.
class TagReader {
 public:
  void feed(ByteView bytes);
  /// The next whole tag, or nothing until more was fed. Tags of unknown types are skipped.
  Result<std::optional<Tag>> next();
  /// Offset in the file behind what was taken: the file header, or the last tag.
  std::int64_t consumed() const { return taken_ + static_cast<std::int64_t>(at_); }
  /// Bytes of a tag that is not whole yet; at the end of a file they are what was cut off.
  std::size_t pending() const { return buffer_.size() - at_; }
  /// What the file header announced; false before it was read.
  bool announces_audio() const { return audio_; }
  bool announces_video() const { return video_; }

 private:
  ByteView rest() const { return ByteView(buffer_).subspan(at_); }
  Result<bool> read_file_header();
  Tag take_tag(ByteView header, std::size_t size);

  Bytes buffer_;
  std::size_t at_ = 0;
  std::int64_t taken_ = 0;  // in front of buffer_
  bool started_ = false;
  bool audio_ = false;
  bool video_ = false;
  std::optional<std::int64_t> last_ms_;
};

}  // namespace weir::flv
