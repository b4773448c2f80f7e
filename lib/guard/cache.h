// The local cache: answers in memory of a bounded size, and how old they may be given out.
// Source: RFC 9111 section 4.2 (freshness); RFC 5861 (stale-while-revalidate, stale-if-error).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "guard/tags.h"

namespace weir::guard {

/// How long an entry is good for what, from when it was put.
struct Lifetime {
  std::chrono::nanoseconds fresh{};     ///< It is given out as it is.
  std::chrono::nanoseconds refresh{};   ///< And so much longer while a new one is fetched.
  std::chrono::nanoseconds on_error{};  ///< And so much longer than fresh where fetching fails.
};

struct CacheSettings {
  std::int64_t bytes = 64 << 20;  ///< Of all entries, as they are said to cost.
  std::size_t shards = 16;        ///< Each with its share of the bytes and a lock of its own.
};

/// What is known of a key.
enum class Freshness {
  kFresh,
  kStale,    ///< To be given out, and to be fetched anew.
  kOnError,  ///< To be given out only when it cannot be fetched.
};

/// Bound      The costs never exceed the bytes: what does not fit makes room by S3-FIFO
///            (s3_fifo.h). An entry larger than a shard's share is not kept.
/// Negative   That there is no such thing may be kept as well: a null value. It is never given out
///            when it is not fresh.
/// Tags       An entry may carry tags; invalidating a tag takes all with it at once. They are
///            marked before the value is fetched, so that what came from before an invalidation is
///            not kept behind it.
/// Threads    All calls from any. Values are shared and never changed. Borrows the clock.
template <typename Value>
class Cache;

struct CacheStatistics {
  std::int64_t hits = 0, stale_hits = 0, misses = 0;  ///< Outcomes of find(); kOnError is a miss.
  std::int64_t entries = 0, bytes = 0;
  std::int64_t evicted = 0, refused = 0;  ///< For want of room; for being too large.
};

/// Whether one of many who use an entry should fetch it before its time, so that it is new when
/// that comes and they need not all wait: the sooner its end and the longer a fetch takes, the
/// likelier. `dice` is evenly above 0 to 1.
/// Source: Vattani et al., "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015.
bool refreshes_early(std::chrono::nanoseconds left, std::chrono::nanoseconds fetch, double dice);

/// A lifetime that differs by chance, by up to `share` of itself, so that what was put together
/// does not end together.
std::chrono::nanoseconds jittered(std::chrono::nanoseconds lifetime, double share, double dice);

namespace detail {
struct CacheCore;  // of values of any type
struct CacheEntry {
  std::shared_ptr<const void> value;
  Freshness freshness = Freshness::kFresh;
  std::chrono::nanoseconds age{}, left{};
};
std::shared_ptr<CacheCore> make_cache(const CacheSettings& settings, const Clock& clock);
std::optional<CacheEntry> find(CacheCore& core, std::string_view key);
void put(CacheCore& core, std::string_view key, std::shared_ptr<const void> value,
         std::int64_t cost, const Lifetime& lifetime, std::vector<Mark> marks);
std::vector<Mark> mark(CacheCore& core, std::span<const std::string> tags);
void remove(CacheCore& core, std::string_view key);
void invalidate(CacheCore& core, std::string_view tag);
CacheStatistics statistics(const CacheCore& core);
}  // namespace detail

template <typename Value>
class Cache {
 public:
  using Pointer = std::shared_ptr<const Value>;
  struct Found {
    Pointer value;  ///< Null: there is no such thing, and that is fresh.
    Freshness freshness = Freshness::kFresh;
    std::chrono::nanoseconds age{};   ///< Since it was put.
    std::chrono::nanoseconds left{};  ///< For which it is still fresh; negative when it is not.
  };

  Cache(const CacheSettings& settings, const Clock& clock)
      : core_(detail::make_cache(settings, clock)) {}

  std::optional<Found> find(std::string_view key) {
    auto entry = detail::find(*core_, key);
    if (!entry) return {};
    return Found{std::static_pointer_cast<const Value>(std::move(entry->value)), entry->freshness,
                 entry->age, entry->left};
  }
  /// In place of what was there. `cost` is what it takes in memory, bytes; the key is counted too.
  void put(std::string_view key, Pointer value, std::int64_t cost, const Lifetime& lifetime,
           std::vector<Mark> marks = {}) {
    detail::put(*core_, key, std::move(value), cost, lifetime, std::move(marks));
  }
  /// For a put() of what is fetched from now on.
  std::vector<Mark> mark(std::span<const std::string> tags) { return detail::mark(*core_, tags); }
  void remove(std::string_view key) { detail::remove(*core_, key); }
  void invalidate(std::string_view tag) { detail::invalidate(*core_, tag); }
  CacheStatistics statistics() const { return detail::statistics(*core_); }

 private:
  std::shared_ptr<detail::CacheCore> core_;
};

}  // namespace weir::guard
