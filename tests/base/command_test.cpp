#include "base/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <unistd.h>

#include "support/matchers.h"

namespace weir {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::IsOk;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string text(const Result<Bytes>& bytes) {
  return bytes ? std::string(bytes->begin(), bytes->end()) : bytes.error().what;
}

TEST(SplitCommand, WordsAreSeparatedByBlanks) {
  EXPECT_THAT(*split_command("  a bc\td "), ElementsAre("a", "bc", "d"));
}

TEST(SplitCommand, QuotesAndBackslashesKeepBlanksTogether) {
  EXPECT_THAT(*split_command(R"(a 'b c' "d e"f g\ h "" '"')"),
              ElementsAre("a", "b c", "d ef", "g h", "", "\""));
  EXPECT_THAT(*split_command(R"("a\"b\\c\d" 'e\f')"), ElementsAre(R"(a"b\c\d)", R"(e\f)"));
}

TEST(SplitCommand, NothingElseAShellWouldDoIsDone) {
  EXPECT_THAT(*split_command("a $HOME ~ *.key `b` ; c | d > e"),
              ElementsAre("a", "$HOME", "~", "*.key", "`b`", ";", "c", "|", "d", ">", "e"));
}

TEST(SplitCommand, WhatIsNotClosedOrEmptyIsAUsageError) {
  EXPECT_THAT(split_command("a 'b"), FailsWith(Code::kUsage, HasSubstr("not closed")));
  EXPECT_THAT(split_command("a \"b\\\""), FailsWith(Code::kUsage, HasSubstr("not closed")));
  EXPECT_THAT(split_command("a \\"), FailsWith(Code::kUsage, HasSubstr("nothing to protect")));
  EXPECT_THAT(split_command(" \t"), FailsWith(Code::kUsage, HasSubstr("empty")));
  EXPECT_THAT(split_command("'' a"), FailsWith(Code::kUsage, HasSubstr("empty")));
}

TEST(RunCommand, GivesWhatTheProgramPrintsByteForByte) {
  EXPECT_EQ(text(run_command({"printf", R"(a\000b\377)"})), std::string("a\0b\xff", 4));
  EXPECT_EQ(text(run_command({"true"})), "");
}

TEST(RunCommand, ArgumentsReachTheProgramAsTheyAre) {
  EXPECT_EQ(text(run_command({"printf", "%s|", "$HOME", "a b", "*", "; echo x"})),
            "$HOME|a b|*|; echo x|");
}

TEST(RunCommand, ItsStandardInputIsEmpty) {
  EXPECT_EQ(text(run_command({"cat"})), "");
}

TEST(RunCommand, SignalsWeIgnoreAreNotIgnoredByIt) {
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  EXPECT_THAT(run_command({"sh", "-c", "kill -PIPE $$"}),
              FailsWith(Code::kIo, HasSubstr("ended by signal 13")));
  ::signal(SIGPIPE, before);
}

TEST(RunCommand, AnotherStatusThanZeroIsAFailureThatNamesOnlyTheProgram) {
  EXPECT_THAT(run_command({"sh", "-c", "echo hidden; exit 3"}),
              FailsWith(Code::kIo, AllOf(HasSubstr("'sh' ended with status 3"),
                                         Not(HasSubstr("hidden")), Not(HasSubstr("-c")))));
}

TEST(RunCommand, AProgramThatIsNotThereIsAFailure) {
  EXPECT_THAT(run_command({"/no/such/program"}),
              FailsWith(Code::kIo, HasSubstr("cannot run '/no/such/program': no such file")));
}

TEST(RunCommand, AProgramThatDoesNotEndIsKilledWithItsChildren) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(run_command({"sh", "-c", "sleep 100 & sleep 100"}, {.timeout = 50ms}),
              FailsWith(Code::kTimeout, HasSubstr("'sh' did not end within 50 ms")));
  // Its output closed does not mean that it ended.
  EXPECT_THAT(run_command({"sh", "-c", "exec >&-; sleep 100"}, {.timeout = 50ms}),
              FailsWith(Code::kTimeout, HasSubstr("did not end")));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST(RunCommand, TooMuchOutputIsAFailure) {
  EXPECT_THAT(run_command({"yes"}, {.output = 1000}),
              FailsWith(Code::kIo, HasSubstr("more than 1000 bytes")));
}

}  // namespace
}  // namespace weir
