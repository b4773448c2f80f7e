// Redis Cluster, or one Redis, as if it were one server that is always there, until a deadline.
// Source: the Redis Cluster specification ("Redirection and resharding", "Scaling reads using
// replica nodes").
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "base/result.h"
#include "base/units.h"
#include "guard/redis_connection.h"
#include "guard/redis_slots.h"
#include "net/retry.h"

namespace weir::guard {

struct RedisClientSettings {
  std::vector<RedisNode> nodes;  ///< Some of them are enough; not empty.
  RedisSettings connection;
  Micros deadline{1'000'000};  ///< Of a call, with all its attempts.
  bool read_replicas = false;  ///< Reads may be answered by replicas, which are a little behind.
};

struct RedisCommand {
  std::vector<std::string> words;
  std::string key;          ///< That says which server has it.
  bool read_only = false;   ///< Changes nothing.
  bool repeatable = false;  ///< Doing it twice is as good as once (SET, EXPIRE; not INCR).
};

struct RedisCounters {
  std::int64_t calls = 0, failed = 0, redirected = 0, repeated = 0, refreshed = 0;
};

/// Servers     Asked for their slots with the first call, when one fails, and now and then. One
///             that is no cluster gets everything.
/// Redirected  MOVED and ASK are followed, TRYAGAIN, CLUSTERDOWN and LOADING waited out.
/// Lost        When a connection ends before the reply, a command that had left is repeated only
///             when it is read_only or repeatable; else the call fails (kIo, kTimeout), and it may
///             have been done.
/// Deadline    Every call ends by then: nothing is begun that could take longer.
/// Threads     All on the loop. Outlives its calls.
class RedisClient {
 public:
  RedisClient(boost::asio::io_context& loop, RedisClientSettings settings, net::Random dice);
  ~RedisClient();
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  /// The reply; one that is an error of the server's, about the command itself, is a reply too.
  boost::asio::awaitable<Result<RedisReply>> call(RedisCommand command);
  const RedisCounters& counters() const { return counters_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Target {
    RedisNode node;
    bool replica = false;
    bool asking = false;
  };
  struct Attempt {
    Result<RedisReply> reply;
    bool left = false;  // the command may have reached the server
  };
  /// What to do after an attempt: nothing more, ask the new target, or ask anew after a while.
  enum class Next { kDone, kRedirected, kLater };

  boost::asio::awaitable<std::optional<Target>> choose(const RedisCommand& command, int slot,
                                                       bool only_master, Time deadline);
  boost::asio::awaitable<Attempt> attempt(const Target& target, const RedisCommand& command);
  Next judge(const Attempt& attempt, const RedisCommand& command, int slot, Target& target);
  boost::asio::awaitable<void> refresh(Time deadline);
  /// Whether what takes one reply may still be begun.
  bool in_time(Time deadline, Micros before = {}) const;
  bool learn(const Result<RedisReply>& reply, const RedisNode& node);
  std::shared_ptr<RedisConnection> connection(const Target& target);
  std::vector<RedisNode> known_nodes() const;

  boost::asio::io_context& loop_;
  const RedisClientSettings settings_;
  const net::Random dice_;
  RedisSlots slots_;
  struct Peer {
    std::shared_ptr<RedisConnection> connection;
    Time opened{};
  };
  std::map<std::string, Peer> peers_;  // by address, and whether it is read from as a replica
  bool refreshing_ = false;
  Time refreshed_{};
  RedisCounters counters_;
};

}  // namespace weir::guard
