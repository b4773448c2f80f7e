// The client against real servers; skipped where there is no redis-server.
#include "guard/redis_client.h"

#include <future>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "net/event_loop.h"
#include "support/redis_servers.h"

namespace weir::guard {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Kind = RedisReply::Kind;

constexpr auto kAtMost = 1500ms;  // a call's deadline, on a machine that is busy

/// A client on a loop of its own, asked from this thread.
class Asked {
 public:
  explicit Asked(RedisClientSettings settings) {
    on_loop([&] {
      client_ =
          std::make_unique<RedisClient>(loop_.context(), std::move(settings), [] { return 0.4; });
    });
  }
  ~Asked() {
    on_loop([&] { client_.reset(); });
  }

  std::future<Result<RedisReply>> begin(RedisCommand command) {
    return asio::co_spawn(loop_.context(), client_->call(std::move(command)), asio::use_future);
  }
  Result<RedisReply> call(RedisCommand command) {
    const auto begun = steady_clock::now();
    auto reply = begin(std::move(command)).get();
    longest_ = std::max(longest_, steady_clock::now() - begun);
    return reply;
  }
  Result<RedisReply> set(const std::string& key, const std::string& value) {
    return call({{"SET", key, value}, key, false, true});
  }
  /// Empty: a failure; "nil".
  std::string get(const std::string& key) {
    const auto reply = call({{"GET", key}, key, true});
    if (!reply) return "";
    return reply->is(Kind::kNil) ? "nil" : reply->text;
  }
  /// Whether a value can be set and read again within so long.
  bool recovers(const std::string& key, std::chrono::seconds within) {
    const auto end = steady_clock::now() + within;
    while (steady_clock::now() < end)
      if (const auto reply = set(key, "well"); reply && reply->is(Kind::kStatus))
        return get(key) == "well";
    return false;
  }
  RedisCounters counters() {
    RedisCounters out;
    on_loop([&] { out = client_->counters(); });
    return out;
  }
  steady_clock::duration longest() const { return longest_; }

 private:
  void on_loop(const std::function<void()>& task) {
    std::promise<void> done;
    loop_.post([&] { task(), done.set_value(); });
    done.get_future().wait();
  }

  net::EventLoop loop_;
  std::unique_ptr<RedisClient> client_;
  steady_clock::duration longest_{};
};

RedisClientSettings to(std::uint16_t port) {
  RedisClientSettings out;
  out.nodes = {{"127.0.0.1", port}};
  return out;
}

struct OneRedis : ::testing::Test {
  void SetUp() override {
    if (!support::have_redis()) GTEST_SKIP() << "redis-server is not there";
  }
};

TEST_F(OneRedis, ServesAsACluster) {
  support::RedisServer server;
  Asked redis(to(server.port()));
  EXPECT_EQ(redis.get("room"), "nil");
  EXPECT_EQ(redis.set("room", std::string("a\0\r\n", 4))->text, "OK");
  EXPECT_EQ(redis.get("room"), std::string("a\0\r\n", 4));
  const auto wrong = redis.call({{"NOSUCH", "room"}, "room"});
  EXPECT_TRUE(wrong->is_error("ERR"));
}

TEST_F(OneRedis, AnswersManyAtOnceEachWithItsOwn) {
  support::RedisServer server;
  Asked redis(to(server.port()));
  std::vector<std::future<Result<RedisReply>>> replies;
  for (int i = 0; i < 2000; ++i) {
    const std::string text = std::to_string(i);
    replies.push_back(redis.begin({{"ECHO", text}, text, true}));
  }
  for (int i = 0; i < 2000; ++i)
    EXPECT_EQ(replies[static_cast<std::size_t>(i)].get()->text, std::to_string(i));
}

TEST_F(OneRedis, TakesAPasswordAndNeverTellsIt) {
  support::RedisServer server({"--requirepass", "secret-7"});
  auto settings = to(server.port());
  settings.connection.password = "secret-7";
  Asked redis(settings);
  EXPECT_EQ(redis.get("room"), "nil");
  settings.connection.password = "secret-8";
  Asked stranger(settings);
  const auto refused = stranger.call({{"GET", "room"}, "room", true});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what.find("secret"), std::string::npos) << refused.error().what;
}

TEST_F(OneRedis, OneThatHangsCostsNoMoreThanTheDeadline) {
  support::RedisServer server;
  Asked redis(to(server.port()));
  redis.set("room", "full");
  server.send(SIGSTOP);
  EXPECT_EQ(redis.get("room"), "");
  EXPECT_LT(redis.longest(), kAtMost);
  server.send(SIGCONT);
  EXPECT_TRUE(redis.recovers("room", 10s));
}

