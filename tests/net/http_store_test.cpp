#include "net/http_store.h"

#include <chrono>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"
#include "support/http_server.h"
#include "support/matchers.h"
#include "support/words.h"

namespace weir::net {
namespace {

using namespace std::chrono_literals;
using support::Answer;
using support::FailsWith;
using support::HttpServer;
using support::IsOk;
using support::Seen;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using Then = Answer::Then;
using WhenFull = HttpStoreOptions::WhenFull;

/// Every request takes a second of the store's clock, so that budgets are counted in requests.
class HttpStoreTest : public ::testing::Test {
 protected:
  HttpStoreTest() {
    options.user_agent = "weir/test";
    options.retry = {.budget = 5s, .first = 1ms, .longest = 1ms, .longest_retry_after = 1ms};
    options.timeouts = {.connect = 2s, .idle = 2s, .total = 5s};
  }
  Result<void> open(std::string_view path = "/live/") { return open_at(server.url(path)); }
  Result<void> open_at(const std::string& url) {
    WEIR_TRY_ASSIGN(store, HttpStore::open(url, options, {clock, words, [] { return 0.5; }}));
    return {};
  }
  Result<void> segment(const std::string& name, Micros duration = 1s) {
    return store->put_segment(name, to_bytes(name), duration);
  }
  /// A listing that tells which of the names are lost.
  Result<void> listing(const std::string& name, std::vector<std::string> names) {
    return store->put_listing(name, [names](const IsLost& lost) {
      std::string text;
      for (const auto& each : names) text += (lost(each) ? "-" : "+") + each + "\n";
      return to_bytes(text);
    });
  }
  /// Answers in order, then 201s.
  void answer_with(std::vector<Answer> answers) {
    script = [answers = std::move(answers), next = std::size_t{0}](const Seen&) mutable {
      return next < answers.size() ? answers[next++] : Answer{};
    };
  }
  /// The answer to every PUT of a name that ends so, until the map says something else.
  void answer_for(std::map<std::string, Answer> endings) {
    script = [endings = std::move(endings)](const Seen& seen) {
      for (const auto& [ending, answer] : endings)
        if (seen.method == "PUT" && seen.target.ends_with(ending)) return answer;
      return Answer{};
    };
  }
  std::size_t count(const std::string& line) const {
    const auto lines = server.lines();
    return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), line));
  }

  support::FakeClock clock;
  support::Words words;
  HttpStoreOptions options;
  HttpServer::Script script = [](const Seen&) { return Answer{}; };
  HttpServer server{[this](const Seen& seen) {
    clock.advance(1s);
    return script(seen);
  }};
  std::unique_ptr<HttpStore> store;
};

TEST_F(HttpStoreTest, PutsWithTypeLengthAndName) {
  options.headers = {"X-Token: t"};
  ASSERT_THAT(open_at(fmt::format("http://u:p@127.0.0.1:{}/live", server.port())), IsOk());
  ASSERT_THAT(store->put("a b/init.mp4", as_bytes("bytes")), IsOk());
  ASSERT_THAT(store->flush(), IsOk());
  ASSERT_EQ(server.seen().size(), 1u);
  const Seen seen = server.seen()[0];
  EXPECT_EQ(seen.method, "PUT");
  EXPECT_EQ(seen.target, "/live/a%20b/init.mp4");
  EXPECT_EQ(seen.body, "bytes");
  EXPECT_THAT(seen.headers, Contains(Pair("content-type", "video/mp4")));
  EXPECT_THAT(seen.headers, Contains(Pair("content-length", "5")));
  EXPECT_THAT(seen.headers, Contains(Pair("user-agent", "weir/test")));
  EXPECT_THAT(seen.headers, Contains(Pair("authorization", "Basic dTpw")));
  EXPECT_THAT(seen.headers, Contains(Pair("x-token", "t")));
  EXPECT_THAT(seen.headers, Contains(Pair("host", fmt::format("127.0.0.1:{}", server.port()))));
}

TEST_F(HttpStoreTest, NothingToPutIsNothingSent) {
  ASSERT_THAT(open(), IsOk());
  EXPECT_THAT(store->flush(), IsOk());
  EXPECT_THAT(server.lines(), IsEmpty());
}

