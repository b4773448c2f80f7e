// A script tag of our own, "onUtc": when the frame with its stamp was on air. Players pass it over.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace weir::flv {

/// Microseconds since 1970; the body of a script tag.
Bytes utc_body(std::int64_t utc_us);
/// Of the body of any script tag: empty for another one, and for a time that cannot be.
std::optional<std::int64_t> read_utc(ByteView body);

}  // namespace weir::flv
