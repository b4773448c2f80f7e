// Viewers of HTTP-FLV who come and go.
//
//   edge_viewers PORT PATH VIEWERS CHURN SECONDS
//
// Keeps VIEWERS connected to 127.0.0.1, of whom CHURN a second leave and others come, each chosen
// by chance. Whoever comes has to be answered 200 and sent an FLV file; what follows is counted and
// thrown away. Prints one line; status 1 when a viewer was refused, garbled or sent away.
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace {

using Clock = std::chrono::steady_clock;

struct Facts {
  std::uint64_t came = 0, left = 0, begun = 0, refused = 0, garbled = 0, sent_away = 0, bytes = 0;
};

class Viewer {
 public:
  Viewer(std::uint16_t port, const std::string& request, int poll, std::uint32_t number) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in to{AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {}};
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return;
    is_connected_ = ::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) > 0;
    epoll_event event{EPOLLIN, {.u32 = number}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, fd_, &event);
  }
  ~Viewer() { ::close(fd_); }
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  bool is_connected() const { return is_connected_; }
  bool has_begun() const { return begun_; }
  /// False: it has ended.
  bool read(Facts& facts) {
    if (!begun_) return read_head(facts);
    const auto got = ::recv(fd_, nullptr, 4 << 20, MSG_TRUNC | MSG_DONTWAIT);
    if (got > 0) facts.bytes += static_cast<std::uint64_t>(got);
    return got > 0 || (got < 0 && errno == EAGAIN);
  }

 private:
  bool read_head(Facts& facts) {
    std::array<char, 1024> bytes;
    const auto got = ::recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    head_.append(bytes.data(), static_cast<std::size_t>(got));
    const auto end = head_.find("\r\n\r\n");
    if (end == head_.npos || head_.size() < end + 7) return true;
    facts.refused += head_.starts_with("HTTP/1.1 200 ") ? 0 : 1;
    facts.garbled += head_.compare(end + 4, 3, "FLV") == 0 ? 0 : 1;
    begun_ = true;
    ++facts.begun;
    head_ = {};
    return true;
  }

  int fd_ = -1;
  bool is_connected_ = false;
  bool begun_ = false;
  std::string head_;
};

class Crowd {
 public:
  Crowd(std::uint16_t port, const std::string& path, std::size_t size)
      : port_(port),
        request_("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"),
        poll_(::epoll_create1(0)),
        viewers_(size) {}

  void come(std::size_t number) {
    viewers_[number] =
        std::make_unique<Viewer>(port_, request_, poll_, static_cast<std::uint32_t>(number));
    ++facts.came;
    if (!viewers_[number]->is_connected()) ++facts.refused;
  }
  // Who leaves before it has begun would say nothing about whether it would have.
  void replace_one() {
    const std::size_t number = dice_() % viewers_.size();
    if (viewers_[number] && !viewers_[number]->has_begun()) return;
    ++facts.left;
    come(number);
  }
  void read(int patience_ms) {
    std::array<epoll_event, 256> events;
    const int count = ::epoll_wait(poll_, events.data(), events.size(), patience_ms);
    for (int i = 0; i < count; ++i) {
      auto& viewer = viewers_[events[static_cast<std::size_t>(i)].data.u32];
      if (!viewer || viewer->read(facts)) continue;
      ++facts.sent_away;
      viewer.reset();
    }
  }
  std::size_t size() const { return viewers_.size(); }

  Facts facts;

 private:
  const std::uint16_t port_;
  const std::string request_;
  const int poll_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  std::mt19937 dice_{1};
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 6)
    return fmt::print(stderr, "usage: edge_viewers PORT PATH VIEWERS CHURN SECONDS\n"), 2;
  Crowd crowd(static_cast<std::uint16_t>(std::atoi(arguments[1])), arguments[2],
              static_cast<std::size_t>(std::atoi(arguments[3])));
  const double churn = std::atof(arguments[4]);
  const double seconds = std::atof(arguments[5]);
  for (std::size_t i = 0; i < crowd.size(); ++i) {
    crowd.come(i);
    crowd.read(0);
  }
  const auto begin = Clock::now();
  double passed = 0;
  for (std::uint64_t changed = 0; passed < seconds;) {
    crowd.read(5);
    passed = std::chrono::duration<double>(Clock::now() - begin).count();
    for (; static_cast<double>(changed) < passed * churn; ++changed) crowd.replace_one();
  }
  const Facts& facts = crowd.facts;
  fmt::print("{} came, {} left, {} begun, {} refused, {} garbled, {} sent away, {:.0f} Mb/s\n",
             facts.came, facts.left, facts.begun, facts.refused, facts.garbled, facts.sent_away,
             static_cast<double>(facts.bytes) * 8e-6 / passed);
  return facts.refused + facts.garbled + facts.sent_away > 0 ? 1 : 0;
}
