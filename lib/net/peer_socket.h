// A socket that was accepted and never waits, plain or under TLS: what can be done now is done.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/ssl.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

namespace weir::net {

enum class Step : std::uint8_t {
  kDone,
  kRead,   ///< Goes on when the socket can be read.
  kWrite,  ///< Goes on when it can be written.
  kEnded,  ///< The peer has ended, or something broke.
};

struct Moved {
  Step step = Step::kDone;
  std::size_t count = 0;  ///< Bytes, with kDone; then at least one.
};

/// Without delay (Nagle). Under TLS what could not be written must be what is written next.
/// Memory     Under TLS some kilobytes while it is idle, a record's more while one is half sent.
/// Threads    One at a time; where its loop runs, for wait() and read_into().
class PeerSocket {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  explicit PeerSocket(Socket socket);
  /// A TLS server, whose handshake comes first.
  PeerSocket(Socket socket, SSL_CTX* tls);

  /// kDone at once without TLS.
  Step shake_hands();
  /// What both agreed to speak ("h2"); "" when nothing was said about it.
  std::string_view protocol() const;
  bool is_secure() const { return tls_ != nullptr; }

  Moved read(std::span<std::uint8_t> into);
  /// `more` follows at once.
  Moved write(std::span<const iovec> parts, bool more = false);
  Moved send_file(int file, std::uint64_t offset, std::uint64_t size);
  /// Tells the peer that nothing follows.
  void end_writing();

  /// Calls `handler(error)` when a step of that kind may go on.
  template <typename Handler>
  void wait(Step step, Handler handler) {
    socket_.async_wait(step == Step::kWrite ? Socket::wait_write : Socket::wait_read,
                       std::move(handler));
  }
  /// Calls `handler(error, count)`, never from within; 0 bytes without an error: to be called
  /// again. `into` stays there meanwhile.
  template <typename Handler>
  void read_into(std::span<std::uint8_t> into, Handler handler) {
    using boost::system::error_code;
    if (!tls_) {
      socket_.async_read_some(boost::asio::buffer(into.data(), into.size()), std::move(handler));
      return;
    }
    const Moved moved = read(into);
    if (moved.step == Step::kRead || moved.step == Step::kWrite)
      return wait(moved.step, [handler = std::move(handler)](const error_code& error) mutable {
        handler(error, std::size_t{0});
      });
    boost::asio::post(socket_.get_executor(), [moved, handler = std::move(handler)]() mutable {
      const bool ended = moved.step == Step::kEnded;
      handler(ended ? error_code(boost::asio::error::eof) : error_code(), moved.count);
    });
  }

  /// To another loop, while nothing waits. False: it is of no further use.
  bool move_to(boost::asio::io_context& loop);
  void close();
  /// The peer has ended, whether or not what it sent before has been read.
  bool has_left();
  /// The peer's address without its port, "" when it was gone at once.
  std::string peer() const;
  boost::asio::any_io_executor executor() { return socket_.get_executor(); }

 private:
  struct FreeTls {
    void operator()(SSL* tls) const { SSL_free(tls); }
  };
  Moved read_tls(std::span<std::uint8_t> into);
  Moved write_tls(std::span<const iovec> parts);
  Step step_of(int result);

  Socket socket_;
  std::unique_ptr<SSL, FreeTls> tls_;
};

}  // namespace weir::net
