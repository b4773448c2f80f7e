#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "cli/run.h"
#include "tool_run.h"

namespace weir::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

enum class Kind { kOne, kTwo };

/// A tool with one option of every kind.
struct Tool {
  CLI::App app{"Try the common face."};
  Common common;
  std::string input = "-";
  std::string mode = "batch";
  Micros segment = 6s;
  std::optional<Micros> start;
  std::int64_t rate = 4'500'000;
  std::int64_t memory = 2LL << 30;
  int jobs = 0;
  Kind kind = Kind::kOne;
  int count = 1;
  int loop = 1;
  bool no_audio = false;
  std::vector<std::string> push;

  Tool() {
    bind(app, common);
    app.add_option("input", input, "File, URL, or - for standard input");
    app.add_option("--mode", mode, "How to work")->check(CLI::IsMember({"batch", "live"}));
    add_duration(app, "--segment", segment, "Length of a segment");
    add_duration(app, "--start", start, "Where to begin");
    add_bitrate(app, "-r,--low-rate", rate, "Rate of the lowest");
    add_bytes(app, "--memory", memory, "Most memory to use");
    app.add_option("--jobs", jobs, "Threads; 0 = all cores");
    app.add_flag("--no-audio", no_audio, "Leave sound out");
    app.add_option("--kind", kind, "Which")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, Kind>{{"one", Kind::kOne}, {"two", Kind::kTwo}}));
    app.add_option("--count", count, "How many")->check(CLI::Range(1, 9));
    app.add_option("--loop", loop, "How often")->check(CLI::NonNegativeNumber);
    app.add_option("--push", push, "Where to send it");
  }
};

Outcome with_config(Tool& tool, const std::string& text, std::vector<std::string> words = {}) {
  const support::TempFolder folder;
  std::ofstream(folder / "tool.toml") << text;
  words.insert(words.end(), {"--config", folder / "tool.toml"});
  Outcome outcome = parsed(tool.app, words);
  if (const auto at = outcome.err.find(folder.path().string()); at != std::string::npos)
    outcome.err.erase(at, folder.path().string().size() + 1);
  return outcome;
}

TEST(CommandLine, LetsAToolGoOn) {
  Tool tool;
  const auto outcome =
      parsed(tool.app, {"in.mp4", "--segment", "500ms", "--start=1m", "-r", "1M", "--memory", "1G",
                        "--no-audio", "--push", "a", "--push", "b"});
  EXPECT_EQ(outcome.status, -1);
  EXPECT_THAT(outcome.out + outcome.err, IsEmpty());
  EXPECT_EQ(tool.input, "in.mp4");
  EXPECT_EQ(tool.segment, 500ms);
  EXPECT_EQ(tool.start, Micros(1min));
  EXPECT_EQ(tool.rate, 1'000'000);
  EXPECT_EQ(tool.memory, 1LL << 30);
  EXPECT_TRUE(tool.no_audio);
  EXPECT_THAT(tool.push, ElementsAre("a", "b"));
}

TEST(CommandLine, KeepsDefaultsAndTakesADashAsInput) {
  Tool tool;
  EXPECT_EQ(parsed(tool.app, {"-"}).status, -1);
  EXPECT_EQ(tool.input, "-");
  EXPECT_EQ(tool.segment, 6s);
  EXPECT_EQ(tool.start, std::nullopt);
}

