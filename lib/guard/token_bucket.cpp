#include "guard/token_bucket.h"

#include <algorithm>

namespace weir::guard {

using std::chrono::nanoseconds;

nanoseconds Quota::interval() const {
  return std::max(per / std::max<std::int64_t>(tokens, 1), nanoseconds(1));
}

namespace {

/// What stands in a bucket that is full at `full`.
Verdict look(std::int64_t full, const Quota& quota, std::int64_t now) {
  const std::int64_t lacking = std::max<std::int64_t>(full - now, 0);
  const std::int64_t room = quota.burst * quota.interval().count() - lacking;
  Verdict out;
  out.full_after = nanoseconds(lacking);
  out.remaining = std::max<std::int64_t>(room, 0) / quota.interval().count();
  return out;
}

}  // namespace

Verdict take(BucketState& state, const Quota& quota, nanoseconds now, std::int64_t cost) {
  const std::int64_t interval = quota.interval().count();
  std::int64_t full = state.load(std::memory_order_relaxed);
  for (;;) {
    Verdict before = look(full, quota, now.count());
    if (cost > quota.burst) before.retry_after = nanoseconds::max();
    if (cost > quota.burst) return before;
    if (before.remaining < cost) {
      before.retry_after = before.full_after - nanoseconds((quota.burst - cost) * interval);
      return before;
    }
    const std::int64_t next = std::max(full, now.count()) + cost * interval;
    if (!state.compare_exchange_weak(full, next, std::memory_order_relaxed)) continue;
    Verdict after = look(next, quota, now.count());
    after.allowed = true;
    return after;
  }
}

}  // namespace weir::guard
