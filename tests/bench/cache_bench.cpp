// The local cache: how much it holds of what is wanted, by policy and trace, and what a look costs.
//
// usage: cache_bench [options of Google Benchmark]
//
// Hit ratios (counter "hits") are exact: the traces are made of a fixed seed. Times are of one
// thread and of two that share the cache.
#include <cmath>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <tbb/concurrent_hash_map.h>

#include "cache_policies.h"
#include "guard/cache.h"

namespace weir::bench {
namespace {

constexpr std::size_t kKeys = 100'000;
constexpr std::size_t kWants = 2'000'000;

std::vector<Key> zipf(double skew) {
  std::vector<double> weights(kKeys);
  for (std::size_t i = 0; i < kKeys; ++i) weights[i] = std::pow(static_cast<double>(i + 1), -skew);
  std::discrete_distribution<Key> choose(weights.begin(), weights.end());
  std::mt19937_64 random(1);
  std::vector<Key> out(kWants);
  for (auto& key : out) key = choose(random);
  return out;
}

/// A launch: what is popular changes every 50,000 wants, and one in five is of a crawler that wants
/// everything once.
std::vector<Key> launch() {
  auto out = zipf(1.0);
  Key crawled = 1'000'000'000;
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = i % 5 == 4 ? crawled++ : (out[i] + i / 50'000 * 1'000) % kKeys;
  return out;
}

const std::vector<Key>& trace(int which) {
  static const std::vector<Key> traces[] = {zipf(0.8), zipf(1.0), launch()};
  return traces[which];
}

template <typename Policy>
void hold(benchmark::State& state) {
  const auto& wants = trace(static_cast<int>(state.range(0)));
  std::size_t hits = 0;
  for (auto _ : state) {
    Policy policy(kKeys / 100 * static_cast<std::size_t>(state.range(1)));
    hits = 0;
    for (const Key key : wants) hits += policy.want(key) ? 1 : 0;
  }
  state.counters["hits"] = static_cast<double>(hits) / static_cast<double>(wants.size());
}

void arguments(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"trace", "percent"})->Unit(benchmark::kMillisecond)->Iterations(1);
  for (const int which : {0, 1, 2})
    for (const int percent : {1, 10}) bench->Args({which, percent});
}
BENCHMARK(hold<Lru>)->Name("Lru")->Apply(arguments);
BENCHMARK(hold<S3Fifo>)->Name("S3Fifo")->Apply(arguments);
BENCHMARK(hold<Sieve>)->Name("Sieve")->Apply(arguments);

/// A plain LRU as one writes it: a lock, a list, an index.
class PlainLru {
 public:
  using Value = std::shared_ptr<const std::string>;
  Value find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end()) return {};
    queue_.splice(queue_.begin(), queue_, found->second);
    return found->second->second;
  }
  void put(const std::string& key, Value value) {
    const std::lock_guard lock(mutex_);
    queue_.emplace_front(key, std::move(value));
    index_[key] = queue_.begin();
  }

 private:
  using Queue = std::list<std::pair<std::string, Value>>;
  std::mutex mutex_;
  Queue queue_;
  std::unordered_map<std::string, Queue::iterator> index_;
};

/// The same with oneTBB's map: looks do not wait for each other, but the list still has one lock.
class TbbLru {
 public:
  using Value = std::shared_ptr<const std::string>;
  Value find(const std::string& key) {
    Map::const_accessor found;
    if (!map_.find(found, key)) return {};
    const std::lock_guard lock(mutex_);
    queue_.splice(queue_.begin(), queue_, found->second.second);
    return found->second.first;
  }
  void put(const std::string& key, Value value) {
    const std::lock_guard lock(mutex_);
    queue_.push_front(key);
    map_.insert({key, {std::move(value), queue_.begin()}});
  }

 private:
  using Map =
      tbb::concurrent_hash_map<std::string, std::pair<Value, std::list<std::string>::iterator>>;
  std::mutex mutex_;
  std::list<std::string> queue_;
  Map map_;
};

class Ours {
 public:
  using Value = std::shared_ptr<const std::string>;
  Value find(const std::string& key) {
    const auto found = cache_.find(key);
    return found ? found->value : nullptr;
  }
  void put(const std::string& key, Value value) {
    using namespace std::chrono_literals;
    cache_.put(key, std::move(value), 100, {.fresh = 1h});
  }

 private:
  guard::Cache<std::string> cache_{{.bytes = 64 << 20}, Clock::system()};
};

const std::vector<std::string>& names() {
  static const auto made = [] {
    std::vector<std::string> out;
    for (int i = 0; i < 10'000; ++i)
      out.push_back("/live/show/720p/seg-" + std::to_string(i) + ".m4s");
    return out;
  }();
  return made;
}

template <typename Kind>
Kind& filled() {
  static Kind cache;
  static const bool once = [] {
    for (const auto& name : names()) cache.put(name, std::make_shared<const std::string>(name));
    return true;
  }();
  benchmark::DoNotOptimize(once);
  return cache;
}

template <typename Kind>
void look(benchmark::State& state) {
  Kind& cache = filled<Kind>();
  const auto& wants = trace(1);
  std::size_t i = static_cast<std::size_t>(state.thread_index()) * 7919;
  for (auto _ : state)
    benchmark::DoNotOptimize(cache.find(names()[wants[i++ % wants.size()] % names().size()]));
}
BENCHMARK(look<PlainLru>)->Name("Look/PlainLru")->ThreadRange(1, 2)->UseRealTime();
BENCHMARK(look<TbbLru>)->Name("Look/TbbLru")->ThreadRange(1, 2)->UseRealTime();
BENCHMARK(look<Ours>)->Name("Look/Ours")->ThreadRange(1, 2)->UseRealTime();

}  // namespace
}  // namespace weir::bench

BENCHMARK_MAIN();
