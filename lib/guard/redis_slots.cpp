#include "guard/redis_slots.h"

#include <algorithm>
#include <charconv>

namespace weir::guard {
namespace {

using Kind = RedisReply::Kind;

// CRC-16/XMODEM: polynomial 0x1021, from 0, not reflected.
constexpr std::array<std::uint16_t, 256> kCrc = [] {
  std::array<std::uint16_t, 256> table{};
  for (unsigned i = 0; i < 256; ++i) {
    unsigned crc = i << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((crc & 0x8000) != 0 ? 0x1021 : 0);
    table[i] = static_cast<std::uint16_t>(crc);
  }
  return table;
}();

std::string_view hashed_part(std::string_view key) {
  const auto open = key.find('{');
  if (open == key.npos) return key;
  const auto close = key.find('}', open + 1);
  return close == key.npos || close == open + 1 ? key : key.substr(open + 1, close - open - 1);
}

Result<RedisNode> read_node(const RedisReply& reply, const RedisNode& asked) {
  if (!reply.is(Kind::kArray) || reply.items.size() < 2 || !reply.items[1].is(Kind::kInteger) ||
      reply.items[1].integer < 1 || reply.items[1].integer > 65535)
    return fail(Code::kBadInput, "redis: a server of CLUSTER SLOTS has no address");
  const std::string& host = reply.items[0].text;
  return RedisNode{host.empty() || host == "?" ? asked.host : host,
                   static_cast<std::uint16_t>(reply.items[1].integer)};
}

bool is_slot(const RedisReply& reply) {
  return reply.is(Kind::kInteger) && reply.integer >= 0 && reply.integer < kRedisSlots;
}

}  // namespace

Result<RedisNode> parse_redis_node(std::string_view text) {
  RedisNode node;
  const auto wrong = fail(Code::kUsage, "'{}' is no address of a Redis server: HOST[:PORT]", text);
  auto end = text.starts_with('[') ? text.find(']') : text.find(':');
  if (text.starts_with('[') && end == text.npos) return wrong;
  node.host = text.starts_with('[') ? text.substr(1, end - 1) : text.substr(0, end);
  if (text.starts_with('[')) ++end;
  if (node.host.empty()) return wrong;
  if (end >= text.size()) return node;
  const std::string_view port = text.substr(end + 1);
  const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), node.port);
  if (text[end] != ':' || error != std::errc() || rest != port.data() + port.size() ||
      node.port == 0)
    return wrong;
  return node;
}

std::string to_string(const RedisNode& node) {
  return node.host.find(':') == std::string::npos ? fmt::format("{}:{}", node.host, node.port)
                                                  : fmt::format("[{}]:{}", node.host, node.port);
}

int redis_slot(std::string_view key) {
  unsigned crc = 0;
  for (const char c : hashed_part(key))
    crc = ((crc << 8) & 0xffff) ^ kCrc[(crc >> 8) ^ static_cast<unsigned char>(c)];
  return static_cast<int>(crc % kRedisSlots);
}

Result<RedisSlots> RedisSlots::read(const RedisReply& reply, const RedisNode& asked) {
  const auto wrong = fail(Code::kBadInput, "redis: this is no answer to CLUSTER SLOTS");
  if (!reply.is(Kind::kArray) || reply.items.size() > kRedisSlots) return wrong;
  RedisSlots out;
  for (const auto& range : reply.items) {
    if (!range.is(Kind::kArray) || range.items.size() < 3 || !is_slot(range.items[0]) ||
        !is_slot(range.items[1]))
      return wrong;
    Servers servers;
    for (std::size_t i = 2; i < range.items.size(); ++i) {
      WEIR_TRY_ASSIGN(auto node, read_node(range.items[i], asked));
      servers.push_back(std::move(node));
    }
    const auto number = static_cast<std::uint16_t>(out.ranges_.size());
    out.ranges_.push_back(std::move(servers));
    for (auto slot = range.items[0].integer; slot <= range.items[1].integer; ++slot)
      out.index_[static_cast<std::size_t>(slot)] = number;
  }
  return out;
}

RedisSlots RedisSlots::of_one(const RedisNode& node) {
  RedisSlots out;
  out.ranges_.push_back({node});
  out.index_.fill(1);
  return out;
}

void RedisSlots::move(int slot, const RedisNode& master) {
  const auto found = std::find_if(ranges_.begin(), ranges_.end(), [&](const Servers& servers) {
    return !servers.empty() && servers.front() == master;
  });
  const auto at = static_cast<std::size_t>(found - ranges_.begin());
  if (found == ranges_.end()) ranges_.push_back({master});
  index_[static_cast<std::size_t>(slot)] = static_cast<std::uint16_t>(at);
}

std::vector<RedisNode> RedisSlots::nodes() const {
  std::vector<RedisNode> out;
  for (const auto& servers : ranges_)
    for (const auto& node : servers)
      if (std::find(out.begin(), out.end(), node) == out.end()) out.push_back(node);
  return out;
}

}  // namespace weir::guard
