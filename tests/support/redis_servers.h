// Real redis-server processes on loopback, without files, that end with their owner.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "support/temp_folder.h"

namespace weir::support {

inline bool have_redis() {
  return std::system("redis-server --version >/dev/null 2>&1") == 0;
}

inline bool is_free(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool free = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return free;
}

/// At this moment, as is the one 10000 above, which servers of a cluster talk over; below those
/// that the system gives to clients.
inline std::uint16_t free_port() {
  static std::mt19937 random{std::random_device()()};
  for (;;) {
    const auto port = static_cast<std::uint16_t>(10'000 + random() % 12'000);
    if (is_free(port) && is_free(static_cast<std::uint16_t>(port + 10'000))) return port;
  }
}

class RedisServer {
 public:
  explicit RedisServer(std::vector<std::string> options = {}) : port_(free_port()) {
    std::vector<std::string> words{
        "redis-server", "--port", std::to_string(port_),   "--save", "",          "--appendonly",
        "no",           "--dir",  folder_.path().string(), "--bind", "127.0.0.1", "--logfile",
        folder_ / "log"};
    words.insert(words.end(), options.begin(), options.end());
    std::vector<char*> raw;
    for (auto& word : words) raw.push_back(word.data());
    raw.push_back(nullptr);
    if (::posix_spawnp(&pid_, raw[0], nullptr, nullptr, raw.data(), environ) != 0) pid_ = -1;
    for (int i = 0; i < 500 && !listens(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ~RedisServer() { send(SIGKILL), wait(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  std::uint16_t port() const { return port_; }
  void send(int signal) const {
    if (pid_ > 0) ::kill(pid_, signal);
  }
  void kill() {
    send(SIGKILL);
    wait();
  }

 private:
  void wait() {
    if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  bool listens() const {
    return std::system(fmt::format("redis-cli -p {} ping >/dev/null 2>&1", port_).c_str()) == 0;
  }

  TempFolder folder_;
  std::uint16_t port_;
  pid_t pid_ = -1;
};

/// Three masters, each with a replica, that notice a dead one after half a second.
class RedisCluster {
 public:
  RedisCluster() {
    for (int i = 0; i < 6; ++i)
      servers_.push_back(std::make_unique<RedisServer>(
          std::vector<std::string>{"--cluster-enabled", "yes", "--cluster-node-timeout", "500",
                                   "--repl-diskless-sync-delay", "0"}));
    std::string nodes;
    for (const auto& server : servers_) nodes += fmt::format(" 127.0.0.1:{}", server->port());
    cli("--cluster create" + nodes + " --cluster-replicas 1 --cluster-yes");
    for (int i = 0; i < 1000 && !whole(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }

  RedisServer& server(std::size_t at) { return *servers_[at]; }
  RedisServer* at_port(int port) {
    for (auto& server : servers_)
      if (server->port() == port) return server.get();
    return nullptr;
  }
  std::size_t size() const { return servers_.size(); }

  static std::string cli(const std::string& words) {
    std::string out;
    FILE* pipe = ::popen(("redis-cli " + words + " 2>&1").c_str(), "r");
    char buffer[4096];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
      out.append(buffer, n);
    ::pclose(pipe);
    return out;
  }

 private:
  /// Every server knows all, and every replica has what its master has.
  bool whole() const {
    int replicas = 0;
    for (const auto& server : servers_) {
      const auto ask = [&](const char* what) {
        return cli(fmt::format("-p {} {}", server->port(), what));
      };
      const std::string nodes = ask("cluster nodes"), replication = ask("info replication");
      if (ask("cluster info").find("cluster_state:ok") == std::string::npos) return false;
      if (std::count(nodes.begin(), nodes.end(), '\n') != 6) return false;
      replicas += replication.find("master_link_status:up") != std::string::npos ? 1 : 0;
    }
    return replicas == 3;
  }

  std::vector<std::unique_ptr<RedisServer>> servers_;
};

}  // namespace weir::support
