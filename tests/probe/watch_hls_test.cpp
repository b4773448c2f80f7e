// Watches of a server whose playlist moves on by one version with each request.
#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/live_sample.h"
#include "probe/watch.h"
#include "support/http_server.h"
#include "support/matchers.h"
#include "support/words.h"

namespace weir::probe {
namespace {

using namespace std::chrono_literals;
using support::Answer;
using support::FailsWith;
using support::HttpServer;
using support::IsOk;
using support::Seen;
using ::testing::_;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class WatchHls : public ::testing::Test {
 protected:
  Result<WatchReport> run(const HttpServer& server, Micros duration) {
    return watch_hls({server.url("/live.m3u8"), duration, false}, stop, words, progress,
                     Clock::system());
  }
  std::vector<std::string> rules(const WatchReport& report, Severity severity = Severity::kMust) {
    std::vector<std::string> out;
    for (const auto& finding : report.findings)
      if (finding.rule->severity == severity) out.emplace_back(finding.rule->id);
    return out;
  }
  static bool is_playlist(const Seen& seen) { return seen.target.starts_with("/live.m3u8"); }

  StopSource stop;
  support::Words words;
  NullProgress progress;
};

TEST_F(WatchHls, BlocksTakesDeltaUpdatesAndEndsWithThePlaylist) {
  int version = 40;
  const HttpServer server([&](const Seen& seen) -> Answer {
    if (!is_playlist(seen)) return {.status = 200};
    const bool wrong = seen.target.find("_HLS_part=0") != std::string::npos &&
                       seen.target.find("_HLS_msn") == std::string::npos;
    if (wrong || seen.target.find("_HLS_msn=1") != std::string::npos) return {.status = 400};
    if (version < 60) ++version;
    const bool skip = seen.target.find("_HLS_skip=YES") != std::string::npos;
    std::string text = low_version(version, skip ? 4 : 0);
    if (version == 60) text = text.substr(0, text.find("#EXT-X-PRELOAD")) + "#EXT-X-ENDLIST\n";
    return {.status = 200, .body = text};
  });
  const auto report = run(server, 20s);
  ASSERT_THAT(report, IsOk());
  EXPECT_THAT(rules(*report), IsEmpty()) << findings_text(report->findings);
  ASSERT_EQ(report->tracks.size(), 1u);
  const auto& stats = report->tracks[0].stats;
  EXPECT_TRUE(report->tracks[0].ended);
  EXPECT_GT(stats.blocking, 10);
  EXPECT_GT(stats.deltas, 10);
  EXPECT_LT(stats.deltas, stats.blocking);
  EXPECT_THAT(server.lines(),
              Contains(StartsWith("GET /live.m3u8?_HLS_msn=21&_HLS_part=0&_HLS_skip=YES")));
  EXPECT_THAT(server.lines(), Contains(StartsWith("HEAD /s2")));
}

TEST_F(WatchHls, TellsAServerThatGoesAwayAndEndsInTime) {
  int asked = 0;
  const HttpServer server([&](const Seen&) -> Answer {
    if (++asked <= 2)
      return {.status = 200, .body = replaced(live_version(7), "DURATION:6", "DURATION:1")};
    return {.status = 503};
  });
  const auto begun = std::chrono::steady_clock::now();
  const auto report = run(server, 1500ms);
  ASSERT_THAT(report, IsOk());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
  EXPECT_THAT(rules(*report), Contains("draft-READ"));
}

TEST_F(WatchHls, EndsAtAStopWithTheReportSoFar) {
  const HttpServer server([&](const Seen& seen) -> Answer {
    if (is_playlist(seen)) return {.status = 200, .body = live_version(7)};
    stop.request();
    return {.status = 200};
  });
  const auto report = run(server, 60s);
  ASSERT_THAT(report, IsOk());
  EXPECT_LT(report->watched_us, 30 * kSecondUs);
  EXPECT_EQ(report->tracks.size(), 1u);
}

TEST_F(WatchHls, TellsWhatIsListedAndNotThere) {
  const HttpServer server([&](const Seen& seen) -> Answer {
    if (is_playlist(seen)) return {.status = 200, .body = live_version(7) + "#EXT-X-ENDLIST\n"};
    return {.status = seen.target == "/s12.ts" ? 404 : 200};
  });
  const auto report = run(server, 1s);
  ASSERT_THAT(report, IsOk());
  EXPECT_THAT(rules(*report), Contains("draft-GAP")) << findings_text(report->findings);
}

TEST_F(WatchHls, FailsWhenThereIsNothingToWatch) {
  const HttpServer server([&](const Seen&) -> Answer { return {.status = 404}; });
  EXPECT_THAT(run(server, 1s), FailsWith(Code::kIo, HasSubstr("live.m3u8")));
}

}  // namespace
}  // namespace weir::probe
