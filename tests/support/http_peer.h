// A client that sends what it is told and tells what it was sent, byte for byte.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::support {

class HttpPeer {
 public:
  explicit HttpPeer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    is_connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  ~HttpPeer() { ::close(fd_); }
  HttpPeer(const HttpPeer&) = delete;
  HttpPeer& operator=(const HttpPeer&) = delete;

  bool is_connected() const { return is_connected_; }
  int fd() const { return fd_; }
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  /// What comes until `mark` has, or the end.
  std::string read_to(std::string_view mark) const {
    std::string out;
    char c = 0;
    while (!out.ends_with(mark) && ::recv(fd_, &c, 1, 0) == 1) out.push_back(c);
    return out;
  }
  std::string read_some(std::size_t size) const {
    std::string out(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
      const auto count = ::recv(fd_, out.data() + filled, size - filled, 0);
      if (count <= 0) break;
      filled += static_cast<std::size_t>(count);
    }
    out.resize(filled);
    return out;
  }
  /// All that comes until the server closes.
  std::string read_all() const {
    std::string out;
    for (std::string part = read_some(65536); !part.empty(); part = read_some(65536)) out += part;
    return out;
  }
  /// The status of the next answer and its content, which has a length.
  std::string get(std::string_view request) const {
    send(request);
    return next_answer();
  }
  std::string next_answer() const {
    const std::string head = read_to("\r\n\r\n");
    const auto at = head.find("Content-Length: ");
    const std::size_t size = at == head.npos ? 0 : std::stoul(head.substr(at + 16));
    return head.substr(0, head.find("\r\n")) + "|" + read_some(size);
  }

 private:
  const int fd_;
  bool is_connected_ = false;
};

}  // namespace weir::support
