#include "net/peer_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <openssl/bio.h>
#include <openssl/err.h>

#include "net/resolve.h"

namespace weir::net {

using boost::system::error_code;

namespace {

constexpr std::size_t kRecord = 16 << 10;  // the most a TLS record holds

int fd_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool may_go_on(int error) {
  return error == EAGAIN || error == EINTR || error == ENOBUFS;
}

// OpenSSL's own would raise SIGPIPE.
int bio_write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const auto sent = ::send(fd_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && may_go_on(errno)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  const auto got = ::recv(fd_of(bio), into, static_cast<std::size_t>(size), 0);
  if (got < 0 && may_go_on(errno)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

long bio_control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* socket_bio() {
  static BIO_METHOD* const kMethod = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "weir socket");
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_ctrl(method, bio_control);
    return method;
  }();
  return kMethod;
}

BIO* make_bio(int fd) {
  BIO* bio = BIO_new(socket_bio());
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
  BIO_set_init(bio, 1);
  return bio;
}

Moved moved_by(ssize_t count) {
  if (count > 0) return {Step::kDone, static_cast<std::size_t>(count)};
  return {count < 0 && may_go_on(errno) ? Step::kWrite : Step::kEnded};
}

}  // namespace

PeerSocket::PeerSocket(Socket socket) : socket_(std::move(socket)) {
  error_code ignored;
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  socket_.native_non_blocking(true, ignored);
  socket_.non_blocking(true, ignored);
}

PeerSocket::PeerSocket(Socket socket, SSL_CTX* tls) : PeerSocket(std::move(socket)) {
  tls_.reset(SSL_new(tls));
  SSL_set_mode(tls_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
  BIO* const bio = make_bio(socket_.native_handle());
  SSL_set_bio(tls_.get(), bio, bio);
  SSL_set_accept_state(tls_.get());
}

Step PeerSocket::step_of(int result) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Step::kRead;
    case SSL_ERROR_WANT_WRITE:
      return Step::kWrite;
    default:
      return Step::kEnded;
  }
}

Step PeerSocket::shake_hands() {
  if (!tls_) return Step::kDone;
  ERR_clear_error();
  const int result = SSL_do_handshake(tls_.get());
  return result == 1 ? Step::kDone : step_of(result);
}

std::string_view PeerSocket::protocol() const {
  if (!tls_) return {};
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(tls_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

Moved PeerSocket::read(std::span<std::uint8_t> into) {
  if (tls_) return read_tls(into);
  const auto got = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
  Moved out = moved_by(got);
  if (out.step == Step::kWrite) out.step = Step::kRead;
  return out;
}

Moved PeerSocket::read_tls(std::span<std::uint8_t> into) {
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(tls_.get(), into.data(), into.size(), &count);
  if (result == 1) return {Step::kDone, count};
  return {step_of(result)};
}

Moved PeerSocket::write(std::span<const iovec> parts, bool more) {
  if (tls_) return write_tls(parts);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  return moved_by(::sendmsg(socket_.native_handle(), &message,
                            MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0)));
}

// Small parts share a record. A second try has the same bytes in front, and never fewer.
Moved PeerSocket::write_tls(std::span<const iovec> parts) {
  std::array<std::uint8_t, kRecord> record;
  std::size_t filled = 0;
  const void* from = record.data();
  if (!parts.empty() && parts[0].iov_len >= kRecord) {
    from = parts[0].iov_base;
    filled = kRecord;
  } else {
    for (const iovec& part : parts) {
      const std::size_t share = std::min(part.iov_len, kRecord - filled);
      if (share > 0) std::memcpy(record.data() + filled, part.iov_base, share);
      filled += share;
    }
  }
  if (filled == 0) return {Step::kEnded};
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_write_ex(tls_.get(), from, filled, &count);
  if (result == 1) return {Step::kDone, count};
  return {step_of(result)};
}

Moved PeerSocket::send_file(int file, std::uint64_t offset, std::uint64_t size) {
  auto at = static_cast<off_t>(offset);
  if (!tls_) return moved_by(::sendfile(socket_.native_handle(), file, &at, size));
  std::array<std::uint8_t, kRecord> bytes;
  const auto got = ::pread(file, bytes.data(), std::min<std::uint64_t>(size, bytes.size()), at);
  if (got <= 0) return {Step::kEnded};
  const iovec part{bytes.data(), static_cast<std::size_t>(got)};
  return write_tls({&part, 1});
}

// A client that is told of the end by TLS knows that nothing was cut off.
void PeerSocket::end_writing() {
  if (tls_) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  }
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

bool PeerSocket::move_to(boost::asio::io_context& loop) {
  error_code error;
  const auto protocol = socket_.local_endpoint(error).protocol();
  if (error) return false;
  const int descriptor = socket_.release(error);
  if (error) return false;
  socket_ = Socket(loop);
  socket_.assign(protocol, descriptor, error);
  if (error) {
    ::close(descriptor);
    return false;
  }
  socket_.non_blocking(true, error);
  return true;
}

void PeerSocket::close() {
  tls_.reset();  // it knows the descriptor, which may be another's from now on
  error_code ignored;
  socket_.close(ignored);
}

bool PeerSocket::has_left() {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return true;
  return info.tcpi_state == TCP_CLOSE_WAIT || info.tcpi_state == TCP_CLOSE;
}

std::string PeerSocket::peer() const {
  error_code gone;
  const auto endpoint = socket_.remote_endpoint(gone);
  return gone ? "" : address_text(endpoint.address());
}

}  // namespace weir::net
