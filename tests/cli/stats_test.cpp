#include "cli/stats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "support/fake_clock.h"

namespace weir::cli {
namespace {

ingest::HealthReport some_report() {
  ingest::HealthReport report;
  report.state = ingest::HealthState::kFallback;
  report.media_us = 12'040'000;
  report.av_offset_us = -3000;
  report.bytes = 1700;
  report.tracks = {{0, media::Kind::kVideo, "h264", 2'500'000, 25, 300, 1500},
                   {1, media::Kind::kAudio, "aac", 128'000, 46.875, 560, 200}};
  report.repairs = {{"wraps", 1}, {"resets", 0}};
  return report;
}

TEST(HealthJson, HasTheKeysThatScriptsRelyOn) {
  EXPECT_EQ(
      health_json(some_report()),
      R"({"version":1,"state":"fallback","media_us":12040000,"bytes":1700,"av_offset_us":-3000,)"
      R"("tracks":[{"index":0,"kind":"video","codec":"h264","bitrate":2500000,"fps":25.000,)"
      R"("packets":300,"bytes":1500},{"index":1,"kind":"audio","codec":"aac","bitrate":128000,)"
      R"("packets":560,"bytes":200}],"repairs":{"wraps":1,"resets":0}})");
}

TEST(HealthJson, SaysNothingOfWhatIsNotKnown) {
  EXPECT_EQ(health_json({}),
            R"({"version":1,"state":"waiting","media_us":0,"bytes":0,"tracks":[],"repairs":{}})");
}

TEST(JsonStats, WritesALineLikeThoseOfTheProgress) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  Words words(ends[1], false);
  support::FakeClock clock;
  make_json_stats("ingest", words, clock)->take({});
  std::array<char, 500> text{};
  const auto size = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(
      std::string(text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))),
      R"({"time":"2026-01-01T00:00:00.000Z","tool":"ingest","stats":)" + health_json({}) + "}\n");
}

}  // namespace
}  // namespace weir::cli
