#include "net/inherited.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace weir::net {
namespace {

constexpr int kFirst = 3;
constexpr int kMost = 64;

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

int number(std::string_view digits) {
  int out = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return fault == std::errc{} && end == digits.data() + digits.size() ? out : 0;
}

int option(int fd, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

bool listens_for_tcp(int fd) {
  const int domain = option(fd, SO_DOMAIN);
  return (domain == AF_INET || domain == AF_INET6) && option(fd, SO_TYPE) == SOCK_STREAM &&
         option(fd, SO_ACCEPTCONN) == 1;
}

ListeningSocket place_of(int fd) {
  sockaddr_storage where{};
  socklen_t size = sizeof where;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&where), &size);
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (where.ss_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(where);
    ::inet_ntop(AF_INET, &four.sin_addr, text.data(), text.size());
    return {fd, text.data(), ntohs(four.sin_port)};
  }
  const auto& six = reinterpret_cast<const sockaddr_in6&>(where);
  ::inet_ntop(AF_INET6, &six.sin6_addr, text.data(), text.size());
  return {fd, text.data(), ntohs(six.sin6_port)};
}

}  // namespace

std::vector<InheritedSocket> parse_inherited(std::string_view count, std::string_view names) {
  std::vector<InheritedSocket> out;
  const int sockets = std::clamp(number(count), 0, kMost);
  for (int i = 0; i < sockets; ++i) {
    const auto colon = std::min(names.find(':'), names.size());
    const std::string_view name = names.substr(0, colon);
    out.push_back({name.empty() ? "unknown" : std::string(name), kFirst + i});
    names.remove_prefix(std::min(colon + 1, names.size()));
  }
  return out;
}

const std::vector<InheritedSocket>& inherited_sockets() {
  static const std::vector<InheritedSocket> kAll = [] {
    std::vector<InheritedSocket> out;
    if (number(variable("LISTEN_PID")) == ::getpid())
      out = parse_inherited(variable("LISTEN_FDS"), variable("LISTEN_FDNAMES"));
    for (const auto& each : out) ::fcntl(each.fd, F_SETFD, FD_CLOEXEC);
    return out;
  }();
  return kAll;
}

Result<ListeningSocket> inherited_socket(std::string_view name,
                                         const std::vector<InheritedSocket>& all) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const InheritedSocket& each) { return each.name == name; });
  if (found == all.end())
    return fail(Code::kUsage, "no socket '{}' was handed over: see FileDescriptorName= of its unit",
                name);
  if (!listens_for_tcp(found->fd))
    return fail(Code::kUsage, "the socket '{}' that was handed over does not listen for TCP", name);
  return place_of(found->fd);
}

}  // namespace weir::net
