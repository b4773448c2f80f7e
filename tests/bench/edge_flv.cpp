// One stream of 2.4 Mb/s for many viewers: what they cost the server, and what they get.
//
//   edge_flv [VIEWERS [STOPPED [SECONDS [BATCH_MS]]]]
//
// The server runs on core 0, its load on core 1. Each picture carries the moment it was made. The
// load client checks all FLV framing and stamps; of STOPPED viewers it reads nothing.
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "edge/hub_timer.h"
#include "edge/live_sockets.h"
#include "flv/body.h"
#include "flv/tag.h"
#include "pin.h"

namespace {

using namespace weir;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;
using bench::pin;

constexpr int kFps = 25;
constexpr std::size_t kPicture = 2'400'000 / 8 / kFps - 30;
constexpr std::size_t kClockAt = flv::kTagOverhead - 4 + 5;  // of the moment, in a picture's tag

struct Plan {
  int viewers = 2000;
  int stopped = 0;
  int seconds = 20;
  int batch_ms = 300;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_kb() {
  long all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return static_cast<double>(resident) * 4;
}

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::system().monotonic()).count();
}

// ---- The server: a hub, a door and a publisher.

class Server {
 public:
  Server(const Plan& plan, int port_pipe) : plan_(plan), hub_(limits(plan), Clock::system()) {
    acceptor_.listen();
    const auto port = acceptor_.local_endpoint().port();
    if (::write(port_pipe, &port, sizeof port) != sizeof port) std::exit(1);
  }

  void run() {
    publication_.emplace(*hub_.publish("live/x", {}));
    publication_->take({flv::TagType::kVideo, 0,
                        flv::video_configuration(flv::kAvcId, Bytes{1, 100, 0, 31, 0xff})});
    empty_kb_ = resident_kb();
    start_ = std::chrono::steady_clock::now();
    accept();
    publish();
    report();
    loop_.run_for(std::chrono::seconds(plan_.seconds + 8));
  }

 private:
  static edge::HubLimits limits(const Plan& plan) {
    edge::HubLimits out;
    out.live.batch = std::chrono::milliseconds(plan.batch_ms);
    return out;
  }
  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (error) return;
      static_cast<void>(sockets_.add(
          {net::PeerSocket(std::move(socket)), {as_bytes("HTTP/1.1 200 OK\r\n\r\n"), nullptr}},
          [this](edge::ViewerOwner& owner) {
            return hub_.play("live/x", owner, edge::Form::kFlv, edge::Via::kHttpFlv);
          }));
      accept();
    });
  }
  void publish() {
    Bytes sample(kPicture, 0x55);
    const std::int64_t made = now_us();
    std::memcpy(sample.data(), &made, sizeof made);
    publication_->take({flv::TagType::kVideo, picture_ * 1000 / kFps,
                        flv::video_frame(flv::kAvcId, {.key = picture_ % 50 == 0}, sample)});
    ++picture_;
    timer_.expires_at(start_ + picture_ * 1000ms / kFps);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) publish();
    });
  }
  // Measures from the fifth second on, when all have come.
  void report() {
    report_.expires_at(start_ + 5s);
    report_.async_wait([this](const boost::system::error_code&) {
      const double cpu = cpu_seconds();
      report_.expires_at(start_ + 5s + std::chrono::seconds(plan_.seconds));
      report_.async_wait([this, cpu](const boost::system::error_code&) {
        const auto& counters = hub_.find("live/x")->counters().of(edge::Via::kHttpFlv);
        fmt::print(
            "server: {:.1f} % of a core, {:.1f} KB a viewer, {} sockets, {} skips, "
            "{} frames skipped, {} evicted, {} KB kept\n",
            (cpu_seconds() - cpu) / plan_.seconds * 100,
            (resident_kb() - empty_kb_) / plan_.viewers, sockets_.count(), counters.skips,
            counters.skipped_frames, counters.evicted, hub_.find("live/x")->kept() / 1024);
        std::fflush(stdout);
      });
    });
  }

  const Plan plan_;
  edge::Hub hub_;
  std::optional<edge::Publication> publication_;
  asio::io_context loop_{1};
  tcp::acceptor acceptor_{loop_, {asio::ip::make_address("127.0.0.1"), 0}};
  edge::LiveSockets sockets_;
  edge::HubTimer beat_{loop_, hub_, Clock::system()};
  asio::steady_timer timer_{loop_}, report_{loop_};
  std::chrono::steady_clock::time_point start_;
  std::int64_t picture_ = 0;
  double empty_kb_ = 0;
};

// ---- The load.

struct Facts {
  std::uint64_t tags = 0, faults = 0, gaps = 0, bytes = 0;
  std::vector<std::int64_t> delays_us;
};

/// Reads one viewer's bytes, holding no more of them than a tag's first thirty.
class Reader {
 public:
  void take(ByteView bytes, Facts& facts) {
    while (!bytes.empty()) {
      if (skip_ > 0) {
        const std::size_t part = std::min(skip_, bytes.size());
        skip_ -= part;
        bytes = bytes.subspan(part);
        continue;
      }
      const std::size_t part = std::min(want_ - have_, bytes.size());
      std::memcpy(head_.data() + have_, bytes.data(), part);
      have_ += part;
      bytes = bytes.subspan(part);
      if (have_ == want_) step(facts);
    }
  }

