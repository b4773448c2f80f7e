// How long a raw frame of AAC is, which nothing but its content tells.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "media/av_ptr.h"
#include "media/track.h"

namespace weir::probe {

/// Asks libavcodec: a frame that is cut cannot be decoded, so the shortest run of bytes that can is
/// the frame.
class AacLength {
 public:
  /// kUnsupported when the track is not AAC.
  static Result<std::unique_ptr<AacLength>> open(const media::Track& track);

  /// Of the frame that begins with these bytes; empty when they are no frame of this track, or not
  /// all of one. Any bytes are safe.
  std::optional<std::int64_t> of(ByteView bytes);
  /// No frame is longer.
  std::int64_t longest() const { return longest_; }

 private:
  AacLength() = default;
  bool decodes(ByteView bytes);

  media::CodecPtr context_;
  media::PacketPtr packet_;
  media::FramePtr frame_;
  std::int64_t longest_ = 0;
  Bytes padded_;
};

}  // namespace weir::probe