TEST_F(HttpStoreTest, AnEmptyFileAndALargeOneArriveWhole) {
  ASSERT_THAT(open(), IsOk());
  Bytes large(5'000'000);
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<std::uint8_t>(i * 7 / 3);
  ASSERT_THAT(store->put("empty", {}), IsOk());
  ASSERT_THAT(store->put_segment("large", large, 1s), IsOk());
  ASSERT_THAT(store->flush(), IsOk());
  EXPECT_EQ(server.files().at("/live/empty"), "");
  EXPECT_EQ(server.files().at("/live/large"), std::string(large.begin(), large.end()));
}

TEST_F(HttpStoreTest, AFolderKeepsItsConnectionAndItsOrder) {
  ASSERT_THAT(open(), IsOk());
  std::vector<std::string> wanted;
  for (int i = 0; i < 20; ++i) {
    ASSERT_THAT(segment(fmt::format("a/{}", i), 1ms), IsOk());
    wanted.push_back(fmt::format("PUT /live/a/{}", i));
  }
  ASSERT_THAT(store->flush(), IsOk());
  EXPECT_EQ(server.lines(), wanted);
  for (const auto& seen : server.seen()) EXPECT_EQ(seen.connection, 1);
}

TEST_F(HttpStoreTest, FoldersHaveConnectionsOfTheirOwnUpToALimit) {
  options.connections = 2;
  ASSERT_THAT(open(), IsOk());
  for (int i = 0; i < 30; ++i) ASSERT_THAT(segment(fmt::format("{}/{}", i % 5, i), 1ms), IsOk());
  ASSERT_THAT(store->flush(), IsOk());
  EXPECT_EQ(server.files().size(), 30u);
  std::set<int> connections;
  for (const auto& seen : server.seen()) connections.insert(seen.connection);
  EXPECT_EQ(connections.size(), 2u);
}

TEST_F(HttpStoreTest, AClosedConnectionIsReplaced) {
  for (const Then then : {Then::kClose, Then::kCloseQuietly}) {
    answer_with({{.then = then}, {.then = then}, {.then = then}});
    options.retry.budget = 0s;  // no try is counted
    ASSERT_THAT(open(), IsOk());
    for (int i = 0; i < 4; ++i) {
      ASSERT_THAT(segment(fmt::format("a/{}", i)), IsOk());
      ASSERT_THAT(store->flush(), IsOk());
    }
    EXPECT_TRUE(server.files().contains("/live/a/3"));
    store.reset();
  }
}

TEST_F(HttpStoreTest, HostNamesAreLookedUpAndEveryAddressIsTried) {
  ASSERT_THAT(open_at(fmt::format("http://localhost:{}/", server.port())), IsOk());
  ASSERT_THAT(store->put("a", as_bytes("x")), IsOk());
  EXPECT_THAT(store->flush(), IsOk());
}