 private:
  enum class At { kFile, kTag, kClock, kSize };
  std::uint32_t number(std::size_t at, int size) const {
    std::uint32_t value = 0;
    for (int i = 0; i < size; ++i) value = value << 8 | head_[at + static_cast<std::size_t>(i)];
    return value;
  }
  void expect(At at, std::size_t want) {
    at_ = at;
    want_ = want;
    have_ = 0;
  }
  void step(Facts& facts) {
    switch (at_) {
      case At::kFile:
        if (std::memcmp(head_.data() + 19, "FLV\1", 4) != 0) ++facts.faults;
        return expect(At::kTag, 11);
      case At::kTag:
        size_ = number(1, 3);
        if (head_[0] != 9 || number(8, 3) != 0) ++facts.faults;
        take_stamp(number(4, 3), facts);
        if (size_ < kPicture) {
          skip_ = size_;
          return expect(At::kSize, 4);
        }
        return expect(At::kClock, 13);
      case At::kClock: {
        std::int64_t made = 0;
        std::memcpy(&made, head_.data() + 5, sizeof made);
        if (facts.tags++ % 97 == 0 && caught_up_) facts.delays_us.push_back(now_us() - made);
        caught_up_ = caught_up_ || now_us() - made < 400'000;
        skip_ = size_ - 13;
        return expect(At::kSize, 4);
      }
      case At::kSize:
        if (number(0, 4) != size_ + 11) ++facts.faults;
        return expect(At::kTag, 11);
    }
  }
  void take_stamp(std::uint32_t stamp, Facts& facts) {
    if (stamp < last_) ++facts.faults;
    if (started_ && stamp > last_ + 1000 / kFps) ++facts.gaps;
    started_ = started_ || stamp > 0;
    last_ = stamp;
  }

  std::array<std::uint8_t, 32> head_{};
  At at_ = At::kFile;
  std::size_t want_ = 32, have_ = 0, skip_ = 0;
  std::uint32_t size_ = 0, last_ = 0;
  bool started_ = false;
  bool caught_up_ = false;  // past what was kept for it
};

void load(const Plan& plan, std::uint16_t port) {
  const int poll = epoll_create1(0);
  std::vector<Reader> readers(static_cast<std::size_t>(plan.viewers));
  std::vector<int> sockets;
  const sockaddr_in to{AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {}};
  for (int i = 0; i < plan.viewers; ++i) {
    sockets.push_back(socket(AF_INET, SOCK_STREAM, 0));
    if (connect(sockets.back(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
      return void(fmt::print("cannot connect\n"));
    fcntl(sockets.back(), F_SETFL, O_NONBLOCK);
    epoll_event event{EPOLLIN, {.u32 = static_cast<std::uint32_t>(i)}};
    if (i >= plan.stopped) epoll_ctl(poll, EPOLL_CTL_ADD, sockets.back(), &event);
  }
  Facts facts;
  Bytes buffer(256 << 10);
  const auto until = now_us() + (plan.seconds + 6) * 1'000'000LL;
  std::array<epoll_event, 256> events;
  while (now_us() < until) {
    const int count = epoll_wait(poll, events.data(), events.size(), 100);
    for (int i = 0; i < count; ++i) {
      const auto which = events[static_cast<std::size_t>(i)].data.u32;
      const auto got = recv(sockets[which], buffer.data(), buffer.size(), 0);
      if (got == 0) epoll_ctl(poll, EPOLL_CTL_DEL, sockets[which], nullptr);
      if (got <= 0) continue;
      facts.bytes += static_cast<std::uint64_t>(got);
      readers[which].take(ByteView(buffer).first(static_cast<std::size_t>(got)), facts);
    }
  }
  std::sort(facts.delays_us.begin(), facts.delays_us.end());
  const auto delay = [&](std::size_t percent) {
    return facts.delays_us.empty()
               ? 0
               : facts.delays_us[(facts.delays_us.size() - 1) * percent / 100] / 1000;
  };
  fmt::print(
      "load: {:.1f} % of a core, {} pictures, {} faults, {} gaps, delay ms: {} median, "
      "{} of 99 %, {} most\n",
      cpu_seconds() / (plan.seconds + 6) * 100, facts.tags, facts.faults, facts.gaps, delay(50),
      delay(99), delay(100));
}

}  // namespace

int main(int count, char** arguments) {
  const auto number = [&](int i, int otherwise) {
    return count > i ? std::atoi(arguments[i]) : otherwise;
  };
  Plan plan;
  plan.viewers = number(1, plan.viewers);
  plan.stopped = number(2, plan.stopped);
  plan.seconds = number(3, plan.seconds);
  plan.batch_ms = number(4, plan.batch_ms);
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) return 1;
  if (const pid_t server = fork(); server != 0) {
    pin(1);
    std::uint16_t port = 0;
    if (read(pipe_ends[0], &port, sizeof port) != sizeof port) return 1;
    load(plan, port);
    waitpid(server, nullptr, 0);
    return 0;
  }
  pin(0);
  Server(plan, pipe_ends[1]).run();
  return 0;
}
