#include "cli/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <poll.h>
#include <csignal>
#include <stdexcept>

#include "tool_run.h"

extern "C" {
#include <libavutil/log.h>
}

namespace weir::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

using Body = std::function<Result<void>(Session&)>;

Outcome run_tool(const Body& body, const Common& common = {}, const std::string& out = "") {
  return captured([&] { return run("tool", common, body); }, out);
}

TEST(Run, SuccessIsSilent) {
  const auto outcome = run_tool([](Session&) { return Result<void>(); });
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out + outcome.err, IsEmpty());
}

TEST(Run, EveryCodeHasItsExitStatusAndOneLine) {
  const std::pair<Code, int> statuses[] = {
      {Code::kUsage, 2}, {Code::kUnsupported, 1}, {Code::kBadInput, 4}, {Code::kRefused, 3},
      {Code::kIo, 1},    {Code::kTimeout, 1},     {Code::kInternal, 1},
  };
  for (const auto& [code, status] : statuses) {
    const auto outcome = run_tool([&](Session&) { return fail(code, "cannot open '{}'", "x"); });
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.err, "tool: cannot open 'x'\n");
  }
}

TEST(Run, AStopIsNoFault) {
  const auto outcome = run_tool([](Session&) { return fail(Code::kStopped, "stopped"); });
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST(Run, AnExceptionOfALibraryIsAFailureAndNoCrash) {
  const auto outcome =
      run_tool([](Session&) -> Result<void> { throw std::runtime_error("deep inside"); });
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "tool: internal error: deep inside\n");
}

TEST(Run, AFailureIsOneLineWhateverItSays) {
  const auto outcome = run_tool([](Session&) { return fail(Code::kIo, "two\nlines"); });
  EXPECT_EQ(outcome.err, "tool: two lines\n");
}

TEST(Run, LogsFromTheChosenLevelOn) {
  const Body body = [](Session& session) {
    session.log().warning("odd");
    session.log().info("fine {}", 1);
    session.log().debug("detail");
    return Result<void>();
  };
  EXPECT_EQ(run_tool(body).err, "tool: odd\ntool: fine 1\n");
  EXPECT_EQ(run_tool(body, {.log_level = "error"}).err, "");
  EXPECT_EQ(run_tool(body, {.log_level = "debug"}).err, "tool: odd\ntool: fine 1\ntool: detail\n");
}

TEST(Run, JsonLinesAreWholeObjects) {
  const auto outcome = run_tool([](Session&) { return fail(Code::kIo, "cannot open 'a\"b'"); },
                                {.log_format = "json"});
  EXPECT_THAT(outcome.err, MatchesRegex(R"(\{"time":"[-0-9T:.]+Z","level":"error","tool":"tool",)"
                                        R"("message":"cannot open 'a\\"b'"\}.)"));
}

TEST(Run, FfmpegIsHeardOnlyAtDebugLevel) {
  const Body body = [](Session&) {
    av_log(nullptr, AV_LOG_ERROR, "in two ");
    av_log(nullptr, AV_LOG_ERROR, "pieces\n");
    return Result<void>();
  };
  EXPECT_THAT(run_tool(body).err, IsEmpty());
  EXPECT_EQ(run_tool(body, {.log_level = "debug"}).err, "tool: ffmpeg: in two pieces\n");
}

TEST(Run, TheFirstSignalIsAStopThatWakesAPoll) {
  for (const int signal : {SIGINT, SIGTERM}) {
    bool woken = false;
    const auto outcome = run_tool([&](Session& session) {
      std::raise(signal);
      pollfd stop{session.stop().fd(), POLLIN, 0};
      woken = session.stop().requested() && ::poll(&stop, 1, 0) == 1;
      return Result<void>();
    });
    EXPECT_TRUE(woken);
    EXPECT_EQ(outcome.status, 0);
  }
}

TEST(RunDeathTest, TheSecondSignalEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Body body = [](Session&) {
    std::raise(SIGINT);
    std::raise(SIGTERM);
    return Result<void>();
  };
  EXPECT_EXIT(std::exit(run("tool", {}, body)), ::testing::KilledBySignal(SIGTERM), "");
}

TEST(Run, SignalsMeanWhatTheyMeantAfterwards) {
  struct sigaction before {
  }, after{};
  sigaction(SIGTERM, nullptr, &before);
  run_tool([](Session&) { return Result<void>(); });
  sigaction(SIGTERM, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
}

TEST(Run, AFullDiskOnStandardOutputIsAFailure) {
  const auto outcome = run_tool(
      [](Session&) {
        std::fputs("text", stdout);
        return Result<void>();
      },
      {}, "/dev/full");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "tool: cannot write standard output: no space left on device\n");
}

TEST(Run, AReaderThatWentAwayIsNoFault) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const auto outcome = captured([&] {
    ::dup2(ends[1], STDOUT_FILENO);
    return run("tool", {}, [](Session&) {
      std::fputs("text", stdout);
      return Result<void>();
    });
  });
  ::close(ends[1]);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST(Run, TheCauseIsReportedAndNotThatOutputFailedToo) {
  const auto outcome = run_tool(
      [](Session&) {
        std::fputs("text", stdout);
        return fail(Code::kBadInput, "broken");
      },
      {}, "/dev/full");
  EXPECT_EQ(outcome.status, 4);
  EXPECT_EQ(outcome.err, "tool: broken\n");
}

TEST(Run, OnlyATerminalIsRefused) {
  const auto outcome = run_tool([](Session&) { return refuse_terminal("-"); });
  EXPECT_EQ(outcome.status, 0);  // standard output is a file here
}

}  // namespace
}  // namespace weir::cli
