// A server that does to each request what the test says, on a port of the loopback interface.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

namespace weir::support {

struct Seen {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
  int connection = 0;  ///< Counted from 1.
};

struct Answer {
  enum class Then {
    kKeep,            ///< Answer, wait for the next request.
    kClose,           ///< Answer with Connection: close, and do so.
    kCloseAfterHead,  ///< Promise content, close before it.
    kCloseQuietly,    ///< Answer as if the connection stayed, and close it.
    kHang,            ///< No answer until the client goes away or the server ends.
    kReset,           ///< No answer but a reset.
    kGarbage,         ///< Something that is not HTTP.
  };
  int status = 201;
  Then then = Then::kKeep;
  std::string headers{};  ///< Further lines, each with its "\r\n".
  std::string body{};
  bool continue_first = false;              ///< "100 Continue" before the answer.
  const std::atomic<bool>* gate = nullptr;  ///< The answer comes when it is true.
};

class HttpServer {
 public:
  using Script = std::function<Answer(const Seen&)>;

  /// `script` is called from several threads, one call at a time.
  explicit HttpServer(Script script = [](const Seen&) { return Answer{}; })
      : script_(std::move(script)), stop_(::eventfd(0, 0)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
        ::listen(listener_, 64) == 0 &&
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0)
      port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
  }
  ~HttpServer() {
    const std::uint64_t one = 1;
    if (::write(stop_, &one, sizeof one) < 0) std::abort();
    accepting_.join();
    for (auto& thread : serving_) thread.join();
    ::close(listener_);
    ::close(stop_);
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }
  std::string url(std::string_view path) const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
  }
  std::vector<Seen> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  /// "PUT /a" and so on, in the order they came.
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (const auto& each : seen()) out.push_back(each.method + " " + each.target);
    return out;
  }
  /// What was put with success and not removed.
  std::map<std::string, std::string> files() const {
    const std::lock_guard lock(mutex_);
    return files_;
  }

 private:
  void accept_all() {
    for (int number = 1; readable(listener_); ++number) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd >= 0) serving_.emplace_back([this, fd, number] { serve(fd, number); });
    }
  }
  /// False when the server ends.
  bool readable(int fd) const {
    pollfd fds[2] = {{fd, POLLIN, 0}, {stop_, POLLIN, 0}};
    return ::poll(fds, 2, -1) > 0 && (fds[1].revents & POLLIN) == 0;
  }

  void serve(int fd, int number) {
    std::string pending;
    while (auto request = read_request(fd, pending)) {
      request->connection = number;
      if (!answer(fd, *request)) break;
    }
    ::close(fd);
  }

  bool more(int fd, std::string& pending) const {
    char block[65536];
    if (!readable(fd)) return false;
    const auto size = ::recv(fd, block, sizeof block, 0);
    if (size <= 0) return false;
    pending.append(block, static_cast<std::size_t>(size));
    return true;
  }

  std::optional<Seen> read_request(int fd, std::string& pending) const {
    std::size_t end = 0;
    while ((end = pending.find("\r\n\r\n")) == std::string::npos)
      if (!more(fd, pending)) return {};
    Seen out = read_head(pending.substr(0, end + 2));
    pending.erase(0, end + 4);
    const auto length = out.headers.find("content-length");
    const std::size_t wanted = length == out.headers.end() ? 0 : std::stoul(length->second);
    while (pending.size() < wanted)
      if (!more(fd, pending)) return {};
    out.body = pending.substr(0, wanted);
    pending.erase(0, wanted);
    return out;
  }

  static Seen read_head(const std::string& head) {
    Seen out;
    std::size_t at = head.find("\r\n");
    const std::string first = head.substr(0, at);
    out.method = first.substr(0, first.find(' '));
    out.target = first.substr(out.method.size() + 1, first.rfind(' ') - out.method.size() - 1);
    for (at += 2; at < head.size();) {
      const std::size_t end = head.find("\r\n", at);
      const std::size_t colon = head.find(':', at);
      std::string name = head.substr(at, colon - at);
      for (char& c : name) c = static_cast<char>(std::tolower(c));
      out.headers[name] = head.substr(colon + 2, end - colon - 2);
      at = end + 2;
    }
    return out;
  }

  /// False: the connection is over.
  bool answer(int fd, const Seen& request) {
    using Then = Answer::Then;
    std::unique_lock lock(mutex_);
    seen_.push_back(request);
    const Answer answer = script_(request);
    const bool silent = answer.then == Then::kHang || answer.then == Then::kReset;
    if (answer.status / 100 == 2 && !silent && request.method == "PUT")
      files_[request.target] = request.body;
    if (answer.status / 100 == 2 && !silent && request.method == "DELETE")
      files_.erase(request.target);
    lock.unlock();
    while (answer.gate != nullptr && !*answer.gate)
      if (pollfd end{stop_, POLLIN, 0}; ::poll(&end, 1, 1) > 0) return false;
    if (answer.then == Then::kHang) return hang(fd);
    if (answer.then == Then::kReset) return reset(fd);
    say(fd, answer.then == Then::kGarbage ? "no such protocol\r\n\r\n" : text_of(answer));
    return answer.then == Then::kKeep;
  }

  bool hang(int fd) const {
    std::string ignored;
    while (more(fd, ignored)) ignored.clear();
    return false;
  }
  static bool reset(int fd) {
    const linger now{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    return false;
  }
  static void say(int fd, const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      const auto n = ::send(fd, text.data() + at, text.size() - at, MSG_NOSIGNAL);
      if (n <= 0) return;
      at += static_cast<std::size_t>(n);
    }
  }
  static std::string text_of(const Answer& answer) {
    using Then = Answer::Then;
    std::string out = answer.continue_first ? "HTTP/1.1 100 Continue\r\n\r\n" : "";
    out += fmt::format("HTTP/1.1 {} Scripted\r\n{}", answer.status, answer.headers);
    if (answer.then == Then::kClose) out += "Connection: close\r\n";
    if (answer.then == Then::kCloseAfterHead) return out + "Content-Length: 10\r\n\r\n";
    if (answer.status == 204) return out + "\r\n";
    return out + fmt::format("Content-Length: {}\r\n\r\n{}", answer.body.size(), answer.body);
  }

  const Script script_;
  const int stop_;
  int listener_ = -1;
  int port_ = 0;
  std::thread accepting_;
  std::vector<std::thread> serving_;  // of accept_all(), until it has ended
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;  // these two guarded by mutex_
  std::map<std::string, std::string> files_;
};

}  // namespace weir::support
