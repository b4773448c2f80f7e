#include "guard/cache.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "guard/s3_fifo.h"

namespace weir::guard {

using std::chrono::nanoseconds;

bool refreshes_early(nanoseconds left, nanoseconds fetch, double dice) {
  const double sooner = -static_cast<double>(fetch.count()) * std::log(std::max(dice, 1e-300));
  return sooner >= static_cast<double>(left.count());
}

nanoseconds jittered(nanoseconds lifetime, double share, double dice) {
  const double factor = 1 + share * (2 * dice - 1);
  return nanoseconds(
      static_cast<std::int64_t>(static_cast<double>(lifetime.count()) * std::max(factor, 0.0)));
}

namespace detail {
namespace {

constexpr std::int64_t kOverhead = 300;  // of an entry: nodes of queue, index and ghosts

/// With its hash, which is wanted three times.
struct Key {
  explicit Key(std::string_view name) : text(name), hash(std::hash<std::string_view>()(name)) {}
  bool operator==(const Key& other) const { return hash == other.hash && text == other.text; }

  std::string_view text;
  std::size_t hash;
};
struct KeyHash {
  std::size_t operator()(const Key& key) const { return key.hash; }
};

struct Entry {
  std::string key;
  std::shared_ptr<const void> value;
  std::int64_t cost = 0;
  nanoseconds put_at{};
  Lifetime lifetime;
  std::vector<Mark> marks;
};

/// Of an entry that old; empty when it is of no use any more.
std::optional<Freshness> freshness_of(const Entry& entry, nanoseconds age) {
  if (age < entry.lifetime.fresh) return Freshness::kFresh;
  if (!entry.value) return {};
  if (age < entry.lifetime.fresh + entry.lifetime.refresh) return Freshness::kStale;
  if (age < entry.lifetime.fresh + entry.lifetime.on_error) return Freshness::kOnError;
  return {};
}

/// Threads: any.
class alignas(64) Shard {
 public:
  void set_room(std::int64_t bytes) { room_ = bytes; }

  std::optional<CacheEntry> find(const Key& key, nanoseconds now) {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found != index_.end()) {
      const Entry& entry = Queue::item(found->second);
      const nanoseconds age = now - entry.put_at;
      const auto freshness = freshness_of(entry, age);
      if (freshness && hold(entry.marks)) {
        ++(*freshness == Freshness::kFresh   ? count_.hits
           : *freshness == Freshness::kStale ? count_.stale_hits
                                             : count_.misses);
        Queue::touch(found->second);
        return CacheEntry{entry.value, *freshness, age, entry.lifetime.fresh - age};
      }
      erase(found->second);
    }
    ++count_.misses;
    return {};
  }

  void put(const Key& key, Entry entry) {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found != index_.end()) erase(found->second);
    if (entry.cost > room_) {
      ++count_.refused;
      return;
    }
    while (queue_.cost() + entry.cost > room_) {
      erase(queue_.next());
      ++count_.evicted;
    }
    const auto cost = entry.cost;
    const auto place = queue_.add(std::move(entry), cost, key.hash);
    index_.emplace(key_of(place), place);
  }

  void remove(const Key& key) {
    const std::lock_guard lock(mutex_);
    if (const auto found = index_.find(key); found != index_.end()) erase(found->second);
  }

  CacheStatistics statistics() const {
    const std::lock_guard lock(mutex_);
    CacheStatistics out = count_;
    out.entries = static_cast<std::int64_t>(queue_.size());
    out.bytes = queue_.cost();
    return out;
  }

 private:
  using Queue = S3Fifo<Entry>;

  static Key key_of(Queue::Place place) { return Key(Queue::item(place).key); }
  void erase(Queue::Place place) {
    index_.erase(key_of(place));
    queue_.erase(place);
  }

  mutable std::mutex mutex_;
  std::int64_t room_ = 0;
  Queue queue_;
  std::unordered_map<Key, Queue::Place, KeyHash> index_;  // of keys in the queue
  CacheStatistics count_;
};

}  // namespace

struct CacheCore {
  CacheCore(const CacheSettings& settings, const Clock& now)
      : clock(now), shards(std::max<std::size_t>(settings.shards, 1)) {
    for (auto& shard : shards)
      shard.set_room(settings.bytes / static_cast<std::int64_t>(shards.size()));
  }

  Shard& shard_of(const Key& key) { return shards[(key.hash >> 40) % shards.size()]; }

  const Clock& clock;
  Tags tags;
  std::vector<Shard> shards;
};

std::shared_ptr<CacheCore> make_cache(const CacheSettings& settings, const Clock& clock) {
  return std::make_shared<CacheCore>(settings, clock);
}

std::optional<CacheEntry> find(CacheCore& core, std::string_view name) {
  const Key key(name);
  return core.shard_of(key).find(key, core.clock.monotonic());
}

void put(CacheCore& core, std::string_view name, std::shared_ptr<const void> value,
         std::int64_t cost, const Lifetime& lifetime, std::vector<Mark> marks) {
  Entry entry{std::string(name),      std::move(value), 0,
              core.clock.monotonic(), lifetime,         std::move(marks)};
  entry.cost = std::max<std::int64_t>(cost, 0) + static_cast<std::int64_t>(name.size()) + kOverhead;
  const Key key(name);
  core.shard_of(key).put(key, std::move(entry));
}

std::vector<Mark> mark(CacheCore& core, std::span<const std::string> tags) {
  std::vector<Mark> out;
  for (const auto& tag : tags) out.push_back(core.tags.mark(tag));
  return out;
}

void remove(CacheCore& core, std::string_view name) {
  const Key key(name);
  core.shard_of(key).remove(key);
}

void invalidate(CacheCore& core, std::string_view tag) {
  core.tags.invalidate(tag);
}

CacheStatistics statistics(const CacheCore& core) {
  CacheStatistics out;
  for (const auto& shard : core.shards) {
    const auto one = shard.statistics();
    out.hits += one.hits;
    out.stale_hits += one.stale_hits;
    out.misses += one.misses;
    out.entries += one.entries;
    out.bytes += one.bytes;
    out.evicted += one.evicted;
    out.refused += one.refused;
  }
  return out;
}

}  // namespace detail
}  // namespace weir::guard
