// How many tasks run at a time.
#pragma once

#include <tbb/info.h>

namespace weir::flow {

/// `jobs` as people give it: 0 means as many as there are cores.
inline int job_count(int jobs) {
  return jobs > 0 ? jobs : tbb::info::default_concurrency();
}

}  // namespace weir::flow
