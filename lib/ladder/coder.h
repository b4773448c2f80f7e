// The second pass: one rendition of a chunk.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/x264_encoder.h"
#include "ladder/analysis.h"
#include "ladder/chunk.h"
#include "ladder/effort.h"
#include "ladder/plan.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::ladder {

/// Settings of one rendition; the same SPS and PPS for every chunk.
class Coder {
 public:
  static Result<std::unique_ptr<Coder>> open(const PlannedRendition& planned,
                                             const media::Track& source, const std::string& preset);

  /// Finds tools for the notches below the preset that leave SPS and PPS as they are.
  Result<void> allow_cheaper();
  int notches() const { return static_cast<int>(tools_.size()) - 1; }
  /// So many notches below the preset, or as many as there are.
  const Parameters& tools(int notches = 0) const;

  /// Codes `pictures`, which are those `analysis` saw, around quantiser `qp` (fractions are spread
  /// over the pictures), with `tools`. Packets in coding order with pts but no dts, in the time
  /// base of the source. Any number of calls at the same time.
  Result<std::vector<media::Packet>> code(const std::vector<const GridFrame*>& pictures,
                                          const Analysis& analysis, double qp,
                                          const Parameters& tools) const;

  const media::Track& track() const { return track_; }
  const PlannedRendition& planned() const { return planned_; }
  const std::string& preset() const { return preset_; }
  int reorder() const { return reorder_; }

 private:
  Coder(const PlannedRendition& planned, const media::Track& source, const std::string& preset);
  codec::X264Settings settings(const Parameters& tools) const;
  Result<std::optional<Parameters>> with_same_headers(Parameters tools) const;

  PlannedRendition planned_;
  std::string preset_;
  codec::X264Settings base_;
  std::vector<Parameters> tools_;  // from the preset's down to cheaper ones
  media::Track track_;
  int reorder_ = 0;
};

/// Colour, time and rate of `source` as x264 wants them; size and tools are the caller's.
codec::X264Settings settings_of(const media::Track& source, AVRational fps);

}  // namespace weir::ladder
