// The profile of a source of 25 pictures a second.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "ladder/profile.h"
#include "support/packets.h"

namespace weir::support {

/// `size` gives the bytes of the picture shown `at` seconds after `begin`.
inline ladder::Profile profile(double length, const std::function<int(double at)>& size,
                               double begin = 0) {
  ladder::Profile made;
  for (int n = 0; n < static_cast<int>(length * 25 + 0.5); ++n) {
    auto coded =
        packets("K0", {.payload = std::string(static_cast<std::size_t>(size(n / 25.0)), 'x')});
    coded[0].raw()->pts = static_cast<std::int64_t>(begin * 1000) + n * 40;
    made.note(coded[0]);
  }
  made.finish();
  return made;
}

inline ladder::Profile even_profile(double length, double begin = 0) {
  return profile(
      length, [](double) { return 1000; }, begin);
}

}  // namespace weir::support
