// Lets a stream through from a key frame on.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace weir::publish {

/// What a tag is to those who send it on.
struct PushEntry {
  enum class Kind { kHeader, kPicture, kOther } kind = Kind::kOther;
  bool key = false;           ///< Of a picture.
  std::vector<int> tracks{};  ///< Of a picture: those it holds.
  std::int64_t stamp_ms = 0;

  /// A key frame of the ordinary picture track: where a stream may begin.
  bool start() const;
};

/// While closed it lets nothing through until a key frame of the ordinary picture track comes, and
/// of each further track until its own: sound begins with the pictures. When no picture comes for
/// kAlone of stream time, sound goes alone until they are back.
class KeyGate {
 public:
  static constexpr std::int64_t kAloneMs = 5000;

  /// A stream without pictures passes always.
  explicit KeyGate(bool pictures) : pictures_(pictures) {}

  void close();
  /// As close(), but sound in front of the first picture passes: the stream itself begins so.
  void begin();
  /// Headers are never held back here.
  bool passes(const PushEntry& entry);

 private:
  bool picture_passes(const PushEntry& entry);

  const bool pictures_;
  bool leading_ = false;  // since begin(): sound passes
  bool closed_ = false;   // since close(): tracks count
  std::set<int> open_;    // tracks that have begun again
  std::optional<std::int64_t> quiet_since_ms_;
};

}  // namespace weir::publish
