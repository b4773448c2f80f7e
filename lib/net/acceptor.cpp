#include "net/acceptor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/os_error.h"

namespace weir::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

error_code share_port(tcp::acceptor& acceptor) {
  const int on = 1;
  if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0)
    return {};
  return {errno, boost::system::system_category()};
}

}  // namespace

Result<void> listen_on(tcp::acceptor& acceptor, const std::string& address, std::uint16_t port,
                       bool shared) {
  error_code ec;
  const auto parsed = asio::ip::make_address(address, ec);
  if (ec) return fail(Code::kUsage, "'{}' is no address to listen on", address);
  const tcp::endpoint endpoint(parsed, port);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec && shared) ec = share_port(acceptor);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) return {};
  return fail(Code::kIo, "cannot listen on {} port {}: {}", address, port,
              os_error_text(ec.value()));
}

Result<void> listen_on_socket(tcp::acceptor& acceptor, int fd) {
  sockaddr_storage where{};
  socklen_t size = sizeof where;
  const bool known = ::getsockname(fd, reinterpret_cast<sockaddr*>(&where), &size) == 0;
  const int mine = known ? ::fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
  if (mine < 0) return fail(Code::kIo, "cannot listen on socket {}: {}", fd, os_error_text(errno));
  error_code ec;
  acceptor.assign(where.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), mine, ec);
  if (!ec) return {};
  ::close(mine);
  return fail(Code::kIo, "cannot listen on socket {}: {}", fd, os_error_text(ec.value()));
}

std::uint16_t port_of(const tcp::acceptor& acceptor) {
  error_code closed;
  return acceptor.local_endpoint(closed).port();
}

}  // namespace weir::net
