#include "guard/redis_client.h"

#include <algorithm>
#include <utility>

#include "net/event_loop.h"
#include "net/retry.h"

namespace weir::guard {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr Micros kRefreshAtMost{200'000};  // between two questions for the slots
constexpr Micros kRefreshEvery{15'000'000};
constexpr Micros kReopen{100'000};  // between two tries to connect to one server
const std::vector<std::string> kAsking{"ASKING"};
const std::vector<std::string> kWhereIsWhat{"CLUSTER", "SLOTS"};
constexpr net::RetryPolicy kWaits{.first = Micros(10'000), .longest = Micros(200'000)};

/// "MOVED 3999 127.0.0.1:6381": the address.
std::optional<RedisNode> address_in(const std::string& error) {
  const auto at = error.rfind(' ');
  auto node = parse_redis_node(std::string_view(error).substr(at == error.npos ? 0 : at + 1));
  return node ? std::optional(std::move(*node)) : std::nullopt;
}

bool passes(const RedisReply& reply) {
  return reply.is_error("TRYAGAIN") || reply.is_error("CLUSTERDOWN") || reply.is_error("LOADING") ||
         reply.is_error("MASTERDOWN");
}

}  // namespace

RedisClient::RedisClient(asio::io_context& loop, RedisClientSettings settings, net::Random dice)
    : loop_(loop), settings_(std::move(settings)), dice_(std::move(dice)) {}

RedisClient::~RedisClient() {
  for (const auto& [name, peer] : peers_) peer.connection->close({Code::kStopped, "closed"});
}

asio::awaitable<Result<RedisReply>> RedisClient::call(RedisCommand command) {
  ++counters_.calls;
  const auto deadline = steady_clock::now() + settings_.deadline;
  const int slot = redis_slot(command.key);
  Result<RedisReply> last = fail(Code::kTimeout, "redis: no server is known for the key");
  std::optional<Target> target;
  for (int failures = 0;;) {
    if (!target) target = co_await choose(command, slot, failures > 0, deadline);
    if (!in_time(deadline)) break;
    Next next = Next::kLater;
    if (target) {
      auto tried = co_await attempt(*target, command);
      next = judge(tried, command, slot, *target);
      last = std::move(tried.reply);
    }
    if (next == Next::kDone) break;
    if (next == Next::kLater) {
      const Micros wait = net::backoff(kWaits, ++failures, dice_());
      if (!in_time(deadline, wait)) break;
      co_await net::pause(wait);
      co_await refresh(deadline);
      target.reset();
    }
    ++(next == Next::kRedirected ? counters_.redirected : counters_.repeated);
  }
  if (!last) ++counters_.failed;
  co_return last;
}

asio::awaitable<std::optional<RedisClient::Target>> RedisClient::choose(const RedisCommand& command,
                                                                        int slot, bool only_master,
                                                                        Time deadline) {
  if (slots_.of(slot).empty() || steady_clock::now() - refreshed_ > kRefreshEvery)
    co_await refresh(deadline);
  const auto& servers = slots_.of(slot);
  if (servers.empty()) co_return std::nullopt;
  if (!command.read_only || only_master || !settings_.read_replicas || servers.size() < 2)
    co_return Target{servers.front()};
  const auto others = static_cast<double>(servers.size() - 1);
  const auto at = std::min(static_cast<std::size_t>(dice_() * others), servers.size() - 2);
  co_return Target{servers[at + 1], true};
}

asio::awaitable<RedisClient::Attempt> RedisClient::attempt(const Target& target,
                                                           const RedisCommand& command) {
  const auto peer = connection(target);
  if (peer == nullptr)
    co_return Attempt{fail(Code::kIo, "redis {}: cannot be reached", to_string(target.node))};
  Attempt out{fail(Code::kInternal, "not asked")};
  if (target.asking)
    out.reply = co_await peer->call_pair(kAsking, command.words);
  else
    out.reply = co_await peer->call(command.words);
  out.left = peer->connected();
  co_return out;
}

RedisClient::Next RedisClient::judge(const Attempt& attempt, const RedisCommand& command, int slot,
                                     Target& target) {
  const auto& reply = attempt.reply;
  if (!reply) {
    if (reply.error().code == Code::kRefused) return Next::kDone;
    const bool again = !attempt.left || command.read_only || command.repeatable;
    return again ? Next::kLater : Next::kDone;
  }
  if (passes(*reply)) return Next::kLater;
  const bool moved = reply->is_error("MOVED");
  if (!moved && !reply->is_error("ASK")) return Next::kDone;
  const auto node = address_in(reply->text);
  if (!node) return Next::kDone;
  if (moved) {
    slots_.move(slot, *node);
    refreshed_ = {};  // more may have moved
  }
  target = {*node, false, !moved};
  return Next::kRedirected;
}

std::shared_ptr<RedisConnection> RedisClient::connection(const Target& target) {
  Peer& peer = peers_[to_string(target.node) + (target.replica ? " replica" : "")];
  if (peer.connection != nullptr && !peer.connection->ended()) return peer.connection;
  const auto now = steady_clock::now();
  if (peer.connection != nullptr && now - peer.opened < kReopen) return nullptr;
  std::vector<std::vector<std::string>> greeting;
  if (target.replica) greeting.push_back({"READONLY"});
  peer = {RedisConnection::open(loop_, target.node.host, target.node.port, settings_.connection,
                                std::move(greeting)),
          now};
  return peer.connection;
}

std::vector<RedisNode> RedisClient::known_nodes() const {
  auto nodes = slots_.nodes();
  for (const auto& node : settings_.nodes)
    if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
  // Any of them may be the one that does not answer.
  const auto first = static_cast<std::ptrdiff_t>(dice_() * static_cast<double>(nodes.size()));
  std::rotate(nodes.begin(), nodes.begin() + first % std::ssize(nodes), nodes.end());
  return nodes;
}

bool RedisClient::in_time(Time deadline, Micros before) const {
  return steady_clock::now() + before + settings_.connection.timeout <= deadline;
}

// One at a time: others wait for it, not longer than a reply may take.
asio::awaitable<void> RedisClient::refresh(Time deadline) {
  const auto begun = steady_clock::now();
  while (refreshing_ && steady_clock::now() - begun < settings_.connection.timeout)
    co_await net::pause(Micros(2'000));
  if (refreshing_ || steady_clock::now() - refreshed_ < kRefreshAtMost) co_return;
  refreshing_ = true;
  for (const auto& node : known_nodes()) {
    if (!in_time(deadline)) break;
    const auto peer = connection({node});
    if (peer == nullptr) continue;
    const auto reply = co_await peer->call(kWhereIsWhat);
    if (learn(reply, node)) break;
  }
  refreshing_ = false;
  refreshed_ = steady_clock::now();
}

bool RedisClient::learn(const Result<RedisReply>& reply, const RedisNode& node) {
  if (!reply) return false;
  if (reply->is(RedisReply::Kind::kError) &&
      reply->text.find("cluster support") != std::string::npos) {
    slots_ = RedisSlots::of_one(node);
    return true;
  }
  auto slots = RedisSlots::read(*reply, node);
  if (!slots || slots->nodes().empty()) return false;
  slots_ = std::move(*slots);
  ++counters_.refreshed;
  return true;
}

}  // namespace weir::guard
