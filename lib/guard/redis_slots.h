// Which server of a Redis Cluster has a key.
// Source: the Redis Cluster specification ("Key distribution model", "Hash tags").
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "guard/redis_reply.h"

namespace weir::guard {

struct RedisNode {
  std::string host;
  std::uint16_t port = 6379;

  bool operator==(const RedisNode&) const = default;
};
/// "host:port", "[::1]:port" or a host. kUsage.
Result<RedisNode> parse_redis_node(std::string_view text);
std::string to_string(const RedisNode& node);

inline constexpr int kRedisSlots = 16384;

/// CRC16 of the key, or of what stands in its first pair of braces: "{room 7}:seats" and
/// "{room 7}:chat" are on one server.
int redis_slot(std::string_view key);

/// The servers of every slot, as far as they are known.
class RedisSlots {
 public:
  /// The master first, then its replicas; empty: not known.
  using Servers = std::vector<RedisNode>;

  /// Of the reply to CLUSTER SLOTS; `asked` is who gave it, which leaves its own name out at times.
  /// kBadInput.
  static Result<RedisSlots> read(const RedisReply& reply, const RedisNode& asked);
  /// A server that is no cluster has all.
  static RedisSlots of_one(const RedisNode& node);

  const Servers& of(int slot) const { return ranges_[index_[static_cast<std::size_t>(slot)]]; }
  /// As a server said when it was asked for what it has not ("MOVED").
  void move(int slot, const RedisNode& master);
  /// All that are named, each once.
  std::vector<RedisNode> nodes() const;

 private:
  std::vector<Servers> ranges_{Servers()};
  std::array<std::uint16_t, kRedisSlots> index_{};  // into ranges_; 0: not known
};

}  // namespace weir::guard
