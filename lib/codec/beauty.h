// Smooth skin, and nothing but skin.
// Source: J.-S. Lee, "Digital image enhancement and noise filtering by use of local statistics"
// (1980), with a steeper weight; R.-L. Hsu et al., "Face detection in color images" (2002).
#pragma once

#include <cstdint>
#include <vector>

#include "flow/stage.h"
#include "media/packet.h"

namespace weir::codec {

/// Where the colour is that of skin, of whatever shade, luma is drawn towards its local mean as far
/// as it varies little there; edges of more than a few steps, and any other colour, stay.
///
/// Pictures   Planar Y'CbCr 4:2:0, 4:2:2 or 4:4:4 of 8 to 10 bits, limited range; any other passes
///            as it is. Chroma, stamps and side data are never touched.
/// Threads    The caller's alone.
class Beauty : public flow::Stage<media::Frame, media::Frame> {
 public:
  /// `strength` 0 to 1.
  Beauty(double strength, flow::Sink<media::Frame>& next) : Stage(next), strength_(strength) {}

  Result<flow::Flow> push(media::Frame frame) override;
  Result<void> finish() override { return finish_next(); }

 private:
  double strength_;
  std::vector<std::uint32_t> sums_, squares_;  // of the columns; kept between pictures
};

}  // namespace weir::codec
