#include "ingest/publisher_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"
#include "support/matchers.h"
#include "support/words.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class FakeStream : public rtmp::ServedStream {
 public:
  void hold(bool held) override { calls.push_back(held ? "hold" : "go on"); }
  void send(const flv::Tag&) override {}
  std::uint32_t id() const override { return 1; }
  void send_packed(ByteView, std::shared_ptr<const void>) override {}
  std::size_t queued() const override { return 0; }
  void end(std::string text) override { calls.push_back("end: " + text); }
  std::vector<std::string> calls;
};

class Desk : public ::testing::Test {
 protected:
  using Admitted = Result<std::unique_ptr<rtmp::StreamHandler>>;
  void rules(DeskRules rules) {
    rules.app = "live";
    desk.emplace(std::move(rules), queue, clock, words);
  }
  static rtmp::Visitor visitor(std::string stream, std::string key = "", std::string app = "live") {
    return {{std::move(app), std::move(stream), rtmp::StreamKey(std::move(key))}, "192.0.2.1", ""};
  }
  static flv::Tag tag(std::int64_t at, std::size_t size = 1) {
    return {flv::TagType::kVideo, at, Bytes(size, 7)};
  }
  /// "begin", "tag STAMP", "end: WHY".
  std::vector<std::string> taken() {
    std::vector<std::string> list;
    while (const auto notice = queue.take(0ns)) {
      if (notice->kind == Notice::Kind::kBegin) list.push_back("begin");
      if (notice->kind == Notice::Kind::kTag)
        list.push_back(fmt::format("tag {}", notice->tag.timestamp_ms));
      if (notice->kind == Notice::Kind::kEnd) list.push_back("end: " + notice->text);
    }
    return list;
  }

  NoticeQueue queue;
  support::FakeClock clock;
  support::Words words;
  std::optional<PublisherDesk> desk;
  std::shared_ptr<FakeStream> first = std::make_shared<FakeStream>();
  std::shared_ptr<FakeStream> second = std::make_shared<FakeStream>();
};

TEST_F(Desk, APublisherIsTakenFromItsBeginToItsEnd) {
  rules({});
  auto handler = desk->admit(visitor("show"), first);
  ASSERT_THAT(handler, IsOk());
  (*handler)->started();
  (*handler)->take(tag(5));
  (*handler)->ended({Code::kStopped, ""});
  EXPECT_THAT(taken(), ElementsAre("begin", "tag 5", "end: it ended its stream"));
  (*handler)->take(tag(6));
  EXPECT_THAT(taken(), IsEmpty());
}

TEST_F(Desk, ABreakIsToldAsItIs) {
  rules({});
  auto handler = desk->admit(visitor("show"), first);
  (*handler)->ended({Code::kTimeout, "nothing came for 30s"});
  EXPECT_THAT(taken(), ElementsAre("end: nothing came for 30s"));
}

TEST_F(Desk, OnlyWithTheKey) {
  rules({.keys = *rtmp::StreamKeys::parse("show:right\nother:left\n")});
  for (const auto& wrong : {visitor("show"), visitor("show", "left"), visitor("none", "right"),
                            visitor("other", "right")})
    EXPECT_THAT(desk->admit(wrong, first), FailsWith(Code::kRefused, HasSubstr("no such stream")));
  EXPECT_THAT(desk->admit(visitor("show", "right", "elsewhere"), first),
              FailsWith(Code::kRefused, HasSubstr("no such application")));
  EXPECT_THAT(desk->admit(visitor("show", "right"), first), IsOk());
  for (const auto& line : words.warnings) EXPECT_THAT(line, Not(HasSubstr("right")));
}

TEST_F(Desk, GuessesDoNotFillTheLog) {
  rules({.keys = *rtmp::StreamKeys::parse("show:right\n")});
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(desk->admit(visitor("show", "wrong"), first));
  EXPECT_EQ(words.warnings.size(), 10u);
  clock.advance(10s);
  EXPECT_FALSE(desk->admit(visitor("show", "wrong"), first));
  EXPECT_THAT(words.warnings[10], HasSubstr("90 more"));
}

TEST_F(Desk, TheFirstStreamIsTheOnlyOne) {
  rules({});
  auto handler = desk->admit(visitor("one"), first);
  (*handler)->ended({Code::kStopped, ""});
  EXPECT_THAT(desk->admit(visitor("two"), second),
              FailsWith(Code::kRefused, HasSubstr("another stream")));
  EXPECT_THAT(desk->admit(visitor("one"), second), IsOk());
}

TEST_F(Desk, TheStreamThatIsAskedFor) {
  rules({.stream = "two"});
  EXPECT_THAT(desk->admit(visitor("one"), first), FailsWith(Code::kRefused, HasSubstr("another")));
  EXPECT_THAT(desk->admit(visitor("two"), first), IsOk());
}

TEST_F(Desk, ASecondPublisherTakesOverAtOnce) {
  rules({});
  auto old = desk->admit(visitor("show"), first);
  (*old)->started();
  auto young = desk->admit(visitor("show"), second);
  ASSERT_THAT(young, IsOk());
  EXPECT_THAT(first->calls, ElementsAre("end: another publisher has taken over"));
  (*young)->started();
  (*old)->take(tag(1));
  (*young)->take(tag(2));
  (*old)->ended({Code::kStopped, ""});
  EXPECT_THAT(taken(), ElementsAre("begin", "begin", "tag 2"));
}

TEST_F(Desk, TwoThatFightAreParted) {
  rules({});
  std::vector<std::unique_ptr<rtmp::StreamHandler>> handlers;
  for (int i = 0; i <= kMostChanges; ++i) {
    auto handler = desk->admit(visitor("show"), std::make_shared<FakeStream>());
    ASSERT_THAT(handler, IsOk()) << i;
    handlers.push_back(std::move(*handler));
    clock.advance(5s);
  }
  EXPECT_THAT(desk->admit(visitor("show"), first),
              FailsWith(Code::kRefused, HasSubstr("take this stream from each other")));
  handlers.back()->take(tag(3));
  EXPECT_THAT(taken(), ElementsAre("tag 3"));
  clock.advance(1min);
  EXPECT_THAT(desk->admit(visitor("show"), first), IsOk());
}

TEST_F(Desk, AFullQueueHoldsThePublisherUntilThereIsRoom) {
  rules({.most_waiting = 100});
  auto handler = desk->admit(visitor("show"), first);
  for (int i = 0; i < 5; ++i) (*handler)->take(tag(i, 30));
  EXPECT_THAT(first->calls, ElementsAre("hold"));
  EXPECT_EQ(queue.bytes(), 150);
  desk->make_room();
  desk->make_room();
  EXPECT_THAT(first->calls, ElementsAre("hold", "go on"));
}

TEST_F(Desk, RoomForAPublisherThatIsGoneIsNothing) {
  rules({.most_waiting = 1});
  auto handler = desk->admit(visitor("show"), first);
  (*handler)->take(tag(0, 30));
  (*handler)->ended({Code::kStopped, ""});
  desk->make_room();
  EXPECT_THAT(first->calls, ElementsAre("hold"));
}

}  // namespace
}  // namespace weir::ingest
