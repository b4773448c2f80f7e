#include "ingest/stream_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace weir::ingest {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ProgramName, PlainNamesOfAnyLanguageGo) {
  for (const auto* name : {"show", "a b", "\xC3\xBC", "$(id)", "a-b.c", "; ls"})
    EXPECT_THAT(check_program_name(name), IsOk()) << name;
}

TEST(ProgramName, WhatCouldBeAnOptionAFolderOrNoTextIsRefusedWithoutRepeatingIt) {
  for (const auto* name : {"", "-o", "--help", ".hidden", "..", "a/b", "a\nb", "a\x7F", "a\xFF"})
    EXPECT_THAT(check_program_name(name),
                FailsWith(Code::kRefused, HasSubstr("a name of a stream here is UTF-8")));
  EXPECT_THAT(check_program_name("-secret").error().what, Not(HasSubstr("secret")));
}

TEST(ProgramName, StandsInEveryPlaceAndMakesNoWordsOfItsOwn) {
  EXPECT_THAT(command_for({"run", "{stream}/{stream}.nut", "{other}"}, "a b"),
              ElementsAre("run", "a b/a b.nut", "{other}"));
  EXPECT_THAT(command_for({"run", "x{stream}"}, "{stream}"), ElementsAre("run", "x{stream}"));
}

}  // namespace
}  // namespace weir::ingest