TEST_F(HttpStoreTest, EverySuccessCountsAlsoWithContentOrAnInterimAnswer) {
  answer_with({{.status = 200, .body = "stored"},
               {.status = 204},
               {.status = 201, .continue_first = true},
               {.status = 200, .body = std::string(200'000, 'x')},
               {.status = 201, .then = Then::kCloseAfterHead}});
  ASSERT_THAT(open(), IsOk());
  for (int i = 0; i < 6; ++i) ASSERT_THAT(segment(fmt::format("a/{}", i), 1ms), IsOk());
  ASSERT_THAT(store->flush(), IsOk());
  EXPECT_EQ(server.lines().size(), 6u);
}

TEST_F(HttpStoreTest, FaultsThatPassAreOvercome) {
  answer_with({{.status = 500},
               {.status = 503, .then = Then::kClose},
               {.status = 429, .headers = "Retry-After: 3600\r\n"},
               {.then = Then::kReset},
               {.then = Then::kGarbage}});
  options.retry.budget = 1h;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  ASSERT_THAT(store->flush(), IsOk());
  EXPECT_EQ(count("PUT /live/a/0"), 6u);
  EXPECT_EQ(server.files().at("/live/a/0"), "a/0");
}

TEST_F(HttpStoreTest, AServerThatHangsIsAskedAgain) {
  answer_with({{.then = Then::kHang}});
  options.timeouts.idle = 10ms;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  ASSERT_THAT(store->flush(), IsOk());
  EXPECT_EQ(count("PUT /live/a/0"), 2u);
}

TEST_F(HttpStoreTest, RetryAfterIsHonouredUpToALimit) {
  answer_with({{.status = 429, .headers = "Retry-After: 1\r\n"}});
  options.retry.first = 0s;
  options.retry.longest_retry_after = 5ms;
  ASSERT_THAT(open(), IsOk());
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_THAT(segment("a/0"), IsOk());
  ASSERT_THAT(store->flush(), IsOk());
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 5ms);
}

TEST_F(HttpStoreTest, WhenTheBudgetIsSpentItFailsInOneLine) {
  answer_for({{"/0?hidden", {.status = 503}}});
  ASSERT_THAT(open_at(fmt::format("http://user:hidden@127.0.0.1:{}/live?hidden", server.port())),
              IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  EXPECT_THAT(store->flush(),
              FailsWith(Code::kIo, AllOf(HasSubstr("cannot put 'http://127.0.0.1:"),
                                         HasSubstr("/live/a/0': 503 scripted, 5 attempts in 5.0 s"),
                                         Not(HasSubstr("hidden")), Not(HasSubstr("\n")))));
}

TEST_F(HttpStoreTest, ARefusalIsFinal) {
  answer_for({{"/0", {.status = 403}}});
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  EXPECT_THAT(store->flush(),
              FailsWith(Code::kIo, HasSubstr("403 scripted: it wants other credentials")));
  EXPECT_EQ(server.lines().size(), 1u);
}

TEST_F(HttpStoreTest, AServerThatIsNotThereIsAFailure) {
  int port = 0;
  { port = HttpServer().port(); }
  options.retry.budget = 0s;
  ASSERT_THAT(open_at(fmt::format("http://127.0.0.1:{}/", port)), IsOk());
  ASSERT_THAT(store->put("a", as_bytes("x")), IsOk());
  EXPECT_THAT(store->flush(), FailsWith(Code::kIo, HasSubstr("connection refused, 1 attempt")));
}

TEST_F(HttpStoreTest, AfterAFailureNothingIsTakenButRemovals) {
  answer_for({{"/1", {.status = 403}}});
  ASSERT_THAT(open(), IsOk());
  for (const char* name : {"a/0", "a/1", "a/2"}) (void)segment(name);
  ASSERT_THAT(store->flush(), FailsWith(Code::kIo, HasSubstr("a/1")));
  EXPECT_THAT(segment("a/3"), FailsWith(Code::kIo, HasSubstr("a/1")));
  EXPECT_THAT(listing("a/l.m3u8", {}), FailsWith(Code::kIo, HasSubstr("a/1")));
  ASSERT_THAT(store->remove("a/0"), IsOk());
  EXPECT_THAT(store->flush(), FailsWith(Code::kIo, HasSubstr("a/1")));
  EXPECT_THAT(server.files(), IsEmpty());
  EXPECT_THAT(server.lines(), ElementsAre("PUT /live/a/0", "PUT /live/a/1", "DELETE /live/a/0"));
}

TEST_F(HttpStoreTest, CleaningUpWhereNobodyAnswersEndsAtOnce) {
  script = [](const Seen& seen) {
    return Answer{.status = 403, .then = seen.method == "PUT" ? Then::kKeep : Then::kHang};
  };
  options.timeouts.idle = 10ms;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  ASSERT_FALSE(store->flush());
  for (int i = 0; i < 500; ++i) ASSERT_THAT(store->remove(fmt::format("a/{}", i)), IsOk());
  EXPECT_FALSE(store->flush());
  EXPECT_LT(server.lines().size(), 20u);
}

TEST_F(HttpStoreTest, RemovalIsTriedOnceAndItsRefusalToldOnce) {
  script = [](const Seen& seen) {
    return Answer{.status = seen.target.ends_with("gone") ? 404 : 405};
  };
  ASSERT_THAT(open(), IsOk());
  for (const char* name : {"gone", "a", "b"}) ASSERT_THAT(store->remove(name), IsOk());
  EXPECT_THAT(store->flush(), IsOk());
  EXPECT_EQ(server.lines().size(), 3u);
  EXPECT_THAT(words.warnings, ElementsAre(AllOf(HasSubstr("cannot remove 'http://127.0.0.1:"),
                                                HasSubstr("/live/a': 405"))));
}

TEST_F(HttpStoreTest, NamesLeadingOutsideAndPlacesThatAreNoneAreRefused) {
  ASSERT_THAT(open(), IsOk());
  EXPECT_THAT(store->put("../a", {}), FailsWith(Code::kUsage, HasSubstr("../a")));
  EXPECT_THAT(segment("/a"), FailsWith(Code::kUsage, HasSubstr("/a")));
  EXPECT_THAT(listing("", {}), FailsWith(Code::kUsage, HasSubstr("''")));
  EXPECT_THAT(store->remove("a/../.."), FailsWith(Code::kUsage, HasSubstr("a/../..")));
  EXPECT_THAT(open_at("ftp://h/"), FailsWith(Code::kUsage, HasSubstr("ftp")));
}

// What may be lost.

class LossyHttpStoreTest : public HttpStoreTest {
 protected:
  LossyHttpStoreTest() { options.may_lose = true; }
};

TEST_F(LossyHttpStoreTest, ATargetThatNeverTookAnythingIsAFailureAllTheSame) {
  answer_for({{"/0", {.status = 500}}});
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  EXPECT_THAT(store->flush(), FailsWith(Code::kIo, HasSubstr("500")));
}

TEST_F(LossyHttpStoreTest, ASegmentIsLostAndTheListingKnows) {
  answer_for({{"/1", {.status = 500}}, {"/3", {.status = 413}}});
  ASSERT_THAT(open(), IsOk());
  for (const char* name : {"a/0", "a/1", "a/2", "a/3"}) ASSERT_THAT(segment(name), IsOk());
  ASSERT_THAT(listing("a/l.m3u8", {"a/0", "a/1", "a/2", "a/3"}), IsOk());
  ASSERT_THAT(store->flush(), IsOk());
  EXPECT_EQ(server.files().at("/live/a/l.m3u8"), "+a/0\n-a/1\n+a/2\n-a/3\n");
  EXPECT_EQ(count("PUT /live/a/1"), 5u);
  EXPECT_EQ(count("PUT /live/a/3"), 1u);
  EXPECT_THAT(words.warnings, ElementsAre(AllOf(HasSubstr("a/1': 500"), HasSubstr("as a gap")),
                                          HasSubstr("2 segments in all")));
}

TEST_F(LossyHttpStoreTest, AListingThatDoesNotArriveWaitsForTheNext) {
  answer_with({{}, {.status = 403}});
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  ASSERT_THAT(listing("a/l.m3u8", {}), IsOk());
  ASSERT_THAT(segment("a/1"), IsOk());
  ASSERT_THAT(listing("a/l.m3u8", {"a/1"}), IsOk());
  EXPECT_THAT(store->flush(), IsOk());
  EXPECT_EQ(server.files().at("/live/a/l.m3u8"), "+a/1\n");
}

TEST_F(LossyHttpStoreTest, AListingWithoutASuccessorIsTriedUntilItIsThere) {
  answer_with({{}, {.status = 403}, {.status = 500}, {.status = 403}});
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("0"), IsOk());
  ASSERT_THAT(listing("master.m3u8", {"0"}), IsOk());
  while (!server.files().contains("/live/master.m3u8")) std::this_thread::yield();
  EXPECT_THAT(store->flush(), IsOk());
}

TEST_F(LossyHttpStoreTest, NoListingNamesOneThatNeverArrived) {
  answer_for({{"a/l.m3u8", {.status = 403}}});
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  ASSERT_THAT(listing("a/l.m3u8", {}), IsOk());
  ASSERT_THAT(listing("master.m3u8", {}), IsOk());
  EXPECT_THAT(store->flush(), FailsWith(Code::kIo, HasSubstr("a/l.m3u8': 403")));
  EXPECT_EQ(count("PUT /live/master.m3u8"), 0u);
}

TEST_F(LossyHttpStoreTest, TheLastListingHasToArrive) {
  answer_for({{"l.m3u8", {.status = 403}}});
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  ASSERT_THAT(listing("a/l.m3u8", {}), IsOk());
  EXPECT_THAT(store->flush(), FailsWith(Code::kIo, HasSubstr("a/l.m3u8': 403")));
}

TEST_F(LossyHttpStoreTest, WhatSegmentsNeedIsTriedUntilItIsThereWhileTheyAreLost) {
  int refusals = 0;
  script = [&](const Seen& seen) {
    const bool down = seen.target.ends_with("init-1.mp4") && ++refusals <= 12;
    return Answer{.status = down ? 503 : 201};
  };
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  ASSERT_THAT(store->flush(), IsOk());
  ASSERT_THAT(store->put("a/init-1.mp4", as_bytes("init")), IsOk());
  for (const char* name : {"a/1", "a/2", "a/3"}) ASSERT_THAT(segment(name), IsOk());
  ASSERT_THAT(listing("a/l.m3u8", {"a/1", "a/2", "a/3"}), IsOk());
  while (!server.files().contains("/live/a/l.m3u8")) std::this_thread::yield();
  ASSERT_THAT(store->flush(), IsOk());
  EXPECT_EQ(server.files().at("/live/a/l.m3u8"), "-a/1\n-a/2\n+a/3\n");
  EXPECT_TRUE(server.files().contains("/live/a/init-1.mp4"));
}

TEST_F(LossyHttpStoreTest, WaitingForWhatSegmentsNeedEndsWithTheWork) {
  answer_for({{"init-1.mp4", {.status = 503}}});
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  ASSERT_THAT(store->put("a/init-1.mp4", as_bytes("init")), IsOk());
  EXPECT_THAT(store->flush(), FailsWith(Code::kIo, HasSubstr("init-1.mp4': 503")));
}

// A full queue.

TEST_F(HttpStoreTest, AFullQueueMakesTheCallerWaitUntilThereIsRoom) {
  options.queue.duration = 3s;
  ASSERT_THAT(open(), IsOk());
  for (int i = 0; i < 50; ++i) {
    ASSERT_THAT(segment(fmt::format("a/{}", i)), IsOk());
    EXPECT_GE(server.lines().size() + 4, static_cast<std::size_t>(i)) << "so much may wait";
  }
  ASSERT_THAT(store->flush(), IsOk());
  EXPECT_EQ(server.files().size(), 50u);
}

TEST_F(HttpStoreTest, WhoWaitsForRoomIsToldOfAFailure) {
  answer_for({{"/0", {.status = 403}}});
  options.queue.duration = 1s;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  Result<void> last;
  for (int i = 1; i < 4 && last; ++i) last = segment(fmt::format("a/{}", i));
  EXPECT_THAT(last, FailsWith(Code::kIo, HasSubstr("a/0': 403")));
}

TEST_F(LossyHttpStoreTest, ASlowTargetDropsTheOldestAndNeverStopsALiveSource) {
  options.when_full = WhenFull::kDrop;
  options.queue.duration = 4s;
  std::atomic<bool> open_gate = false;
  answer_for({{"/1", {.gate = &open_gate}}});
  ASSERT_THAT(open(), IsOk());
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) {
    names.push_back(fmt::format("a/{}", i));
    ASSERT_THAT(segment(names.back()), IsOk());
    clock.advance(1s);
    while (i < 2 && server.lines().size() <= static_cast<std::size_t>(i)) std::this_thread::yield();
  }
  ASSERT_THAT(listing("a/l.m3u8", names), IsOk());
  open_gate = true;
  ASSERT_THAT(store->flush(), IsOk());
  std::string wanted;
  for (int i = 0; i < 20; ++i) wanted += fmt::format("{}a/{}\n", i < 2 || i > 16 ? '+' : '-', i);
  EXPECT_EQ(server.files().at("/live/a/l.m3u8"), wanted);
  EXPECT_EQ(server.files().size(), 6u);
  EXPECT_THAT(words.warnings, Contains(AllOf(HasSubstr("too slow"), HasSubstr("as a gap"))));
}

TEST_F(LossyHttpStoreTest, ASourceQuickerThanRealTimeWaitsAndLosesNothing) {
  options.when_full = WhenFull::kDrop;
  options.queue.duration = 3s;
  script = [](const Seen&) { return Answer{}; };
  ASSERT_THAT(open(), IsOk());
  for (int i = 0; i < 50; ++i) ASSERT_THAT(segment(fmt::format("a/{}", i), 1000s), IsOk());
  ASSERT_THAT(store->flush(), IsOk());
  EXPECT_EQ(server.files().size(), 50u);
}

TEST_F(HttpStoreTest, ItsEndDoesNotWaitForATargetThatHangs) {
  options.timeouts = {.connect = 60s, .idle = 60s, .total = 60s};
  answer_for({{"/0", {.then = Then::kHang}}});
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(segment("a/0"), IsOk());
  while (server.lines().empty()) std::this_thread::yield();
  const auto begin = std::chrono::steady_clock::now();
  store.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

}  // namespace
}  // namespace weir::net