TEST(CommandLine, VersionAndHelpGoToStandardOutput) {
  Tool tool;
  const auto version = parsed(tool.app, {"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_EQ(version.out, "tool (Weir) " WEIR_VERSION "\n");
  Tool other;
  const auto help = parsed(other.app, {"-h"});
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.err, IsEmpty());
  EXPECT_THAT(help.out,
              StartsWith("Try the common face.\n\nUsage: tool [OPTIONS] [input]\n\nInput:\n"));
  EXPECT_THAT(help.out, HasSubstr("      --segment DURATION          Length of a segment [6s]\n"));
  EXPECT_THAT(help.out, HasSubstr("      --start DURATION            Where to begin\n"));
  EXPECT_THAT(help.out, HasSubstr("  -r, --low-rate BITRATE          Rate of the lowest [4.5M]\n"));
  EXPECT_THAT(help.out, HasSubstr("      --memory BYTES              Most memory to use [2G]\n"));
  EXPECT_THAT(help.out, HasSubstr("      --mode batch|live           How to work [batch]\n"));
  EXPECT_THAT(help.out, HasSubstr("      --kind one|two              Which"));
  EXPECT_THAT(help.out, HasSubstr("      --count INT                 How many [1]\n"));
  EXPECT_THAT(help.out, HasSubstr("\n\nCommon options:\n"));
}

TEST(CommandLine, HelpIsAtMost100Wide) {
  Tool tool;
  std::istringstream help(parsed(tool.app, {"--help"}).out);
  for (std::string line; std::getline(help, line);) EXPECT_LE(line.size(), 100u) << line;
}

struct Mistake {
  std::vector<std::string> words;
  std::string says;
};

TEST(CommandLine, EveryMistakeIsOneLineAndStatus2) {
  const Mistake mistakes[] = {
      {{"--segmnt", "5s"}, "tool: unknown option '--segmnt'; did you mean '--segment'?\n"},
      {{"--segmnt=5s"}, "tool: unknown option '--segmnt'; did you mean '--segment'?\n"},
      {{"--zzz"}, "tool: unknown option '--zzz'; see 'tool --help'\n"},
      {{"-x"}, "tool: unknown option '-x'; see 'tool --help'\n"},
      {{"a", "b"}, "tool: unexpected argument 'b'; see 'tool --help'\n"},
      {{"--segment"}, "tool: --segment needs a value; see 'tool --help'\n"},
      {{"--segment", "x"},
       "tool: --segment: 'x' is not a duration: write it like 6s, 500ms or 2m\n"},
      {{"--low-rate", "fast"},
       "tool: --low-rate: 'fast' is not a bit rate: write it like 3M or 500k\n"},
      {{"--memory", "-1"},
       "tool: --memory: '-1' is not a size in bytes: write it like 2G or 512M\n"},
      {{"--jobs", "many"}, "tool: --jobs: 'many' is not a whole number; see 'tool --help'\n"},
      {{"--jobs", "1", "--jobs", "2"}, "tool: --jobs is given more than once; give it once\n"},
      {{"--mode", "lve"}, "tool: --mode: 'lve' is not one of batch, live\n"},
      {{"--kind", "x"}, "tool: --kind: 'x' is not one of one, two\n"},
      {{"--count", "0"}, "tool: --count: '0' is out of range: give 1 to 9\n"},
      {{"--loop", "-1"}, "tool: --loop: '-1' is out of range: give at least 0\n"},
      {{"--log-level", "loud"},
       "tool: --log-level: 'loud' is not one of error, warning, info, debug\n"},
      {{"--config", "/nowhere/x.toml"}, "tool: cannot open '/nowhere/x.toml': no such file\n"},
      {{"--config", "/"}, "tool: cannot open '/': it is not a file\n"},
  };
  for (const auto& mistake : mistakes) {
    Tool tool;
    const auto outcome = parsed(tool.app, mistake.words);
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.err, mistake.says);
    EXPECT_THAT(outcome.out, IsEmpty());
  }
}

TEST(CommandLine, AMissingArgumentIsNamed) {
  CLI::App app;
  Common common;
  std::string input;
  bind(app, common);
  app.add_option("input", input, "File")->required();
  EXPECT_EQ(parsed(app, {}).err, "tool: input is missing; see 'tool --help'\n");
  EXPECT_EQ(parsed(app, {"--verzion"}).err,
            "tool: unknown option '--verzion'; did you mean '--version'?\n");
}

