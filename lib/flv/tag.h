// The FLV file as a sequence of tags: bytes only, no files.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E.2 to E.4.1.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

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

/// The same with a body that is borrowed.
struct TagView {
  TagView() = default;
  TagView(TagType of, std::int64_t at_ms, ByteView bytes)
      : type(of), timestamp_ms(at_ms), body(bytes) {}
  // NOLINTNEXTLINE(google-explicit-constructor): who owns a tag can have it looked at
  TagView(const Tag& tag) : TagView(tag.type, tag.timestamp_ms, tag.body) {}
  Tag copy() const { return {type, timestamp_ms, Bytes(body.begin(), body.end())}; }

  TagType type = TagType::kScript;
  std::int64_t timestamp_ms = 0;
  ByteView body;
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
/// Failure    kBadInput; after it nothing more is read without resync(). Filtered (encrypted) tags
/// are kUnsupported.
class TagReader {
 public:
  void feed(ByteView bytes);
  /// Feeding without a copy: `size` bytes to be written to, of which fed() then says how many were.
  std::span<std::uint8_t> space(std::size_t size);
  void fed(std::size_t size) { end_ += size; }
  /// The next whole tag, or nothing until more was fed. Tags of unknown types are skipped. The
  /// bytes are here until the reader is fed again.
  Result<std::optional<TagView>> next_view();
  /// The same as a tag of its own.
  Result<std::optional<Tag>> next();
  /// After kBadInput: goes on at the next bytes that are a whole tag with its size behind it.
  /// False: there are none yet, feed and ask again. At the end of a file also for a tag that never
  /// became whole, as damage can make its length too large; false leaves it pending.
  bool resync(bool end = false);
  /// How often that was done, and how many bytes it left out.
  int breaks() const { return breaks_; }
  std::int64_t skipped() const { return skipped_; }
  /// Offset in the file behind what was taken: the file header, or the last tag.
  std::int64_t consumed() const { return taken_ + static_cast<std::int64_t>(at_); }
  /// Bytes of a tag that is not whole yet; at the end of a file they are what was cut off.
  std::size_t pending() const { return end_ - at_; }
  /// What the file header announced; false before it was read.
  bool announces_audio() const { return audio_; }
  bool announces_video() const { return video_; }

 private:
  ByteView rest() const { return ByteView(buffer_).subspan(at_, end_ - at_); }
  Result<bool> read_file_header();
  TagView take_tag(ByteView header, std::size_t size);

  Bytes buffer_;  // room, of which at_ to end_ is to be read
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::int64_t taken_ = 0;  // in front of buffer_
  int breaks_ = 0;
  std::int64_t skipped_ = 0;
  bool started_ = false;
  bool audio_ = false;
  bool video_ = false;
  std::optional<std::int64_t> last_ms_;
};

}  // namespace weir::flv
