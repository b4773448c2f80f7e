// A client that publishes or plays one stream.
// Source: as connection.h and client_dialogue.h.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include "base/random.h"
#include "base/result.h"
#include "base/units.h"
#include "flv/tag.h"
#include "rtmp/client_dialogue.h"
#include "rtmp/connection.h"

namespace weir::rtmp {

struct ClientLimits {
  Micros connect{5'000'000};  ///< For each address of the host.
  ConnectionLimits connection;
};

/// What the owner of a client does with the stream. All calls on the loop, in this order.
class ClientHandler {
 public:
  virtual ~ClientHandler() = default;
  /// The server said yes: publish() may be called, or tags come.
  virtual void started(const Capabilities& /*server*/) {}
  /// To a player. Stamps are unwound to 64 bits, the first as it came.
  virtual void take(flv::Tag) {}
  /// The server is going to leave: a new client should go there soon.
  virtual void asked_to_move(const Url& /*url*/, const std::string& /*text*/) {}
  /// Nothing follows. kStopped: what was played is over, or finish(). Otherwise as ClientDialogue,
  /// Connection and net::connect_stream() tell; the text names no stream and no key.
  virtual void ended(const Error& why) = 0;
};

/// Follows one redirection, if the options say so. Does not try again by itself.
/// End        The destructor, at once and without a call; not from a handler's call.
/// Threads    All on the loop, or while it does not run.
class Client {
 public:
  /// Borrows `loop`, `tls` (for a URL that is secure; nullptr: those fail with kUsage) and
  /// `random`. Connects in the background.
  Client(boost::asio::io_context& loop, ClientOptions options, const ClientLimits& limits,
         boost::asio::ssl::context* tls, const Random& random,
         std::unique_ptr<ClientHandler> handler);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Queues, never waits; without effect unless started to publish.
  void publish(flv::Tag tag);
  /// Bytes the server has not taken yet. Beyond ConnectionLimits::output the end comes, so a caller
  /// drops before.
  std::size_t queued() const;
  /// As a player: nothing more is read while held.
  void hold(bool held);
  /// Takes leave when all was written; ended() follows.
  void finish();
  WireFacts facts() const;

 private:
  class Core;
  class Talk;
  const std::shared_ptr<Core> core_;
};

}  // namespace weir::rtmp
