// Token buckets of many keys (addresses, users, routes) in memory of a fixed size.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "guard/token_bucket.h"

namespace weir::guard {

/// Bound      Memory is taken once, for about `most` keys at a time, 16 bytes each. A full bucket
///            needs no state, so a key that rests makes room by itself.
/// Crowded    Keys that find no room, because more than expected are being held back at once, share
///            a bucket with those that hash alike: they get too little, never too much together.
/// Threads    Any number; no lock is held. Two that bring a new key at the same instant may find
///            different places for it: then one of its requests is not counted.
class BucketTable {
 public:
  /// `seed` is a secret of this process: else keys could be chosen that crowd out others.
  BucketTable(std::size_t most, std::uint64_t seed);

  /// Quotas may differ from key to key, but not from call to call: what has a quota of its own
  /// belongs into the key.
  Verdict take(std::string_view key, const Quota& quota, std::chrono::nanoseconds now,
               std::int64_t cost = 1);

 private:
  static constexpr std::size_t kWays = 8;
  struct Slot {
    std::atomic<std::uint64_t> key{0};  // hash; 0: never used
    BucketState state{0};
  };
  struct Set {
    std::array<Slot, kWays> slots;
    Slot shared;
  };
  BucketState& find(Set& set, std::uint64_t key, std::int64_t now);

  std::uint64_t seed_;
  std::size_t mask_;  // number of sets, a power of two, less one
  std::unique_ptr<Set[]> sets_;
};

}  // namespace weir::guard
