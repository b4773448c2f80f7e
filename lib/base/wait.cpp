#include "base/wait.h"

#include <poll.h>
#include <algorithm>

namespace weir {

void wait_for(std::chrono::nanoseconds time, const StopSource& stop) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  pollfd wake{stop.fd(), POLLIN, 0};
  if (ms > 0) poll(&wake, 1, static_cast<int>(std::min<std::int64_t>(ms, 1'000'000)));
}

}  // namespace weir
