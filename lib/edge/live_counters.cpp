#include "edge/live_counters.h"

#include <algorithm>

namespace weir::edge {

std::string_view via_name(Via via) {
  constexpr std::array<std::string_view, kAllVia.size()> kNames{"http-flv", "rtmp", "ws-flv"};
  return kNames[static_cast<std::size_t>(via)];
}

void StartTimes::add(std::chrono::nanoseconds time) {
  const double taken = std::chrono::duration<double>(time).count();
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), taken);
  ++counts[static_cast<std::size_t>(bound - kBounds.begin())];
  seconds += taken;
}

}  // namespace weir::edge
