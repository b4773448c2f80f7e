// What a Redis server answers, out of its bytes.
// Source: the Redis serialization protocol, version 2 (RESP2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace weir::guard {

struct RedisReply {
  enum class Kind { kNil, kStatus, kError, kInteger, kText, kArray };

  Kind kind = Kind::kNil;
  std::string text;  ///< Of a status, an error ("MOVED 3999 127.0.0.1:6381") or a text: any bytes.
  std::int64_t integer = 0;
  std::vector<RedisReply> items;  ///< Of an array.

  bool is(Kind what) const { return kind == what; }
  /// An error of this kind: its first word.
  bool is_error(std::string_view word) const;
};

struct RedisReplyLimits {
  std::size_t bytes = 64 << 20;  ///< Of one reply.
  std::int64_t items = 1 << 20;  ///< Of one array. (Arrays in arrays: at most seven.)
};

/// Bytes in, replies out, however they are split.
/// Memory     Grows with what has come, not with what a length promises.
/// Threads    One.
class RedisReader {
 public:
  explicit RedisReader(const RedisReplyLimits& limits = {});
  ~RedisReader();
  RedisReader(const RedisReader&) = delete;
  RedisReader& operator=(const RedisReader&) = delete;

  void feed(ByteView bytes);
  /// The next whole reply; nothing when bytes are missing. kBadInput, for good, for what is no
  /// reply or beyond the limits.
  Result<std::optional<RedisReply>> next();

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// A command as a server reads it.
Bytes redis_command(const std::vector<std::string>& words);

}  // namespace weir::guard
