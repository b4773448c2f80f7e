// One connection to a Redis server: commands go out as they come, replies come back in their order.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/result.h"
#include "base/units.h"
#include "guard/redis_reply.h"
#include "net/byte_stream.h"

namespace weir::guard {

struct RedisSettings {
  std::string user, password;                ///< "": none. (AUTH; never logged, never in an error.)
  boost::asio::ssl::context* tls = nullptr;  ///< Borrowed.
  Micros connect_timeout{500'000};           ///< Of each address of a host.
  Micros timeout{200'000};                   ///< For a reply, from when the command was given.
  std::size_t most_waiting = 10'000;         ///< Commands without a reply; more are refused.
};

/// End        The first of: the server's end, a fault of the network or the bytes, a reply that
///            does not come in time. All that waits then fails with it (kIo, kBadInput, kTimeout),
///            and nobody knows whether the server did it. A connection is not opened again.
/// Threads    All on the loop. Lives until it has ended: close() what is not wanted any more.
class RedisConnection : public std::enable_shared_from_this<RedisConnection> {
 public:
  using Answered = std::function<void(Result<RedisReply>)>;

  /// `greeting` are commands sent first, after AUTH; where one is answered with an error, that is
  /// the end. Commands may be given at once.
  static std::shared_ptr<RedisConnection> open(boost::asio::io_context& loop, std::string host,
                                               std::uint16_t port, const RedisSettings& settings,
                                               std::vector<std::vector<std::string>> greeting = {});
  ~RedisConnection();

  /// The reply, errors of the server too. kRefused when too many wait.
  boost::asio::awaitable<Result<RedisReply>> call(const std::vector<std::string>& words);
  /// `first` and `second` with nothing between them; the reply to the second.
  boost::asio::awaitable<Result<RedisReply>> call_pair(const std::vector<std::string>& first,
                                                       const std::vector<std::string>& second);
  void close(Error why);
  bool ended() const { return ended_; }
  /// Before, no command has left.
  bool connected() const { return stream_ != nullptr; }
  std::size_t waiting() const { return waiting_.size(); }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Waiting {
    Time deadline;
    Answered answered;
  };

  RedisConnection(boost::asio::io_context& loop, std::string host, std::uint16_t port,
                  const RedisSettings& settings);
  static boost::asio::awaitable<void> run(std::shared_ptr<RedisConnection> self);
  static boost::asio::awaitable<void> write(std::shared_ptr<RedisConnection> self);
  static boost::asio::awaitable<void> watch(std::shared_ptr<RedisConnection> self);
  boost::asio::awaitable<Result<void>> talk();
  void give(const std::vector<std::string>& words, Answered answered);
  boost::asio::awaitable<Result<RedisReply>> wait_for(
      const std::function<void(Answered)>& give_all);
  void greet(const std::vector<std::vector<std::string>>& greeting);
  Result<void> take_replies();
  void flush();

  boost::asio::io_context& loop_;
  const std::string host_;
  const std::uint16_t port_;
  const RedisSettings settings_;
  std::unique_ptr<net::ByteStream> stream_;  // null until it is connected
  RedisReader reader_;
  std::deque<Waiting> waiting_;
  Bytes queued_, writing_;
  boost::asio::steady_timer watch_;
  bool ended_ = false;
};

}  // namespace weir::guard
