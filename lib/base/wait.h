// Sleep that a stop ends.
#pragma once

#include <chrono>

#include "base/stop.h"

namespace weir {

/// Waits, but not longer than until a stop is asked for.
void wait_for(std::chrono::nanoseconds time, const StopSource& stop);

}  // namespace weir
