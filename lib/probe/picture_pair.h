// Two pictures beside each other, for people to compare.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "media/packet.h"

namespace weir::probe {

/// A PNG with `left` and `right`, both yuv420p and of one size. The same pictures give the same
/// bytes.
Result<Bytes> picture_pair(const AVFrame& left, const AVFrame& right);

}  // namespace weir::probe