TEST_F(OneRedis, WhatMayHaveBeenDoneIsNotDoneTwice) {
  support::RedisServer server;
  Asked redis(to(server.port()));
  redis.call({{"INCR", "entries"}, "entries"});
  server.send(SIGSTOP);
  const auto unknown = redis.call({{"INCR", "entries"}, "entries"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::kTimeout);
  server.send(SIGCONT);
  ASSERT_TRUE(redis.recovers("room", 10s));
  const auto count = redis.get("entries");
  EXPECT_TRUE(count == "1" || count == "2") << count;
}

TEST_F(OneRedis, ANobodyIsAFailureInTime) {
  Asked redis(to(support::free_port()));
  EXPECT_FALSE(redis.set("room", "full"));
  EXPECT_LT(redis.longest(), kAtMost);
}

struct Cluster : ::testing::Test {
  void SetUp() override {
    if (!support::have_redis()) GTEST_SKIP() << "redis-server is not there";
    cluster = std::make_unique<support::RedisCluster>();
  }
  RedisClientSettings settings() const { return to(cluster->server(0).port()); }
  std::string cli(std::size_t server, const std::string& words) const {
    return support::RedisCluster::cli("-p " + std::to_string(cluster->server(server).port()) + " " +
                                      words);
  }
  std::string id(std::size_t server) const { return cli(server, "cluster myid").substr(0, 40); }
  /// The place of the master that has this key.
  std::size_t master_of(const std::string& key) const {
    for (std::size_t i = 0; i < 3; ++i)
      if (cli(i, "get " + key).find("MOVED") == std::string::npos) return i;
    return 0;
  }

  std::unique_ptr<support::RedisCluster> cluster;
};

TEST_F(Cluster, KeysAreFoundWhereverTheyAreAndWhereverTheyGo) {
  Asked redis(settings());
  for (int i = 0; i < 300; ++i)
    ASSERT_EQ(redis.set("key " + std::to_string(i), std::to_string(i))->text, "OK");
  EXPECT_EQ(redis.counters().redirected, 0);  // the slots were known

  // A slot moves while it is used: its keys are for a moment on both sides (ASK), then gone
  // (MOVED).
  const std::string key = "{moving}";
  const int slot = redis_slot(key);
  for (int i = 0; i < 20; ++i) redis.set(key + std::to_string(i), std::to_string(i));
  const std::size_t from = master_of(key), into = (from + 1) % 3;
  cli(into, fmt::format("cluster setslot {} importing {}", slot, id(from)));
  cli(from, fmt::format("cluster setslot {} migrating {}", slot, id(into)));
  for (int i = 0; i < 20; i += 2)
    cli(from,
        fmt::format("migrate 127.0.0.1 {} {}{} 0 5000", cluster->server(into).port(), key, i));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(redis.get(key + std::to_string(i)), std::to_string(i));
  EXPECT_GE(redis.counters().redirected, 10);
  EXPECT_EQ(redis.set(key + "new", "1")->text, "OK");
  for (int i = 1; i < 20; i += 2)
    cli(from,
        fmt::format("migrate 127.0.0.1 {} {}{} 0 5000", cluster->server(into).port(), key, i));
  for (const std::size_t server : {into, from, (into + 1) % 3})
    cli(server, fmt::format("cluster setslot {} node {}", slot, id(into)));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(redis.get(key + std::to_string(i)), std::to_string(i));
  const auto before = redis.counters().redirected;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(redis.get(key + std::to_string(i)), std::to_string(i));
  EXPECT_EQ(redis.counters().redirected, before);  // it has learned
}

TEST_F(Cluster, AMasterThatDiesIsReplacedWithoutARestart) {
  Asked redis(settings());
  const std::string key = "room";
  redis.set(key, "full");
  std::this_thread::sleep_for(200ms);  // for the replica
  cluster->server(master_of(key)).kill();
  EXPECT_TRUE(redis.recovers(key, 20s));
  EXPECT_LT(redis.longest(), kAtMost);
}

TEST_F(Cluster, AMasterThatIsCutOffIsReplacedToo) {
  Asked redis(settings());
  const std::string key = "room";
  redis.set(key, "full");
  const std::size_t master = master_of(key);
  cluster->server(master).send(SIGSTOP);
  EXPECT_TRUE(redis.recovers(key, 20s));
  EXPECT_LT(redis.longest(), kAtMost);
  redis.set(key, "after");
  cluster->server(master).send(SIGCONT);  // it still takes itself for the master, for a moment
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(redis.get(key), "after");
    std::this_thread::sleep_for(20ms);
  }
}

TEST_F(Cluster, ReplicasAnswerReadsWhenAllowed) {
  auto chosen = settings();
  chosen.read_replicas = true;
  Asked(chosen).set("room", "full");  // a replica that has nothing yet is not named
  std::this_thread::sleep_for(1500ms);
  Asked redis(chosen);
  const auto reads = [&](std::size_t server) {
    const std::string stats = cli(server, "info commandstats");
    return stats.find("cmdstat_get:") != std::string::npos;
  };
  for (std::size_t i = 0; i < 6; ++i) cli(i, "config resetstat");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(redis.get("room"), "full");
  bool master = false, replica = false;
  for (std::size_t i = 0; i < 6; ++i)
    (cli(i, "role").starts_with("master") ? master : replica) |= reads(i);
  EXPECT_FALSE(master);
  EXPECT_TRUE(replica);
}

}  // namespace
}  // namespace weir::guard
