// The publisher and a server that does everything wrong: what a player sees there holds together.
#include <random>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http_store.h"
#include "publish/hls_source.h"
#include "support/http_server.h"
#include "support/matchers.h"

namespace weir::publish {
namespace {

using support::Answer;
using support::FailsWith;
using support::HttpServer;
using support::IsOk;
using support::Seen;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Then = Answer::Then;

class HttpPublisher : public Publisher {
 protected:
  HttpPublisher() {
    sending.retry = {.budget = 3s, .first = 0s, .longest = 0s, .longest_retry_after = 0s};
    sending.timeouts = {.connect = 2s, .idle = 2s, .total = 2s};
  }
  Result<void> publish(std::int64_t seconds) {
    sending.may_lose = options.type != Type::kVod;
    sending.when_full = sending.may_lose ? net::HttpStoreOptions::WhenFull::kDrop
                                         : net::HttpStoreOptions::WhenFull::kWait;
    WEIR_TRY_ASSIGN(auto http, net::HttpStore::open(server.url("/"), sending,
                                                    {clock, words, [] { return 0.5; }}));
    WEIR_TRY_ASSIGN(publisher, HlsPublisher::open(source.tracks(), options,
                                                  {*http, clock, words, progress, &stop, 0}));
    const auto pushed = push(0, seconds);
    const auto finished = publisher->finish();
    return pushed ? finished : pushed;
  }
  /// Called for what a request would leave on the server: every playlist lists what is there.
  void check(const Seen& seen) {
    if (seen.method != "PUT" || !seen.target.ends_with(".m3u8")) return;
    const std::string folder = seen.target.substr(0, seen.target.rfind('/') + 1);
    std::istringstream lines(seen.body);
    bool gap = false;
    for (std::string line; std::getline(lines, line);) {
      const auto map = line.find("#EXT-X-MAP:URI=\"");
      if (map == 0) expect(folder + line.substr(16, line.size() - 17), seen.target);
      if (line == "#EXT-X-GAP") gap = true;
      if (line.empty() || line[0] == '#') continue;
      if (!std::exchange(gap, false)) expect(folder + line, seen.target);
    }
  }
  void expect(const std::string& name, const std::string& by) {
    if (!accepted.contains(name)) faults.push_back(by + " lists " + name);
  }
  /// Checks and remembers what is let through.
  Answer let(const Seen& seen, Answer answer) {
    const bool silent = answer.then == Then::kHang || answer.then == Then::kReset;
    if (silent || answer.status / 100 != 2 || seen.method != "PUT") return answer;
    check(seen);
    accepted.insert(seen.target);
    return answer;
  }

  net::HttpStoreOptions sending;
  HttpServer::Script script = [](const Seen&) { return Answer{}; };
  std::set<std::string> accepted;  // these two on the server's threads, one at a time
  std::vector<std::string> faults;
  HttpServer server{[this](const Seen& seen) {
    clock.advance(1s);
    return let(seen, script(seen));
  }};
};

TEST_F(HttpPublisher, VodIsThereWholeAndInOrder) {
  ASSERT_THAT(publish(8), IsOk());
  EXPECT_THAT(faults, IsEmpty());
  source = Source();
  ASSERT_THAT(run(8), IsOk());
  const auto there = server.files();
  EXPECT_EQ(there.size(), store.files().size());
  for (const auto& [name, bytes] : store.files())
    EXPECT_EQ(there.at("/" + name), std::string(bytes.begin(), bytes.end())) << name;
}

TEST_F(HttpPublisher, VodThatCannotBePutIsTakenBack) {
  script = [](const Seen& seen) {
    return Answer{.status = seen.target == "/360p/seg-00002.m4s" ? 507 : 201};
  };
  EXPECT_THAT(publish(8), FailsWith(Code::kIo, HasSubstr("/360p/seg-00002.m4s': 507")));
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_THAT(server.files(), IsEmpty());
}

TEST_F(HttpPublisher, ALiveSegmentThatCannotBePutIsAGapInItsRenditionOnly) {
  options.type = Type::kLive;
  script = [](const Seen& seen) {
    return Answer{.status = seen.target == "/360p/seg-00001.m4s" ? 503 : 201};
  };
  ASSERT_THAT(publish(8), IsOk());
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_THAT(server.files().at("/360p/index.m3u8"), HasSubstr("#EXT-X-GAP"));
  EXPECT_THAT(server.files().at("/360p/index.m3u8"), HasSubstr("seg-00003.m4s\n#EXT-X-ENDLIST"));
  EXPECT_THAT(server.files().at("/720p/index.m3u8"), Not(HasSubstr("GAP")));
  EXPECT_FALSE(server.files().contains("/360p/seg-00001.m4s"));
}

class HttpPublisherInTrouble : public HttpPublisher,
                               public ::testing::WithParamInterface<unsigned> {
 protected:
  Answer any(const Seen& seen) {
    if (!begun_) {
      begun_ = seen.method == "PUT";
      return {};
    }
    if (seen.target == "/720p/seg-00009.m4s") return {.status = 413};
    switch (dice_() % 16) {
      case 0:
        return {.status = 500};
      case 1:
        return {.status = 429, .headers = "Retry-After: 1\r\n"};
      case 2:
        return {.status = 503, .then = Then::kClose};
      case 3:
        return {.then = Then::kReset};
      case 4:
        return {.then = dice_() % 4 == 0 ? Then::kHang : Then::kCloseQuietly};
      case 5:
        return {.then = Then::kCloseAfterHead};
      case 6:
        return {.status = seen.target.ends_with("init.mp4") ? 502 : 404};
      default:
        return {.then = dice_() % 2 == 0 ? Then::kKeep : Then::kClose};
    }
  }

 private:
  std::mt19937 dice_{GetParam()};
  bool begun_ = false;
};

TEST_P(HttpPublisherInTrouble, NoPlaylistEverListsWhatIsNotThere) {
  options.type = Type::kLive;
  sending.retry.budget = 2s;
  sending.timeouts.idle = 5ms;
  script = [this](const Seen& seen) { return any(seen); };
  const auto outcome = publish(60);
  EXPECT_THAT(faults, IsEmpty());
  if (!outcome) return;  // the last playlists could not be put
  EXPECT_TRUE(accepted.contains("/master.m3u8"));
  EXPECT_THAT(server.files().at("/720p/index.m3u8"), HasSubstr("#EXT-X-GAP"));
}

INSTANTIATE_TEST_SUITE_P(Chance, HttpPublisherInTrouble, ::testing::Range(0u, 6u));

}  // namespace
}  // namespace weir::publish
