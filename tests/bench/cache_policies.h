// Caches of equal items that only tell whether a key was there: what a policy is worth on a trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <unordered_map>
#include <utility>

#include "guard/s3_fifo.h"

namespace weir::bench {

using Key = std::uint64_t;

class Lru {
 public:
  explicit Lru(std::size_t room) : room_(room) {}

  bool want(Key key) {
    if (const auto found = index_.find(key); found != index_.end()) {
      queue_.splice(queue_.begin(), queue_, found->second);
      return true;
    }
    if (queue_.size() == room_) {
      index_.erase(queue_.back());
      queue_.pop_back();
    }
    queue_.push_front(key);
    index_[key] = queue_.begin();
    return false;
  }

 private:
  std::size_t room_;
  std::list<Key> queue_;
  std::unordered_map<Key, std::list<Key>::iterator> index_;
};

/// Source: Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024.
class Sieve {
 public:
  explicit Sieve(std::size_t room) : room_(room) {}

  bool want(Key key) {
    if (const auto found = index_.find(key); found != index_.end()) {
      found->second->second = true;
      return true;
    }
    if (queue_.size() == room_) make_room();
    queue_.emplace_front(key, false);
    index_[key] = queue_.begin();
    return false;
  }

 private:
  using Queue = std::list<std::pair<Key, bool>>;

  void make_room() {
    for (;;) {
      if (hand_ == queue_.end()) hand_ = std::prev(queue_.end());
      if (!std::exchange(hand_->second, false)) break;
      hand_ = hand_ == queue_.begin() ? queue_.end() : std::prev(hand_);
    }
    const auto gone = hand_;
    hand_ = gone == queue_.begin() ? queue_.end() : std::prev(gone);
    index_.erase(gone->first);
    queue_.erase(gone);
  }

  std::size_t room_;
  Queue queue_;
  Queue::iterator hand_ = queue_.end();
  std::unordered_map<Key, Queue::iterator> index_;
};

/// That of the cache itself.
class S3Fifo {
 public:
  explicit S3Fifo(std::size_t room) : room_(room) {}

  bool want(Key key) {
    if (const auto found = index_.find(key); found != index_.end()) {
      guard::S3Fifo<Key>::touch(found->second);
      return true;
    }
    if (queue_.size() == room_) {
      const auto place = queue_.next();
      index_.erase(guard::S3Fifo<Key>::item(place));
      queue_.erase(place);
    }
    index_[key] = queue_.add(key, 1, key);
    return false;
  }

 private:
  std::size_t room_;
  guard::S3Fifo<Key> queue_;
  std::unordered_map<Key, guard::S3Fifo<Key>::Place> index_;
};

}  // namespace weir::bench
