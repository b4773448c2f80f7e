// A server that publishers and players come to.
// Source: as listener.h, connection.h and server_dialogue.h.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include "base/random.h"
#include "base/result.h"
#include "flv/tag.h"
#include "rtmp/listener.h"
#include "rtmp/stream_name.h"

namespace weir::rtmp {

/// Who asks to publish or to play.
struct Visitor {
  StreamName name;
  std::string address;  ///< Of the peer, without its port.
  std::string agent;    ///< What it calls itself: one line, not to be trusted.
};

/// The server's end of one stream that is published or played. May outlive its connection: then
/// nothing has an effect. All calls on the loop.
class ServedStream {
 public:
  virtual ~ServedStream() = default;
  /// Of a publisher: while held, no more of it is read. That is the back-pressure.
  virtual void hold(bool held) = 0;
  /// To a player, from its start on. Never waits: see queued().
  virtual void send(const flv::Tag& tag) = 0;
  /// Its message stream id: what packed messages have to be for.
  virtual std::uint32_t id() const = 0;
  /// To a player, without a copy: see Connection::send_packed().
  virtual void send_packed(ByteView chunks, std::shared_ptr<const void> owner) = 0;
  /// Bytes waiting for the peer to take them; beyond ConnectionLimits::output it is sent away.
  virtual std::size_t queued() const = 0;
  /// Puts the peer out, with all its streams and a line for the person there. ended() follows,
  /// not from within this call.
  virtual void end(std::string text) = 0;
};

/// What the owner of a server does with one stream. All calls on the loop, in this order.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;
  /// The peer was told that it may publish, or play.
  virtual void started() {}
  /// From a publisher. Stamps are unwound to 64 bits, the first as it came.
  virtual void take(flv::Tag) {}
  /// The peer has taken all that was sent to it.
  virtual void drained() {}
  /// Nothing follows. kStopped: it ended its stream, or end() or the server did; otherwise as
  /// Connection tells.
  virtual void ended(const Error& why) = 0;
};

/// Answers at once. The failure's text is told to the peer, and is to hold no secret.
using StreamGate = std::function<Result<std::unique_ptr<StreamHandler>>(
    const Visitor& visitor, std::shared_ptr<ServedStream> stream)>;

struct StreamGates {
  StreamGate publish;  ///< Empty: nobody may.
  StreamGate play;     ///< The same.
};

/// A peer that was refused a stream, or has ended all it had, is sent away.
/// End        The destructor; every handler hears of it before. Not from a handler's call.
/// Threads    All on the loop, or while it does not run.
class Server {
 public:
  /// Borrows and fails as Listener::open().
  static Result<std::unique_ptr<Server>> open(boost::asio::io_context& loop,
                                              const ListenOptions& options, StreamGates gates,
                                              boost::asio::ssl::context* tls, const Random& random);

  std::uint16_t port() const { return listener_->port(); }
  const Listener& listener() const { return *listener_; }

 private:
  explicit Server(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}

  std::unique_ptr<Listener> listener_;
};

}  // namespace weir::rtmp
