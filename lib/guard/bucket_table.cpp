#include "guard/bucket_table.h"

#include <algorithm>
#include <bit>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace weir::guard {

BucketTable::BucketTable(std::size_t most, std::uint64_t seed)
    : seed_(seed),
      mask_(std::bit_ceil(std::max<std::size_t>(most / kWays, 1)) - 1),
      sets_(std::make_unique<Set[]>(mask_ + 1)) {}

Verdict BucketTable::take(std::string_view key, const Quota& quota, std::chrono::nanoseconds now,
                          std::int64_t cost) {
  const std::uint64_t hash =
      std::max<std::uint64_t>(XXH3_64bits_withSeed(key.data(), key.size(), seed_), 1);
  return guard::take(find(sets_[hash & mask_], hash, now.count()), quota, now, cost);
}

BucketState& BucketTable::find(Set& set, std::uint64_t key, std::int64_t now) {
  for (auto& slot : set.slots)
    if (slot.key.load(std::memory_order_relaxed) == key) return slot.state;
  for (auto& slot : set.slots) {
    std::uint64_t old = slot.key.load(std::memory_order_relaxed);
    if (old == key) return slot.state;
    if (old != 0 && slot.state.load(std::memory_order_relaxed) > now) continue;
    if (slot.key.compare_exchange_strong(old, key, std::memory_order_relaxed) || old == key)
      return slot.state;
  }
  return set.shared.state;
}

}  // namespace weir::guard
