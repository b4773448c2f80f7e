#include "guard/redis_reply.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guard/redis_slots.h"

namespace weir::guard {
namespace {

using ::testing::ElementsAre;
using Kind = RedisReply::Kind;

/// As one line, to compare.
std::string told(const RedisReply& reply) {
  switch (reply.kind) {
    case Kind::kNil:
      return "nil";
    case Kind::kStatus:
      return "+" + reply.text;
    case Kind::kError:
      return "-" + reply.text;
    case Kind::kInteger:
      return std::to_string(reply.integer);
    case Kind::kText:
      return "'" + reply.text + "'";
    case Kind::kArray:
      break;
  }
  std::string out = "[";
  for (const auto& item : reply.items) out += told(item) + " ";
  return out + "]";
}

std::vector<std::string> read(RedisReader& reader) {
  std::vector<std::string> out;
  for (;;) {
    auto reply = reader.next();
    if (!reply) out.push_back("fault");
    if (!reply || !*reply) return out;
    out.push_back(told(**reply));
  }
}

const std::string kAll =
    "+OK\r\n-MOVED 3999 127.0.0.1:6381\r\n:-42\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n"
    "*3\r\n:1\r\n*2\r\n$1\r\nx\r\n$-1\r\n+y\r\n";

TEST(RedisReader, ReadsRepliesOfEveryKind) {
  RedisReader reader;
  reader.feed(to_bytes(kAll));
  EXPECT_THAT(read(reader), ElementsAre("+OK", "-MOVED 3999 127.0.0.1:6381", "-42", "'a\r\nbc'",
                                        "''", "nil", "nil", "[]", "[1 ['x' nil ] +y ]"));
}

TEST(RedisReader, GivesTheSameHoweverTheBytesAreSplit) {
  RedisReader whole;
  whole.feed(to_bytes(kAll));
  const auto expected = read(whole);
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    RedisReader reader;
    std::vector<std::string> got;
    for (std::size_t at = 0; at < kAll.size();) {
      const std::size_t size =
          std::min<std::size_t>(round == 0 ? 1 : random() % 20, kAll.size() - at);
      reader.feed(to_bytes(kAll.substr(at, size)));
      at += size;
      for (auto& each : read(reader)) got.push_back(std::move(each));
    }
    ASSERT_EQ(got, expected);
  }
}

TEST(RedisReader, WaitsForWhatIsMissing) {
  RedisReader reader;
  reader.feed(to_bytes("$5\r\nab"));
  EXPECT_THAT(read(reader), ElementsAre());
  reader.feed(to_bytes("cde\r\n"));
  EXPECT_THAT(read(reader), ElementsAre("'abcde'"));
}

TEST(RedisReader, RefusesWhatIsNoReplyForGood) {
  RedisReader reader;
  reader.feed(to_bytes("HTTP/1.1 400\r\n"));
  EXPECT_THAT(read(reader), ElementsAre("fault"));
  reader.feed(to_bytes("+OK\r\n"));
  EXPECT_THAT(read(reader), ElementsAre("fault"));
}

TEST(RedisReader, TakesNoMoreThanItsLimits) {
  RedisReader many({.items = 3});
  many.feed(to_bytes("*4\r\n:1\r\n"));
  EXPECT_THAT(read(many), ElementsAre("fault"));
  RedisReader large({.bytes = 100});
  large.feed(to_bytes("$1000\r\n" + std::string(50, 'x')));
  EXPECT_THAT(read(large), ElementsAre());
  large.feed(to_bytes(std::string(50, 'x')));
  EXPECT_THAT(read(large), ElementsAre("fault"));
  RedisReader deep;
  for (int i = 0; i < 20; ++i) deep.feed(to_bytes("*1\r\n"));
  EXPECT_THAT(read(deep), ElementsAre("fault"));
}

TEST(RedisReader, SurvivesAnyBytes) {
  std::mt19937 random(2);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = kAll;
    for (int i = 0; i < 3; ++i)
      bytes[random() % bytes.size()] = "+-:$*0123456789\r\n"[random() % 17];
    RedisReader reader({.bytes = 10'000, .items = 1000});
    reader.feed(to_bytes(bytes.substr(0, random() % bytes.size())));
    read(reader);
  }
}

TEST(RedisReply, KnowsErrorsByTheirFirstWord) {
  const RedisReply reply{Kind::kError, "ASK 1 a:1", 0, {}};
  EXPECT_TRUE(reply.is_error("ASK"));
  EXPECT_FALSE(reply.is_error("AS"));
  EXPECT_FALSE((RedisReply{Kind::kText, "ASK", 0, {}}.is_error("ASK")));
}

TEST(RedisCommand, CarriesAnyBytes) {
  EXPECT_EQ(redis_command({"SET", "a b", "\r\n"}),
            to_bytes("*3\r\n$3\r\nSET\r\n$3\r\na b\r\n$2\r\n\r\n\r\n"));
}

// The values are those of CLUSTER KEYSLOT.
TEST(RedisSlot, IsWhatTheServersSay) {
  EXPECT_EQ(redis_slot("123456789"), 0x31C3 % kRedisSlots);
  EXPECT_EQ(redis_slot("foo"), 12182);
  EXPECT_EQ(redis_slot(""), 0);
}

TEST(RedisSlot, IsThatOfTheFirstBracesWithSomethingIn) {
  EXPECT_EQ(redis_slot("{foo}.seats"), redis_slot("foo"));
  EXPECT_EQ(redis_slot("x{foo}y{bar}"), redis_slot("foo"));
  EXPECT_NE(redis_slot("{}foo"), redis_slot("foo"));
  EXPECT_EQ(redis_slot("foo{{bar}}"), redis_slot("{bar"));
  EXPECT_NE(redis_slot("{foo"), redis_slot("foo"));
}

TEST(RedisNodes, AreReadAsPeopleWriteThem) {
  EXPECT_EQ(parse_redis_node("cache")->port, 6379);
  EXPECT_EQ(to_string(*parse_redis_node("cache:7000")), "cache:7000");
  EXPECT_EQ(parse_redis_node("[::1]:7000")->host, "::1");
  EXPECT_EQ(to_string(*parse_redis_node("[::1]")), "[::1]:6379");
  for (const char* wrong : {"", ":1", "a:", "a:0", "a:70000", "a:1x", "[::1", "[::1]7"})
    EXPECT_EQ(parse_redis_node(wrong).error().code, Code::kUsage) << wrong;
}

RedisReply slots_reply(const std::string& text) {
  RedisReader reader;
  reader.feed(to_bytes(text));
  return std::move(**reader.next());
}

TEST(RedisSlotMap, IsReadFromTheServers) {
  const auto slots = RedisSlots::read(
      slots_reply("*2\r\n*4\r\n:0\r\n:100\r\n*2\r\n$1\r\na\r\n:1\r\n*2\r\n$1\r\nb\r\n:2\r\n"
                  "*3\r\n:102\r\n:16383\r\n*2\r\n$0\r\n\r\n:3\r\n"),
      {"asked", 9});
  ASSERT_TRUE(slots);
  EXPECT_THAT(slots->of(0), ElementsAre(RedisNode{"a", 1}, RedisNode{"b", 2}));
  EXPECT_THAT(slots->of(101), ElementsAre());
  EXPECT_THAT(slots->of(16383), ElementsAre(RedisNode{"asked", 3}));
  EXPECT_EQ(slots->nodes().size(), 3U);
}

TEST(RedisSlotMap, RefusesWhatIsNone) {
  for (const char* wrong :
       {"+OK\r\n", "*1\r\n:1\r\n", "*1\r\n*3\r\n:0\r\n:16384\r\n*2\r\n$1\r\na\r\n:1\r\n",
        "*1\r\n*3\r\n:-1\r\n:1\r\n*2\r\n$1\r\na\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$1\r\na\r\n:0\r\n"})
    EXPECT_FALSE(RedisSlots::read(slots_reply(wrong), {"asked", 9})) << wrong;
}

TEST(RedisSlotMap, FollowsASlotThatMoved) {
  auto slots = RedisSlots::of_one({"a", 1});
  slots.move(7, {"b", 2});
  slots.move(8, {"b", 2});
  EXPECT_THAT(slots.of(7), ElementsAre(RedisNode{"b", 2}));
  EXPECT_THAT(slots.of(6), ElementsAre(RedisNode{"a", 1}));
  EXPECT_EQ(slots.nodes().size(), 2U);
}

}  // namespace
}  // namespace weir::guard
