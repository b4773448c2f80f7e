// The unit of work of the chunk engine: a run of pictures that is coded for itself.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ladder/engine.h"

namespace weir::ladder {

/// Pictures of one or more closed GOPs in order; the first one is a key picture.
struct Chunk {
  std::int64_t number = 0;
  std::vector<GridFrame> pictures;
  media::Time end;  ///< Where the next chunk begins; after the last one, where it would.

  media::Time begin() const { return pictures.front().frame.pts(); }
  double seconds() const { return end.seconds() - begin().seconds(); }
};

inline constexpr double kLeastChunkSeconds = 1;
/// How long chunks are made: whole groups of pictures, at least kLeastChunkSeconds.
double chunk_seconds(Micros gop);

/// Keeps the first picture at or after each step of a rung's own rate, counted from the first
/// picture, and all key pictures. A stamp may be early by a quarter of the distance of pictures:
/// stamps of many sources are rounded to milliseconds.
class Thinner {
 public:
  /// `rate` 0 keeps everything.
  explicit Thinner(AVRational rate) : rate_(rate) {}
  /// Pictures in order of time.
  bool keeps(const GridFrame& picture);

 private:
  AVRational rate_;
  std::optional<media::Time> first_;
  double last_ = 0;        // the picture before, in steps from the first
  std::int64_t next_ = 0;  // step
};

}  // namespace weir::ladder
