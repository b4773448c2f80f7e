#include "probe/rule_pairs.h"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/check.h"
#include "probe/sample_playlists.h"
#include "probe/selection.h"
#include "support/temp_folder.h"

namespace weir::probe {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string edited(std::string text, const Edit& edit) {
  if (edit.from == "*") return edit.to;
  const std::string from =
      edit.from.empty() ? (edit.file == "main.m3u8" ? "#EXT-X-STREAM-INF" : "#EXTINF") : edit.from;
  const std::string to = edit.from.empty() ? edit.to + "\n" + from : edit.to;
  std::size_t at = 0;
  for (int i = 0; i < edit.times; ++i, at += to.size()) {
    at = text.find(from, at);
    EXPECT_NE(at, std::string::npos) << from << " is not in " << edit.file;
    if (at == std::string::npos) break;
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace

std::vector<Finding> check_playlists(const std::string& rule, const std::vector<Edit>& edits,
                                     const std::string& main, const std::string& platform) {
  const support::TempFolder folder;
  auto files = sample_playlists();
  for (const auto& edit : edits) files[edit.file] = edited(files[edit.file], edit);
  for (const auto& [name, text] : files) std::ofstream(folder / name, std::ios::binary) << text;
  const Fetcher fetcher(nullptr);
  NullProgress progress;
  const auto presentation =
      load_presentation(folder / main, fetcher, progress, LoadScope::kPlaylists);
  EXPECT_TRUE(presentation) << presentation.error().what;
  return findings_of(*presentation, rule, platform);
}

std::vector<Finding> findings_of(const Presentation& presentation, const std::string& rule,
                                 const std::string& platform) {
  auto findings = check_presentation(presentation).findings;
  Selection::open({.platform = platform})->apply(findings);
  std::erase_if(findings, [&](const Finding& finding) {
    return finding.rule->severity == Severity::kInfo && finding.rule->id != rule;
  });
  return findings;
}

namespace {

std::vector<RulePair> all_pairs() {
  std::vector<RulePair> all;
  for (const auto& part :
       {playlist_pairs(), variant_pairs(), latency_pairs(), media_pairs(), container_pairs(),
        stream_pairs(), delivery_pairs(), insert_pairs(), watch_pairs()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::set<std::string> ids(const std::vector<Finding>& findings) {
  std::set<std::string> out;
  for (const auto& finding : findings) out.insert(std::string(finding.rule->id));
  return out;
}

std::string words(const std::vector<Finding>& findings) {
  return findings_text(findings);
}

class RulePairs : public ::testing::TestWithParam<RulePair> {};

TEST_P(RulePairs, BreakExactlyTheRuleOrKeepAll) {
  const RulePair& pair = GetParam();
  std::set<std::string> expected = pair.with;
  expected.insert(pair.rule);
  const auto broken = pair.broken();
  EXPECT_EQ(ids(broken), expected) << words(broken);
  const auto kept = pair.kept();
  EXPECT_THAT(ids(kept), IsEmpty()) << words(kept);
}

std::string test_name(const ::testing::TestParamInfo<RulePair>& info) {
  std::string name = info.param.rule;
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Probe, RulePairs, ::testing::ValuesIn(all_pairs()), test_name);

TEST(RuleList, HasAPairForEveryRuleThatIsDecided) {
  std::multiset<std::string> paired, decided;
  for (const auto& pair : all_pairs()) paired.insert(pair.rule);
  for (const auto& rule : all_rules())
    if (rule.decided) decided.insert(std::string(rule.id));
  EXPECT_EQ(paired, decided);
  EXPECT_GE(decided.size(), 120u);
}

TEST(RuleList, IsKeptByTheSamplesOnEveryPlatform) {
  for (const auto& platform : platform_names())
    for (const char* main : {"main.m3u8", "live.m3u8"}) {
      auto findings = check_playlists("", {}, main, platform);
      std::erase_if(findings, [](const auto& one) { return one.rule->id.ends_with("-8.12"); });
      EXPECT_THAT(ids(findings), IsEmpty()) << platform << "\n" << words(findings);
    }
}

}  // namespace
}  // namespace weir::probe
