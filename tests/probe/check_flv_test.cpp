#include "probe/check_flv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flv/metadata.h"
#include "probe/sample_flv.h"
#include "support/matchers.h"
#include "support/media_files.h"

namespace weir::probe {
namespace {

using flv::TagType;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<Finding> check(const Bytes& bytes) {
  FlvCheck check("a.flv");
  for (ByteView rest = bytes; !rest.empty();
       rest = rest.subspan(std::min<std::size_t>(7, rest.size())))
    EXPECT_THAT(check.feed(rest.first(std::min<std::size_t>(7, rest.size()))), IsOk());
  return check.finish();
}

std::vector<std::string> rules(const FlvSample& sample) {
  std::vector<std::string> ids;
  for (const auto& finding : check(sample.bytes())) ids.emplace_back(finding.rule->id);
  return ids;
}

TEST(CheckFlv, FindsNothingInAFileThatKeepsTheRules) {
  EXPECT_THAT(rules({}), IsEmpty());
}

TEST(CheckFlv, TakesColoursInFrontOfAKeyFrameForTheFrame) {
  EXPECT_THAT(rules({.colours = true}), IsEmpty());
  EXPECT_THAT(rules({.second_key_off = 21, .colours = true}), IsEmpty());
}

TEST(CheckFlv, FindsAnIndexThatLeadsElsewhere) {
  EXPECT_THAT(rules({.second_key_off = 3}), ElementsAre("weir-FLV-INDEX"));
  EXPECT_THAT(rules({.second_key_off = 1'000'000'000'000}), ElementsAre("weir-FLV-INDEX"));
}

TEST(CheckFlv, FindsAnIndexWithAWrongTime) {
  const auto findings = check(FlvSample{.second_key_s = 0.5}.bytes());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule->id, "weir-FLV-INDEX");
  EXPECT_EQ(findings[0].message, "the index says 0.500 s of the key frame at 0.080 s");
  EXPECT_THAT(rules({.second_key_s = 0.12}), IsEmpty());  // when it is shown
}

TEST(CheckFlv, FindsFramesWithoutTheirConfiguration) {
  const auto findings = check(FlvSample{.configuration = false}.bytes());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule->id, "weir-FLV-CONFIGURATION");
  EXPECT_THAT(findings[0].message, HasSubstr("pictures: 3 frames"));
}

TEST(CheckFlv, FindsFlagsThatAnnounceSomethingElse) {
  EXPECT_THAT(rules({.audio_flag = false}), ElementsAre("weir-FLV-FLAGS"));
}

TEST(CheckFlv, FindsStampsThatGoBack) {
  const auto findings = check(FlvSample{.second_sound_ms = -10}.bytes());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule->id, "weir-FLV-TIME");
  EXPECT_THAT(findings[0].message, HasSubstr("0.013 s"));
}

TEST(CheckFlv, FindsAWrongSize) {
  EXPECT_THAT(rules({.size_off = 1}), ElementsAre("weir-FLV-SIZE"));
}

TEST(CheckFlv, SurvivesEveryCut) {
  const Bytes bytes = FlvSample().bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    FlvCheck check("a.flv");
    EXPECT_THAT(check.feed(ByteView(bytes).first(size)), IsOk());
    (void)check.finish();
  }
}

TEST(CheckFlv, FindsNoWrongIndexInRealFiles) {
  if (support::media_files("flv").empty()) GTEST_SKIP() << "no media";
  const StopSource stop;
  for (const auto& path : support::media_files("flv")) {
    const auto findings = check_flv(path, stop);
    ASSERT_THAT(findings, IsOk());
    for (const auto& finding : *findings)
      EXPECT_NE(finding.rule->severity, Severity::kMust) << path << ": " << finding.message;
  }
}

}  // namespace
}  // namespace weir::probe
