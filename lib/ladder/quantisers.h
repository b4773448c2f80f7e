// The quantiser of every picture of a chunk.
#pragma once

#include <vector>

#include "codec/x264_encoder.h"

namespace weir::ladder {

/// Whole quantisers from 1 to 51 whose mean is about `qp`: lower for the types others are predicted
/// from and for the stretches with more loss than the rest, the fractions carried from picture to
/// picture. `losses` are those of the first pass, one for each type, in display order.
std::vector<int> quantisers(const std::vector<codec::PictureType>& types,
                            const std::vector<double>& losses, double qp);

}  // namespace weir::ladder
