// A wire with its socket: deadlines, queues, and the end.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/units.h"
#include "net/byte_stream.h"
#include "rtmp/census.h"
#include "rtmp/wire.h"

namespace weir::rtmp {

struct ConnectionLimits {
  WireLimits wire;
  Micros handshake{5'000'000};    ///< TLS and RTMP together.
  Micros trust{10'000'000};       ///< From then until trust().
  Micros idle{30'000'000};        ///< Without a byte from the peer; at half of it a ping asks.
  Micros linger{1'000'000};       ///< After close(), for the peer to close too.
  std::size_t output = 16 << 20;  ///< Bytes queued for a peer that takes them too slowly.
};

/// What a connection is for. All calls on the loop, in this order, any number of take().
class Session {
 public:
  virtual ~Session() = default;
  /// Both handshakes are done: messages may be sent.
  virtual Result<void> opened() { return {}; }
  /// A failure closes the connection once what was sent is written.
  virtual Result<void> take(Message message) = 0;
  /// All that was sent has been taken by the socket.
  virtual void drained() {}
  /// Nothing follows but the destructor. kStopped: we closed it, or the loop's owner did.
  virtual void ended(const Error& why) = 0;
};

/// Lives as long as its socket or anybody who holds it.
///
/// Reading    Goes on for ever, also while we only send, but for hold(): that is the back-pressure
///            on a peer.
/// Writing    send() queues and never waits. Beyond `output` the connection ends with kRefused.
/// End        The first of: the peer's end (kIo), a fault of the network or the bytes, a deadline
///            (kTimeout), a failure of the session, close(). Then ended() is called, once; not when
///            the loop ends before.
/// Threads    All on the loop, start() too.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using MakeSession = std::function<std::unique_ptr<Session>(Connection&)>;

  /// Borrows `random`. The session may keep the reference it is made with.
  static std::shared_ptr<Connection> start(boost::asio::io_context& loop,
                                           std::unique_ptr<net::ByteStream> stream, Role role,
                                           const Random& random, const ConnectionLimits& limits,
                                           const MakeSession& make_session);

  /// Its place at a listener: a stranger's until trust(), free at the end.
  void keep(std::unique_ptr<Census::Place> place);
  /// As Wire::send(); ignored after the end.
  Result<void> send(const Message& message);
  /// Queues chunks of whole messages that many connections may share, `owner` keeping them; after
  /// the handshake. They are in chunks of kOurChunkSize, on a chunk stream of their own (8 or
  /// above) and each message begins with a header of form 0. What send() queues meanwhile may go
  /// first.
  void send_packed(ByteView chunks, std::shared_ptr<const void> owner);
  /// Bytes that both have queued and the socket not yet taken.
  std::size_t queued() const { return wire_.output_size() + writing_.size() + packed_bytes_; }
  /// The peer may stay, and send more than a handshake and a few commands. (A client lets its
  /// server send what it likes; but it too gives up a server that never comes to this.)
  void trust();
  bool trusted() const { return trusted_; }
  /// While held, nothing is read: no more take() but those of bytes read already.
  void hold(bool held);
  /// Ends it when what is queued was written.
  void close();
  /// Ends it now; the session hears of it soon.
  void stop(Error why);
  /// Ends it now; the session has heard of it and is destroyed afterwards. Not from its own calls.
  void finish(Error why);
  bool ended() const { return ended_; }
  WireFacts facts() const;
  /// The peer's address, without its port.
  const std::string& peer() const { return stream_->peer(); }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Packed {
    ByteView bytes;
    std::shared_ptr<const void> owner;
  };

  Connection(boost::asio::io_context& loop, std::unique_ptr<net::ByteStream> stream, Role role,
             const Random& random, const ConnectionLimits& limits);
  static boost::asio::awaitable<void> run(std::shared_ptr<Connection> self);
  boost::asio::awaitable<Result<void>> talk();
  static boost::asio::awaitable<void> write(std::shared_ptr<Connection> self);
  static boost::asio::awaitable<void> watch(std::shared_ptr<Connection> self);
  Result<void> take_messages();
  void open();
  void give(Result<void> outcome);
  void pop_packed();
  void flush();
  void keep_time();
  Time deadline() const;

  boost::asio::io_context& loop_;
  const std::unique_ptr<net::ByteStream> stream_;
  const ConnectionLimits limits_;
  Wire wire_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<Census::Place> place_;
  boost::asio::steady_timer watch_;
  boost::asio::steady_timer gate_;  // never runs out: cancelled when reading may go on
  Bytes writing_;                   // what the socket is taking, unless that is packed
  std::deque<Packed> packed_;
  std::size_t packed_bytes_ = 0;
  std::uint64_t packed_sent_ = 0;
  bool busy_ = false;  // the socket is taking something
  Time started_;
  Time heard_;  // the last byte of the peer
  Time asked_;  // our last ping
  Time closed_;
  bool opened_ = false;
  bool trusted_ = false;
  bool held_ = false;
  bool closing_ = false;
  bool ended_ = false;
  std::optional<Error> why_;
};

}  // namespace weir::rtmp
