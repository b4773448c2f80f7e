#include "safety/text/word_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/matchers.h"
#include "support/screens.h"
#include "support/temp_folder.h"

namespace weir::safety {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

WordList list_of(std::string_view toml, const Selection& selection = {}) {
  WordList list;
  EXPECT_THAT(add_word_list(toml, "list.toml", selection, list), IsOk());
  return list;
}

void write(const std::string& path, std::string_view text) {
  std::ofstream(path) << text;
}

TEST(WordList, ReadsEveryKey) {
  const auto list = list_of(R"(
[[rule]]
name = "mild"
words = ["numpty", "twit"]
patterns = ["pr[aá]t"]
except = ["twitter"]
action = "block"
severity = 5
category = "insult"
language = "en"
pinyin_initials = true
[[rule]]
kind = "flood"
action = "mask"
run = 5
times = 3
)");
  EXPECT_THAT(list.faults, IsEmpty());
  ASSERT_THAT(list.rules, SizeIs(2));
  const Rule& rule = list.rules[0];
  EXPECT_EQ(rule.name, "mild");
  EXPECT_EQ(rule.action, Action::kBlock);
  EXPECT_EQ(rule.severity, 5);
  EXPECT_EQ(rule.category, "insult");
  EXPECT_EQ(rule.language, "en");
  EXPECT_TRUE(rule.pinyin_initials);
  ASSERT_THAT(rule.words, SizeIs(2));
  EXPECT_EQ(rule.words[1].text, "twit");
  EXPECT_EQ(rule.words[1].line, 4u);
  EXPECT_EQ(rule.patterns[0].text, "pr[aá]t");
  EXPECT_EQ(rule.except[0].text, "twitter");
  EXPECT_EQ(list.rules[1].kind, RuleKind::kFlood);
  EXPECT_EQ(list.rules[1].name, "list.toml:12");
  EXPECT_EQ(list.rules[1].run, 5);
  EXPECT_EQ(list.rules[1].times, 3);
}

TEST(WordList, NamesWhatIsWrongWithItsLineAndKeepsTheRest) {
  const auto list = list_of(R"(
colour = "red"
[[rule]]
words = ["numpty", 7, "twit"]
[[rule]]
words = ["dork"]
action = "blok"
[[rule]]
category = "insult"
[[rule]]
words = ["prat"]
severity = 9
exept = ["pratfall"]
[[rule]]
kind = "url"
words = ["wally"]
)");
  EXPECT_THAT(list.faults,
              ElementsAre(HasSubstr("list.toml:2: unknown key 'colour'"),
                          "list.toml:4: a word must be a text in quotes",
                          "list.toml:7: unknown action 'blok'; did you mean 'block'?",
                          "list.toml:8: a rule needs 'words', 'patterns' or a 'kind'",
                          "list.toml:13: unknown key 'exept'; did you mean 'except'?",
                          HasSubstr("list.toml:12: 'severity' must be a whole number from 1 to 5"),
                          "list.toml:14: a rule with a 'kind' has no words of its own"));
  ASSERT_THAT(list.rules, SizeIs(2));
  EXPECT_THAT(list.rules[0].words, SizeIs(2));
  EXPECT_EQ(list.rules[1].words[0].text, "prat");
}

TEST(WordList, WordsThatCannotBeLookedForAreNamedAndTheRestHolds) {
  WordList list =
      list_of("[[rule]]\nwords = [\n \"a\",\n \"...\",\n \"twit\",\n \"\",\n \"oo\",\n" +
              ("\"" + std::string(4, ' ') + std::string(70 * 2, 'x') + "\",\n") +
              "]\npatterns = [\n \"a(\",\n \"x*\",\n \"pra+t\"]\n");
  list.rules[0].words.back().text.clear();
  for (int i = 0; i < 40; ++i) list.rules[0].words.back().text += "xyz";
  support::Screen screen(std::move(list));
  EXPECT_THAT(screen.screen().list().faults,
              ElementsAre("list.toml:3: the word 'a' is a single letter, which would be found "
                          "everywhere",
                          "list.toml:4: the word '...' has no letter and no digit",
                          "list.toml:6: the word '' has no letter and no digit",
                          HasSubstr("list.toml:7: the word 'oo' is a single letter"),
                          HasSubstr("list.toml:8: the word 'xyzxyz"),
                          HasSubstr("list.toml:11: the pattern 'a(': "),
                          HasSubstr("list.toml:12: the pattern 'x*': ")));
  EXPECT_EQ(screen.judge("a twit").action, Action::kReview);
  EXPECT_EQ(screen.judge("praaat").action, Action::kReview);
}

TEST(WordList, NoTomlIsAnErrorWithItsLine) {
  WordList list;
  EXPECT_THAT(add_word_list("[[rule]\nwords = 1", "list.toml", {}, list),
              FailsWith(Code::kUsage, HasSubstr("list.toml:1: ")));
}

TEST(WordList, ListsArePutTogether) {
  const support::TempFolder folder;
  write(folder / "all.toml",
        "include = [\"mild.toml\", \"zh.toml\"]\nexcept = [\"twit of the year\"]\n"
        "[[rule]]\nwords = [\"prat\"]\n");
  write(folder / "mild.toml", "include = [\"all.toml\"]\n[[rule]]\nwords = [\"twit\"]\n");
  write(folder / "zh.toml", "[[rule]]\nwords = [\"笨蛋\"]\n");
  write(folder / "own.toml", "[[rule]]\nname = \"own\"\nwords = [\"twit\"]\n");
  const std::vector<std::string> files{folder / "all.toml", folder / "own.toml",
                                       folder / "zh.toml"};
  auto list = load_word_lists(files);
  ASSERT_THAT(list, IsOk());
  EXPECT_THAT(list->faults, IsEmpty());
  EXPECT_THAT(list->files, SizeIs(4));
  support::Screen screen(std::move(*list));
  EXPECT_THAT(screen.judge("twit, prat, 笨蛋").hits, SizeIs(4));
  // The exception is for the list that has it and what that includes.
  const auto verdict = screen.judge("the Twit of the Year");
  ASSERT_THAT(verdict.hits, SizeIs(1));
  EXPECT_EQ(screen.screen().rule(verdict.hits[0]).name, "own");
}

TEST(WordList, AMissingFileIsAnError) {
  const support::TempFolder folder;
  write(folder / "all.toml", "include = [\"nowhere.toml\"]\n");
  const std::vector<std::string> files{folder / "all.toml"};
  EXPECT_THAT(load_word_lists(files), FailsWith(Code::kIo, HasSubstr("nowhere.toml")));
}

TEST(WordList, RulesAreSelectedByLanguageAndCategory) {
  constexpr std::string_view kRules = R"(
[[rule]]
name = "en"
language = "en"
category = "insult"
words = ["twit"]
[[rule]]
name = "zh"
language = "zh"
category = "advert"
words = ["笨蛋"]
[[rule]]
name = "any"
category = "insult"
words = ["prat"]
)";
  const auto names = [&](const Selection& selection) {
    std::vector<std::string> out;
    for (const auto& rule : list_of(kRules, selection).rules) out.push_back(rule.name);
    return out;
  };
  EXPECT_THAT(names({}), ElementsAre("en", "zh", "any"));
  EXPECT_THAT(names({.languages = {"zh"}}), ElementsAre("zh", "any"));
  EXPECT_THAT(names({.categories = {"insult"}}), ElementsAre("en", "any"));
  EXPECT_THAT(names({.languages = {"zh"}, .categories = {"insult"}}), ElementsAre("any"));
}

}  // namespace
}  // namespace weir::safety
