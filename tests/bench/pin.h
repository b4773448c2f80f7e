// Who runs on which core.
#pragma once

#include <sched.h>

namespace weir::bench {

/// The calling thread, and those it starts from now on.
inline void pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  sched_setaffinity(0, sizeof set, &set);
}

}  // namespace weir::bench
