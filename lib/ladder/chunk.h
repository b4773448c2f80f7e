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

/// Keeps the pictures nearest after each step of a rung's own rate, and all key pictures.
class Thinner {
 public:
  /// `rate` 0 keeps everything.
  explicit Thinner(AVRational rate) : rate_(rate) {}
  bool keeps(const GridFrame& picture);

 private:
  AVRational rate_;
  std::optional<std::int64_t> slot_;
};

}  // namespace weir::ladder
