// Evasions that must be found, exactly where they stand, and innocent texts in which nothing may
// be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/word_cases.h"

namespace weir::safety {
namespace {

using support::WordCase;

std::string told(const WordCase& one, const Verdict& verdict, const TextScreen& screen) {
  std::string out = fmt::format("cases.tsv:{}: '{}'", one.line, one.text);
  for (const Hit& hit : verdict.hits)
    out += fmt::format("\n  {} found '{}' at {} to {} as '{}'", screen.rule(hit).name,
                       one.text.substr(hit.span.begin, hit.span.end - hit.span.begin),
                       hit.span.begin, hit.span.end, hit.normal);
  return out;
}

TEST(Cases, ListHasNoFault) {
  support::Screen screen(support::word_case_list());
  EXPECT_THAT(screen.screen().list().faults, ::testing::IsEmpty());
}

TEST(Cases, ThereAreEnoughOfBothHalves) {
  const auto cases = support::word_cases();
  const auto innocent = std::count_if(cases.begin(), cases.end(),
                                      [](const WordCase& one) { return one.rule == "-"; });
  EXPECT_GE(innocent, 200);
  EXPECT_GE(static_cast<std::ptrdiff_t>(cases.size()) - innocent, 200);
}

TEST(Cases, EvasionsAreFoundWhereTheyStand) {
  support::Screen screen(support::word_case_list());
  for (const WordCase& one : support::word_cases()) {
    if (one.rule == "-") continue;
    const Verdict verdict = screen.judge(one.text);
    std::vector<Span> found;
    for (const Hit& hit : verdict.hits)
      if (screen.screen().rule(hit).name == one.rule) found.push_back(hit.span);
    EXPECT_EQ(found, one.spans) << told(one, verdict, screen.screen());
  }
}

TEST(Cases, InnocentTextsPass) {
  support::Screen screen(support::word_case_list());
  for (const WordCase& one : support::word_cases()) {
    if (one.rule != "-") continue;
    const Verdict verdict = screen.judge(one.text);
    EXPECT_EQ(verdict.action, Action::kPass) << told(one, verdict, screen.screen());
  }
}

// The short cut for ASCII changes nothing.
TEST(Cases, AsciiIsJudgedLikeEverythingElse) {
  support::Screen fast(support::word_case_list()), slow(support::word_case_list());
  for (const WordCase& one : support::word_cases()) {
    const Verdict quick = fast.judge(one.text), full = slow.judge_folded(one.text);
    ASSERT_EQ(quick.hits.size(), full.hits.size()) << told(one, full, slow.screen());
    for (std::size_t i = 0; i < quick.hits.size(); ++i) {
      EXPECT_EQ(quick.hits[i].span, full.hits[i].span) << one.text;
      EXPECT_EQ(quick.hits[i].rule, full.hits[i].rule) << one.text;
      EXPECT_EQ(quick.hits[i].score, full.hits[i].score) << one.text;
      EXPECT_EQ(quick.hits[i].normal, full.hits[i].normal) << one.text;
    }
  }
}

}  // namespace
}  // namespace weir::safety
