// A connected socket, plain or under TLS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "base/units.h"

namespace weir::net {

/// Without delay (Nagle), with keep-alive; a peer that confirms nothing for kPeerPatience, though
/// it should, is given up by the kernel.
/// Waiting    As long as it takes: deadlines are the caller's, who then calls close().
/// Failure    kIo; kStopped after close().
/// Threads    All on the loop; one read and one write at a time. Whoever waits keeps it alive.
class ByteStream {
 public:
  static constexpr Micros kPeerPatience{15'000'000};

  virtual ~ByteStream() = default;
  /// First of all. Does nothing without TLS. kRefused, with the reason, for a certificate that does
  /// not name the server or is not trusted.
  virtual boost::asio::awaitable<Result<void>> shake_hands() = 0;
  /// What came, at least one byte; nothing once the peer has ended. Borrowed until the caller waits
  /// for anything: all plain streams of a loop read into one buffer, and those that wait have none.
  virtual boost::asio::awaitable<Result<ByteView>> read() = 0;
  /// All of them; borrowed until then.
  virtual boost::asio::awaitable<Result<void>> write(ByteView bytes) = 0;
  /// Tells the peer that nothing follows; reading goes on.
  virtual void end_writing() = 0;
  /// At once. Any number of times.
  virtual void close() = 0;
  /// The peer's address without its port, "" when it was gone at once.
  virtual const std::string& peer() const = 0;
};

/// Of the other end, as ByteStream::peer().
std::string peer_address(const boost::asio::ip::tcp::socket& socket);

/// A socket that was accepted; a TLS server when `tls` (borrowed) is there.
std::unique_ptr<ByteStream> accepted_stream(boost::asio::ip::tcp::socket socket,
                                            boost::asio::ssl::context* tls);

/// To the first address of `host` that takes it within the timeout (for each); a TLS client when
/// `tls` (borrowed) is there. kIo or kTimeout.
boost::asio::awaitable<Result<std::unique_ptr<ByteStream>>> connect_stream(
    std::string host, std::uint16_t port, boost::asio::ssl::context* tls, Micros timeout);

}  // namespace weir::net
