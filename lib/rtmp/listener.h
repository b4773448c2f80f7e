// Where peers come in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include "base/log.h"
#include "base/random.h"
#include "base/result.h"
#include "rtmp/connection.h"

namespace weir::rtmp {

struct ListenOptions {
  std::string address = "127.0.0.1";  ///< IPv4, or IPv6 without brackets; "::" takes both.
  std::uint16_t port = 1935;          ///< 0: one that is free.
  int fd = -1;                        ///< Borrowed: a socket that listens already, instead.
  std::size_t connections = 1000;     ///< In all; more are closed at once.
  std::size_t strangers = 16;         ///< Of one network_of() and not trusted yet.
  std::size_t all_strangers = 256;    ///< The same of all.
  Log* log = nullptr;                 ///< Borrowed. Is told of refusals, sparingly.
  ConnectionLimits connection;
};

/// Accepts connections and gives each a session.
/// End        The destructor closes the port and ends every connection, each of whose sessions
///            hears of it and is destroyed before. So it is not for a session to call.
/// Threads    All on the loop, or while it does not run yet or any more.
class Listener {
 public:
  /// Borrows `loop`, `tls` (nullptr: plain) and `random`. kUsage for what is no address, kIo for
  /// one that cannot be had, naming it.
  static Result<std::unique_ptr<Listener>> open(boost::asio::io_context& loop,
                                                const ListenOptions& options,
                                                boost::asio::ssl::context* tls,
                                                const Random& random,
                                                Connection::MakeSession make_session);
  ~Listener();

  std::uint16_t port() const;
  std::size_t connections() const;
  /// How many were closed at once because there were too many.
  std::uint64_t refused() const;

 private:
  class Door;
  explicit Listener(std::shared_ptr<Door> door);

  const std::shared_ptr<Door> door_;
};

}  // namespace weir::rtmp
