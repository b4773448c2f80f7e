// Which of many things to forget first: S3-FIFO. What is wanted once goes soon, what is wanted
// again stays, and a change of taste is followed. Source: Yang et al., "FIFO queues are all you
// need for cache eviction", SOSP 2023, section 4.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <list>
#include <unordered_map>
#include <utility>

namespace weir::guard {

/// Keys that were let go of lately, by hash. Threads: one.
class Ghosts {
 public:
  void add(std::uint64_t hash, std::size_t most) {
    known_[hash] = ++last_;
    order_.emplace_back(hash, last_);
    while (known_.size() > most) forget_oldest();
  }
  /// Whether it is known; it is not any more then.
  bool take(std::uint64_t hash) {
    if (known_.erase(hash) == 0) return false;
    if (order_.size() > 2 * known_.size() + 64) forget_taken();
    return true;
  }
  std::size_t size() const { return known_.size(); }

 private:
  using Entry = std::pair<std::uint64_t, std::int64_t>;

  bool is_current(const Entry& entry) const {
    const auto found = known_.find(entry.first);
    return found != known_.end() && found->second == entry.second;
  }
  void forget_oldest() {
    if (is_current(order_.front())) known_.erase(order_.front().first);
    order_.pop_front();
  }
  void forget_taken() {
    std::erase_if(order_, [&](const Entry& entry) { return !is_current(entry); });
  }

  std::unordered_map<std::uint64_t, std::int64_t> known_;  // and when they were added
  std::deque<Entry> order_;
  std::int64_t last_ = 0;
};

/// A short queue of what is new and a long one of what was wanted again. From the short one goes to
/// the long one what was wanted meanwhile, and what comes back soon after it was let go of goes
/// there at once. In the long queue being wanted gives another round, three at most.
/// Threads: one.
template <typename Item>
class S3Fifo {
  struct Node {
    Item item;
    std::int64_t cost = 0;
    std::uint64_t hash = 0;
    bool proven = false;  // in the long queue
    std::uint8_t wanted = 0;
  };
  struct Queue {
    std::list<Node> nodes;  // newest first
    std::int64_t cost = 0;
  };

 public:
  /// A place in the queues; good until it is erased.
  using Place = typename std::list<Node>::iterator;

  S3Fifo() = default;
  S3Fifo(const S3Fifo&) = delete;
  S3Fifo& operator=(const S3Fifo&) = delete;

  /// `hash` is of its key.
  Place add(Item item, std::int64_t cost, std::uint64_t hash) {
    const bool proven = ghosts_.take(hash);
    Queue& queue = queue_of(proven);
    queue.nodes.push_front({std::move(item), cost, hash, proven});
    queue.cost += cost;
    return queue.nodes.begin();
  }
  /// It was wanted again.
  static void touch(Place place) { place->wanted = std::min<std::uint8_t>(place->wanted + 1, 3); }
  static Item& item(Place place) { return place->item; }

  void erase(Place place) {
    Queue& queue = queue_of(place->proven);
    queue.cost -= place->cost;
    queue.nodes.erase(place);
  }
  /// The one to forget, to be erased now; there has to be one.
  Place next() {
    for (;;) {
      const bool from_new =
          long_.nodes.empty() || (!short_.nodes.empty() && short_.cost * kParts >= cost());
      const Place last = std::prev(queue_of(!from_new).nodes.end());
      if (last->wanted == 0) {
        if (from_new) ghosts_.add(last->hash, long_.nodes.size());
        return last;
      }
      last->wanted = from_new ? 0 : last->wanted - 1;
      to_long(last);
    }
  }

  std::int64_t cost() const { return short_.cost + long_.cost; }
  std::size_t size() const { return short_.nodes.size() + long_.nodes.size(); }

 private:
  static constexpr std::int64_t kParts = 10;  // of which what is new may have one

  Queue& queue_of(bool proven) { return proven ? long_ : short_; }
  void to_long(Place place) {
    Queue& from = queue_of(place->proven);
    from.cost -= place->cost;
    long_.cost += place->cost;
    place->proven = true;
    long_.nodes.splice(long_.nodes.begin(), from.nodes, place);
  }

  Queue short_, long_;
  Ghosts ghosts_;
};

}  // namespace weir::guard
