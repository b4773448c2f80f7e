// Many publishers at once: what they cost our RTMP server, and nginx-rtmp in the same run.
//
//   rtmp_publishers [PUBLISHERS [SECONDS [ROUNDS]]]
//
// The server runs on core 0, all publishers on core 1: 300 kb/s each, 25 pictures a second. Ours
// checks that every picture comes, in order. The processor time is the server's alone and its
// memory what it grew by; of nginx both are what the kernel tells of its only process. Both servers
// take turns, and medians are told at the end.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "flv/body.h"
#include "net/event_loop.h"
#include "pin.h"
#include "rtmp/client.h"
#include "rtmp/server.h"

namespace {

using namespace weir;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using bench::pin;

constexpr int kFps = 25;
constexpr std::size_t kPicture = 300'000 / 8 / kFps - 30;
constexpr Micros kRest{2'000};      // as `ingest --listen` has it
constexpr std::size_t kAtOnce = 8;  // beginners: strangers of one address are few

struct Plan {
  int publishers = 300;
  int seconds = 20;
  int rounds = 1;
};

struct Figures {
  std::vector<double> seconds_per_gigabit, bytes_per_publisher;
};

double cpu_seconds(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(file, text);
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double resident_bytes(pid_t pid) {
  long all = 0, resident = 0;
  std::ifstream(fmt::format("/proc/{}/statm", pid)) >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// ---- Our server: it counts what comes.

struct Tally {
  std::uint64_t pictures = 0, gaps = 0;
};

class Counter : public rtmp::StreamHandler {
 public:
  explicit Counter(Tally& tally) : tally_(tally) {}
  void take(flv::Tag tag) override {
    if (tag.type != flv::TagType::kVideo || tag.body.size() < kPicture) return;
    ++tally_.pictures;
    if (last_ && tag.timestamp_ms != *last_ + 1000 / kFps) ++tally_.gaps;
    last_ = tag.timestamp_ms;
  }
  void ended(const Error&) override {}

 private:
  Tally& tally_;
  std::optional<std::int64_t> last_;
};

[[noreturn]] void serve(std::uint16_t port, int until, int result) {
  net::EventLoop loop(kRest);
  Tally tally;
  rtmp::ListenOptions options;
  options.port = port;
  const auto publish = [&](const rtmp::Visitor&, auto) {
    return Result<std::unique_ptr<rtmp::StreamHandler>>(std::make_unique<Counter>(tally));
  };
  Result<std::unique_ptr<rtmp::Server>> server = fail(Code::kInternal, "not open yet");
  loop.post([&] {
    server = rtmp::Server::open(loop.context(), options, {.publish = publish, .play = {}}, nullptr,
                                Random::system());
    if (!server) std::_Exit(1);
  });
  char ended;  // which the end of the load is
  if (::read(until, &ended, 1) != 0) std::_Exit(1);
  loop.stop();
  if (::write(result, &tally, sizeof tally) != sizeof tally) std::_Exit(1);
  std::_Exit(0);
}

[[noreturn]] void serve_with_nginx(std::uint16_t port) {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("rtmp_bench.{}", port);
  std::filesystem::create_directories(folder);
  const auto file = folder / "nginx.conf";
  std::ofstream(file) << fmt::format(
      "load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;\n"
      "daemon off;\nmaster_process off;\npid {0}/pid;\nerror_log {0}/error.log;\n"
      "events {{ worker_connections 2048; }}\n"
      "rtmp {{ server {{ listen 127.0.0.1:{1}; application live {{ live on; record off; }} }} }}\n",
      folder.string(), port);
  ::execlp("nginx", "nginx", "-c", file.c_str(), nullptr);
  std::_Exit(1);
}

// ---- The publishers.

class Load {
 public:
  Load(const Plan& plan, std::uint16_t port) : plan_(plan), port_(port) {
    const auto now = std::chrono::steady_clock::now();
    for (int i = 0; i < plan.publishers; ++i)
      publishers_.push_back(std::make_unique<Publisher>(*this, i));
    begin_next();
    while (started_ < plan.publishers && std::chrono::steady_clock::now() < now + 30s &&
           ended_ == 0)
      loop_.run_for(10ms);
  }
  void run_for(std::chrono::seconds time) { loop_.run_for(time); }
  /// Nothing more is sent; true when all was taken.
  bool drain() {
    stopping_ = true;
    const auto until = std::chrono::steady_clock::now() + 3s;
    while (std::chrono::steady_clock::now() < until) loop_.run_for(50ms);
    for (const auto& each : publishers_)
      if (each->client->queued() > 0) return false;
    return true;
  }
  int started() const { return started_; }
  int ended() const { return ended_; }
  std::uint64_t sent() const { return sent_; }

 private:
  struct Publisher {
    Publisher(Load& all, int which) : load(all), number(which), timer(all.loop_) {}
    struct Handler : rtmp::ClientHandler {
      explicit Handler(Publisher& its) : owner(its) {}
      void started(const rtmp::Capabilities&) override { owner.begin(); }
      void ended(const Error& why) override { owner.over(why); }
      Publisher& owner;
    };
    void connect() {
      rtmp::ClientOptions options;
      options.url =
          *rtmp::parse_url(fmt::format("rtmp://127.0.0.1:{}/live/s{}", load.port_, number));
      client = std::make_unique<rtmp::Client>(load.loop_, options, rtmp::ClientLimits{}, nullptr,
                                              Random::system(), std::make_unique<Handler>(*this));
    }
    void begin() {
      ++load.started_;
      --load.beginning_;
      load.begin_next();
      client->publish({flv::TagType::kVideo, 0,
                       flv::video_configuration(flv::kAvcId, Bytes{1, 100, 0, 31, 0xff})});
      start = std::chrono::steady_clock::now();
      send();
    }
    void send() {
      if (load.stopping_ || gone) return;
      client->publish({flv::TagType::kVideo, picture * 1000 / kFps,
                       flv::video_frame(flv::kAvcId, {.key = picture % 50 == 0}, load.sample_)});
      ++load.sent_;
      ++picture;
      timer.expires_at(start + picture * 1000ms / kFps);
      timer.async_wait([this](const boost::system::error_code& error) {
        if (!error) send();
      });
    }
    void over(const Error& why) {
      if (load.ended_++ == 0) fmt::print("a publisher ended: {}\n", why.what);
      gone = true;
    }

    Load& load;
    const int number;
    asio::steady_timer timer;
    std::unique_ptr<rtmp::Client> client;
    std::chrono::steady_clock::time_point start;
    std::int64_t picture = 0;
    bool gone = false;
  };

  void begin_next() {
    while (beginning_ < kAtOnce && next_ < publishers_.size()) {
      ++beginning_;
      publishers_[next_++]->connect();
    }
  }

  const Plan plan_;
  const std::uint16_t port_;
  const Bytes sample_ = Bytes(kPicture, 0x55);
  asio::io_context loop_{1};
  std::size_t next_ = 0, beginning_ = 0;
  int started_ = 0, ended_ = 0;
  std::uint64_t sent_ = 0;
  bool stopping_ = false;
  std::vector<std::unique_ptr<Publisher>> publishers_;  // gone before the loop
};

void measure(const char* name, const Plan& plan, std::uint16_t port, pid_t server,
             Figures& figures) {
  std::this_thread::sleep_for(1s);
  const double empty = resident_bytes(server);
  Load load(plan, port);
  load.run_for(2s);
  const double cpu = cpu_seconds(server);
  const auto sent = load.sent();
  load.run_for(std::chrono::seconds(plan.seconds));
  const double gigabits = static_cast<double>(load.sent() - sent) * (kPicture + 5) * 8 / 1e9;
  const double used = cpu_seconds(server) - cpu;
  const double grown = resident_bytes(server) - empty;
  const bool drained = load.drain();
  fmt::print(
      "{}: {} publishers, {} ended, {} sent pictures, {}; {:.2f} s of processor time for {:.2f} "
      "Gb: "
      "{:.2f} s a Gb, {:.1f} % of a core; {:.0f} bytes a publisher\n",
      name, load.started(), load.ended(), load.sent(), drained ? "all taken" : "some not taken",
      used, gigabits, used / gigabits, used / plan.seconds * 100, grown / plan.publishers);
  std::fflush(stdout);
  figures.seconds_per_gigabit.push_back(used / gigabits);
  figures.bytes_per_publisher.push_back(grown / plan.publishers);
}

bool measure_ours(const Plan& plan, std::uint16_t port, Figures& figures) {
  int ends[2], over[2];
  if (::pipe(ends) != 0 || ::pipe(over) != 0) return false;
  const pid_t ours = ::fork();
  if (ours == 0) {
    pin(0);
    ::close(over[1]);
    serve(port, over[0], ends[1]);
  }
  measure("weir", plan, port, ours, figures);
  ::close(over[1]);
  Tally tally;
  const bool told = ::read(ends[0], &tally, sizeof tally) == sizeof tally;
  fmt::print("weir: {} pictures came, {} gaps\n", tally.pictures, tally.gaps);
  ::waitpid(ours, nullptr, 0);
  for (const int fd : {ends[0], ends[1], over[0]}) ::close(fd);
  return told;
}

void measure_nginx(const Plan& plan, std::uint16_t port, Figures& figures) {
  const pid_t nginx = ::fork();
  if (nginx == 0) {
    pin(0);
    serve_with_nginx(port);
  }
  measure("nginx-rtmp", plan, port, nginx, figures);
  ::kill(nginx, SIGTERM);
  ::waitpid(nginx, nullptr, 0);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void tell_medians(const char* name, const Figures& figures) {
  fmt::print("{}: in the middle {:.2f} s a Gb, {:.0f} bytes a publisher\n", name,
             median(figures.seconds_per_gigabit), median(figures.bytes_per_publisher));
}

}  // namespace

int main(int count, char** arguments) {
  Plan plan;
  if (count > 1) plan.publishers = std::atoi(arguments[1]);
  if (count > 2) plan.seconds = std::atoi(arguments[2]);
  if (count > 3) plan.rounds = std::max(1, std::atoi(arguments[3]));
  ::signal(SIGPIPE, SIG_IGN);
  auto port = static_cast<std::uint16_t>(20000 + ::getpid() % 10000);
  Figures ours, nginx;
  pin(1);
  for (int round = 0; round < plan.rounds; ++round) {
    if (!measure_ours(plan, port++, ours)) return 1;
    measure_nginx(plan, port++, nginx);
  }
  tell_medians("weir", ours);
  tell_medians("nginx-rtmp", nginx);
  return 0;
}