TEST(Configuration, SetsEveryKindOfOption) {
  Tool tool;
  const auto outcome = with_config(tool,
                                   "mode = 'live'\nsegment = 2.5\nstart = '1s'\njobs = 3\n"
                                   "no-audio = true\npush = ['a', 'b']\nlog-level = 'debug'\n");
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.status, -1);
  EXPECT_EQ(tool.mode, "live");
  EXPECT_EQ(tool.segment, 2500ms);
  EXPECT_EQ(tool.start, Micros(1s));
  EXPECT_EQ(tool.jobs, 3);
  EXPECT_TRUE(tool.no_audio);
  EXPECT_THAT(tool.push, ElementsAre("a", "b"));
  EXPECT_EQ(tool.common.log_level, "debug");
}

TEST(Configuration, TablesArePutInFrontOfTheirKeys) {
  Tool tool;
  EXPECT_EQ(with_config(tool, "[low]\nrate = '1M'\n[log]\nlevel = 'error'\n").err, "");
  EXPECT_EQ(tool.rate, 1'000'000);
  EXPECT_EQ(tool.common.log_level, "error");
}

TEST(Configuration, TheCommandLineWins) {
  Tool tool;
  EXPECT_EQ(with_config(tool, "mode = 'live'\njobs = 3\n", {"--mode", "batch"}).err, "");
  EXPECT_EQ(tool.mode, "batch");
  EXPECT_EQ(tool.jobs, 3);
}

TEST(Configuration, AnEmptyFileChangesNothing) {
  Tool tool;
  EXPECT_EQ(with_config(tool, "").status, -1);
  EXPECT_EQ(tool.mode, "batch");
}

TEST(Configuration, EveryMistakeNamesItsLine) {
  const std::pair<std::string, std::string> mistakes[] = {
      {"jobs = 1\nsegmnt = 4\n", "tool.toml:2: unknown key 'segmnt'; did you mean 'segment'?"},
      {"[low]\nrat = 4\n", "tool.toml:2: unknown key 'low.rat'; did you mean 'low-rate'?"},
      {"log_level = 'info'\n", "tool.toml:1: unknown key 'log_level'; did you mean 'log-level'?"},
      {"\n\nzzzzzz = 1\n", "tool.toml:3: unknown key 'zzzzzz'; see 'tool --help'"},
      {"jobs = 'many'\n", "tool.toml:1: --jobs: 'many' is not a whole number; see 'tool --help'"},
      {"\nsegment = 'x'\n",
       "tool.toml:2: --segment: 'x' is not a duration: write it like 6s, 500ms or 2m"},
      {"mode = 'lve'\n", "tool.toml:1: --mode: 'lve' is not one of batch, live"},
      {"version = true\n",
       "tool.toml:1: 'version' cannot be set in a configuration file; give it "
       "as --version"},
      {"jobs = 2020-01-01\n",
       "tool.toml:1: 'jobs' takes a text, a number, true or false, or a list of them"},
      {"jobs = [[1]]\n",
       "tool.toml:1: 'jobs' takes a text, a number, true or false, or a list of them"},
      {"jobs = [1, 2]\n", "tool.toml:1: --jobs is given more than once; give it once"},
      {"no-audio = 'perhaps'\n", "tool.toml:1: "},
      {"jobs = 1\njobs = 2\n", "tool.toml:2: "},
      {"jobs = \n", "tool.toml:1: error while parsing key-value pair"},
      {"mode = 'live\n", "tool.toml:1: error while parsing"},
  };
  for (const auto& [text, says] : mistakes) {
    Tool tool;
    const auto outcome = with_config(tool, text);
    EXPECT_EQ(outcome.status, 2) << text;
    EXPECT_THAT(outcome.err, StartsWith("tool: " + says)) << text;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
}

}  // namespace
}  // namespace weir::cli
