#include "probe/selection.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/json_text.h"
#include "probe/rule_list.h"
#include "support/matchers.h"

namespace weir::probe {
namespace {

using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Finding finding(std::string_view id) {
  return {&find_rule(id), "a.m3u8", 3, nullptr, nullptr, "it is <wrong>", {}};
}

std::vector<std::string> kept(const SelectionOptions& options) {
  const auto selection = Selection::open(options);
  EXPECT_THAT(selection, IsOk());
  std::vector<Finding> findings{finding("draft-READ"), finding("general-8.2"), finding("weir-IDR")};
  selection->apply(findings);
  std::vector<std::string> out;
  for (const auto& one : findings) out.emplace_back(one.rule->id);
  return out;
}

TEST(Selection, HasEveryRuleOfThePlatform) {
  EXPECT_THAT(kept({}), ElementsAre("draft-READ", "general-8.2", "weir-IDR"));
}

TEST(Selection, HasTheRulesThatAreAskedForLessThoseToSkip) {
  EXPECT_THAT(kept({.only = {"draft-READ", "weir-IDR"}}), ElementsAre("draft-READ", "weir-IDR"));
  EXPECT_THAT(kept({.skip = {"draft-READ"}}), ElementsAre("general-8.2", "weir-IDR"));
  EXPECT_THAT(kept({.only = {"draft-READ", "weir-IDR"}, .skip = {"weir-IDR"}}),
              ElementsAre("draft-READ"));
}

TEST(Selection, NamesTheNearestOfWhatItDoesNotKnow) {
  EXPECT_EQ(Selection::open({.only = {"draft-RED"}}).error().what,
            "no rule 'draft-RED': did you mean 'draft-READ'?");
  EXPECT_EQ(Selection::open({.skip = {"general-8.2", ""}}).error().what,
            "no rule '': --rules lists them");
  EXPECT_EQ(Selection::open({.platform = "tvs"}).error().what,
            "no platform 'tvs': did you mean 'tvos'?");
  EXPECT_EQ(Selection::open({.platform = "tvs"}).error().code, Code::kUsage);
}

TEST(RuleList, HasEachIdOnceAndSaysHowItIsDecidedOrWhyNot) {
  for (const auto& rule : all_rules()) {
    EXPECT_EQ(std::ranges::count(all_rules(), rule.id, &Rule::id), 1) << rule.id;
    EXPECT_FALSE(rule.title.empty()) << rule.id;
    EXPECT_FALSE(rule.reason.empty()) << rule.id;
    EXPECT_NE(rule.platforms, 0u) << rule.id;
  }
}

constexpr Rule kSome[] = {
    {"a-1", Severity::kMust, true, kAll, "one", "how it is seen."},
    {"b-2", Severity::kShould, false, kIos | kTvos, "two", "why it is not."},
};

TEST(RuleList, IsTextForPeople) {
  EXPECT_EQ(rules_text({std::begin(kSome), std::end(kSome)}),
            "a-1 (must): one\n    how it is seen.\n"
            "b-2 (should) [ios tvos], not decided: two\n    why it is not.\n"
            "2 rules, 1 decided\n");
}

TEST(RuleList, IsJsonForMachines) {
  EXPECT_EQ(json_text(rules_json({kSome[1]})), R"({
  "schema": 1,
  "kind": "rules",
  "rules": [
    {
      "id": "b-2",
      "severity": "should",
      "platforms": ["ios", "tvos"],
      "decided": false,
      "title": "two",
      "reason": "why it is not."
    }
  ]
}
)");
}

std::string junit(bool strict) {
  const std::vector<const Rule*> rules{&find_rule("draft-READ"), &find_rule("general-8.2"),
                                       &find_rule("weir-IDR")};
  return junit_text("a & b", rules, {finding("draft-READ"), finding("weir-IDR")}, strict);
}

TEST(Junit, HasACaseForEachRule) {
  EXPECT_EQ(junit(false),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuite name=\"a &#38; b\" tests=\"3\" failures=\"1\">\n"
            "  <testcase classname=\"must\" name=\"draft-READ: every playlist and segment can be "
            "read\"><failure message=\"every playlist and segment can be read\">a.m3u8:3: it is "
            "&#60;wrong&#62;\n</failure></testcase>\n"
            "  <testcase classname=\"must\" name=\"general-8.2: sound and picture have the same "
            "target duration\"/>\n"
            "  <testcase classname=\"should\" name=\"weir-IDR: IDR pictures lie at the same times "
            "in all variants\"><system-out>a.m3u8:3: it is &#60;wrong&#62;\n"
            "</system-out></testcase>\n"
            "</testsuite>\n");
}

TEST(Junit, FailsMoreWhenStrict) {
  EXPECT_THAT(junit(true), HasSubstr("failures=\"2\""));
}

}  // namespace
}  // namespace weir::probe
