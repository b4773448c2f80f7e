#include "cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <fstream>
#include <iterator>

#include "support/fake_clock.h"
#include "support/temp_folder.h"

namespace weir::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// Words going to a file that can be read back.
class Paper {
 public:
  Paper() : fd_(::open((folder_ / "words").c_str(), O_WRONLY | O_CREAT, 0600)) {}
  ~Paper() { ::close(fd_); }
  int fd() const { return fd_; }
  std::string text() const {
    std::ifstream file(folder_ / "words");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  support::TempFolder folder_;
  int fd_;
};

constexpr ProgressReport report(std::int64_t seconds, std::int64_t total = 0) {
  return {.media_us = seconds * 1'000'000,
          .total_us = total * 1'000'000,
          .frames = seconds * 24,
          .bytes_out = seconds * 500'000};
}

TEST(Pace, IsAnAverageSinceTheFirstReport) {
  const auto pace = make_pace(report(30, 90), report(10, 90), 5);
  EXPECT_DOUBLE_EQ(pace.speed, 4);
  EXPECT_DOUBLE_EQ(pace.fps, 96);
  EXPECT_EQ(pace.bitrate, 4'000'000);
  EXPECT_DOUBLE_EQ(pace.eta_s, 15);
}

TEST(Pace, KnowsNoRateBeforeTimeHasPassed) {
  const auto pace = make_pace(report(0, 90), report(0, 90), 0);
  EXPECT_EQ(pace.speed, 0);
  EXPECT_LT(pace.eta_s, 0);
}

TEST(PaceText, ShowsWhatIsKnown) {
  auto pace = make_pace(report(30, 90), report(10, 90), 5);
  EXPECT_EQ(pace_text(pace), "0:30.0 of 1:30.0  4.00x  96.0 fps  4.0 Mb/s  0:15 left");
  pace.report.dropped = 3;
  pace.report.total_us = 0;
  pace.eta_s = -1;
  EXPECT_EQ(pace_text(pace), "0:30.0  4.00x  96.0 fps  4.0 Mb/s  3 dropped");
  pace.report.media_us = 3'723'450'000;
  EXPECT_THAT(pace_text(pace), HasSubstr("1:02:03.4"));
}

TEST(LineProgress, RewritesOneLineAtMostFourTimesASecond) {
  Paper paper;
  Words words(paper.fd(), true);
  support::FakeClock clock;
  const auto progress = make_line_progress(words, clock);
  for (int i = 0; i <= 10; ++i) {
    progress->update(report(i, 10));
    clock.advance(100ms);
  }
  progress->finish();
  const std::string text = paper.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), 5);  // at 0, 300, 600, 900 ms and the end
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_THAT(text, HasSubstr("\r\x1b[K0:10.0 of 0:10.0  9.09x  218.2 fps  4.0 Mb/s  0:00 left\n"));
}

TEST(LineProgress, ALogLineGoesAboveIt) {
  Paper paper;
  Words words(paper.fd(), true);
  words.status("half way");
  words.line("tool: odd");
  EXPECT_EQ(paper.text(), "\r\x1b[Khalf way\r\x1b[Ktool: odd\n\r\x1b[Khalf way");
}

TEST(LineProgress, IsCutToTheTerminal) {
  Paper paper;
  Words words(paper.fd(), true);
  words.status(std::string(200, 'x'));
  EXPECT_EQ(paper.text(), "\r\x1b[K" + std::string(79, 'x'));
}

TEST(LineProgress, NothingIsDrawnWhereThereIsNoTerminal) {
  Paper paper;
  Words words(paper.fd(), false);
  words.status("half way");
  words.keep_status();
  EXPECT_EQ(paper.text(), "");
}

TEST(LineProgress, NothingToDoShowsNothing) {
  Paper paper;
  Words words(paper.fd(), true);
  support::FakeClock clock;
  make_line_progress(words, clock)->finish();
  EXPECT_EQ(paper.text(), "");
}

TEST(JsonProgress, IsOneObjectASecondAndTheLastState) {
  Paper paper;
  Words words(paper.fd(), false);
  support::FakeClock clock;
  const auto progress = make_json_progress("tool", words, clock);
  for (int i = 0; i < 3; ++i) {
    progress->update(report(i, 4));
    clock.advance(500ms);
  }
  progress->finish();
  EXPECT_EQ(
      paper.text(),
      R"({"time":"2026-01-01T00:00:00.000Z","tool":"tool","progress":{"media_us":0,"frames":0,)"
      R"("bytes":0,"dropped":0,"speed":0.000,"fps":0.000,"bitrate":0,"total_us":4000000}})"
      "\n"
      R"({"time":"2026-01-01T00:00:01.000Z","tool":"tool","progress":{"media_us":2000000,)"
      R"("frames":48,"bytes":1000000,"dropped":0,"speed":2.000,"fps":48.000,)"
      R"("bitrate":4000000,"total_us":4000000,"eta_s":1.000}})"
      "\n"
      R"({"time":"2026-01-01T00:00:01.500Z","tool":"tool","progress":{"media_us":2000000,)"
      R"("frames":48,"bytes":1000000,"dropped":0,"speed":1.333,"fps":32.000,)"
      R"("bitrate":4000000,"total_us":4000000,"eta_s":1.500}})"
      "\n");
}

TEST(JsonProgress, TellsOfEveryTarget) {
  Paper paper;
  Words words(paper.fd(), false);
  support::FakeClock clock;
  const auto progress = make_json_progress("tool", words, clock);
  ProgressReport state;
  state.targets = {{"rtmp://a/live/...", "publishing", 10, 2, 1, 300, 40}, {"b", "waiting"}};
  progress->update(state);
  EXPECT_NE(paper.text().find(
                R"("targets":[{"name":"rtmp://a/live/...","state":"publishing","bytes":10,)"
                R"("dropped":2,"reconnects":1,"queued_bytes":300,"queued_ms":40},{"name":"b",)"),
            std::string::npos)
      << paper.text();
}

}  // namespace
}  // namespace weir::cli
