#include "net/byte_stream.h"

#include <netinet/tcp.h>
#include <type_traits>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/os_error.h"
#include "net/resolve.h"
#include "net/tls.h"

namespace weir::net {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

auto into(error_code& ec) {
  return asio::redirect_error(asio::use_awaitable, ec);
}

bool is_end(const error_code& ec) {
  return ec == asio::error::eof || ec == ssl::error::stream_truncated;
}

Error describe(const error_code& ec) {
  if (ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor)
    return {Code::kStopped, "closed"};
  if (is_end(ec)) return {Code::kIo, "closed by the peer"};
  if (ec.category() == boost::system::system_category())
    return {Code::kIo, os_error_text(ec.value())};
  return {Code::kIo, ec.message()};
}

void set_options(tcp::socket& socket) {
  using UserTimeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
  const auto patience = ByteStream::kPeerPatience.count() / 1000;
  error_code ignored;  // a connection without them works too
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  socket.set_option(UserTimeout(static_cast<int>(patience)), ignored);
  socket.non_blocking(true, ignored);  // what is read when it has come; it may be gone by then
}

constexpr std::size_t kReadSize = 32 << 10;

// One for all streams of a loop.
class ReadBuffer : public asio::execution_context::service {
 public:
  static inline asio::execution_context::id id;
  static ReadBuffer& of(tcp::socket& socket) {
    return asio::use_service<ReadBuffer>(
        asio::query(socket.get_executor(), asio::execution::context));
  }
  explicit ReadBuffer(asio::execution_context& context) : service(context) {}

  Bytes bytes = Bytes(kReadSize);

 private:
  void shutdown() override {}
};

template <typename Stream>
class SocketStream : public ByteStream {
 public:
  template <typename... Args>
  SocketStream(bool server, std::string host, Args&&... args)
      : server_(server),
        host_(std::move(host)),
        stream_(std::forward<Args>(args)...),
        shared_(ReadBuffer::of(socket())) {
    set_options(socket());
    peer_ = peer_address(socket());
  }

  asio::awaitable<Result<void>> shake_hands() override {
    if constexpr (kTls) co_return co_await shake_tls_hands();
    co_return Result<void>();
  }

  asio::awaitable<Result<ByteView>> read() override {
    error_code ec;
    std::size_t size = 0;
    if constexpr (kTls)
      size = co_await stream_.async_read_some(asio::buffer(buffer()), into(ec));
    else
      do {
        co_await stream_.async_wait(tcp::socket::wait_read, into(ec));
        if (!ec) size = stream_.read_some(asio::buffer(buffer()), ec);
      } while (ec == asio::error::would_block);
    if (is_end(ec)) co_return ByteView();
    if (ec) co_return fail(describe(ec));
    co_return ByteView(buffer()).first(size);
  }

  asio::awaitable<Result<void>> write(ByteView bytes) override {
    error_code ec;
    co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), into(ec));
    if (ec) co_return fail(describe(ec));
    co_return Result<void>();
  }

  void end_writing() override {
    error_code ignored;
    socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  void close() override {
    error_code ignored;
    socket().close(ignored);
  }

  const std::string& peer() const override { return peer_; }

 private:
  static constexpr bool kTls = std::is_same_v<Stream, ssl::stream<tcp::socket>>;

  asio::awaitable<Result<void>> shake_tls_hands() {
    if (!server_) {
      auto expected = expect_host(stream_.native_handle(), host_);
      if (!expected) co_return expected;
    }
    error_code ec;
    co_await stream_.async_handshake(server_ ? ssl::stream_base::server : ssl::stream_base::client,
                                     into(ec));
    if (!ec) co_return Result<void>();
    const std::string fault = server_ ? "" : certificate_fault(stream_.native_handle());
    if (fault.empty()) co_return fail(describe(ec).within("TLS"));
    co_return fail(Code::kRefused, "certificate of '{}': {}; SSL_CERT_FILE names whom to trust",
                   host_, fault);
  }

  // What TLS reads may wait in the middle of a record, so each stream has its own.
  Bytes& buffer() {
    if constexpr (!kTls) return shared_.bytes;
    if (own_.empty()) own_.resize(kReadSize);
    return own_;
  }

  tcp::socket& socket() {
    if constexpr (kTls)
      return stream_.next_layer();
    else
      return stream_;
  }

  const bool server_;
  const std::string host_;
  Stream stream_;
  ReadBuffer& shared_;
  Bytes own_;
  std::string peer_;
};

std::unique_ptr<ByteStream> make_stream(tcp::socket socket, bool server, const std::string& host,
                                        ssl::context* tls) {
  if (tls == nullptr)
    return std::make_unique<SocketStream<tcp::socket>>(server, host, std::move(socket));
  return std::make_unique<SocketStream<ssl::stream<tcp::socket>>>(server, host, std::move(socket),
                                                                  *tls);
}

// The socket is shared with the timer, whose handler may run after the connection was made.
asio::awaitable<Result<tcp::socket>> connect_to(tcp::endpoint address, Micros timeout) {
  const auto executor = co_await asio::this_coro::executor;
  const auto socket = std::make_shared<tcp::socket>(executor);
  asio::steady_timer timer(executor, timeout);
  timer.async_wait([socket](const error_code& cancelled) {
    error_code ignored;
    if (!cancelled) socket->close(ignored);
  });
  error_code ec;
  co_await socket->async_connect(address, into(ec));
  if (!socket->is_open()) co_return fail(Code::kTimeout, "no connection in time");
  if (ec) co_return fail(describe(ec));
  co_return std::move(*socket);
}

}  // namespace

std::string peer_address(const tcp::socket& socket) {
  error_code gone;
  const auto peer = socket.remote_endpoint(gone);
  return gone ? "" : address_text(peer.address());
}

std::unique_ptr<ByteStream> accepted_stream(tcp::socket socket, ssl::context* tls) {
  return make_stream(std::move(socket), true, "", tls);
}

asio::awaitable<Result<std::unique_ptr<ByteStream>>> connect_stream(std::string host,
                                                                    std::uint16_t port,
                                                                    ssl::context* tls,
                                                                    Micros timeout) {
  auto addresses = co_await resolve(host, port);
  if (!addresses) co_return fail(std::move(addresses).error());
  Error last;
  for (const auto& address : *addresses) {
    auto socket = co_await connect_to(address, timeout);
    if (socket) co_return make_stream(std::move(*socket), false, host, tls);
    last = std::move(socket).error();
  }
  co_return fail(std::move(last));
}

}  // namespace weir::net
