#include "probe/check.h"

#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/json_text.h"
#include "probe/sample_presentation.h"
#include "probe/sample_subtitles.h"

namespace weir::probe {
namespace {

using support::add_subtitles;
using support::declare_captions;
using support::SamplePresentation;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

PlaylistReport check(const std::string& location) {
  av_log_set_level(AV_LOG_QUIET);
  const Fetcher fetcher(nullptr);
  NullProgress progress;
  auto presentation = load_presentation(location, fetcher, progress);
  EXPECT_TRUE(presentation) << presentation.error().what;
  return check_presentation(*presentation);
}

// The rules that were broken, once each; remarks (info) left out.
std::vector<std::string> broken(const SamplePresentation& sample) {
  std::set<std::string> rules;
  for (const auto& finding : check(sample.location()).findings)
    if (finding.rule->severity != Severity::kInfo && (finding.rule->platforms & kWeb) != 0)
      rules.insert(std::string(finding.rule->id));
  return {rules.begin(), rules.end()};
}

std::vector<std::string> messages(const SamplePresentation& sample, std::string_view rule) {
  std::vector<std::string> out;
  for (const auto& finding : check(sample.location()).findings)
    if (finding.rule->id == rule) out.push_back(finding.message);
  return out;
}

TEST(Check, FindsNothingInAPresentationThatKeepsTheRules) {
  EXPECT_THAT(broken(SamplePresentation()), IsEmpty());
}

TEST(Check, FindsNothingInTheSameAsTransportStream) {
  EXPECT_THAT(broken(SamplePresentation({.ts = true})), IsEmpty());
}

TEST(Check, MeasuresTheVariants) {
  const auto report = check(SamplePresentation().location());
  ASSERT_EQ(report.variants.size(), 3u);
  EXPECT_EQ(report.variants[0].size, (Size{64, 48}));
  EXPECT_EQ(report.variants[0].segments, 3);
  EXPECT_EQ(report.variants[0].duration_us, 6'000'000);
  EXPECT_DOUBLE_EQ(report.variants[0].frame_rate, 25);
  EXPECT_EQ(report.variants[0].gop_us.max(), 1'000'000);
  EXPECT_EQ(report.variants[0].aligned, std::nullopt);
  EXPECT_EQ(report.variants[1].aligned, true);
  EXPECT_EQ(report.variants[2].codecs, "mp4a.40.2");
  EXPECT_NEAR(static_cast<double>(report.variants[0].peak),
              static_cast<double>(*report.variants[0].declared_peak), 2);
}

struct Edit {
  const char* rule;
  std::function<void(const SamplePresentation&)> make;
};

void PrintTo(const Edit& edit, std::ostream* out) {
  *out << edit.rule;
}

class BrokenText : public ::testing::TestWithParam<Edit> {};

TEST_P(BrokenText, IsFoundByExactlyItsRule) {
  const SamplePresentation sample;
  GetParam().make(sample);
  EXPECT_THAT(broken(sample), ElementsAre(GetParam().rule));
}

const Edit kEdits[] = {
    {"general-9.1",
     [](const auto& s) {
       s.edit_value("main.m3u8", "CODECS", ",", "-X=\"\"");
       s.edit("main.m3u8", ",mp4a.40.2\"", "");
     }},
    {"general-9.2", [](const auto& s) { s.edit("main.m3u8", "RESOLUTION=64x48,", ""); }},
    {"general-9.14", [](const auto& s) { s.edit("main.m3u8", "AVERAGE-", "X-"); }},
    {"general-9.15", [](const auto& s) { s.edit("main.m3u8", "FRAME-RATE=25.000,", ""); }},
    {"general-9.12",
     [](const auto& s) { s.edit("main.m3u8", "#EXT-X-INDEPENDENT-SEGMENTS\n", ""); }},
    {"general-8.10", [](const auto& s) { s.edit("main.m3u8", "LANGUAGE=\"en\",", ""); }},
    {"draft-CODECS", [](const auto& s) { s.edit("main.m3u8", "avc1.42c00a", "avc1.42c00b"); }},
    {"draft-RESOLUTION", [](const auto& s) { s.edit("main.m3u8", "64x48", "68x51"); }},
    {"draft-FRAME-RATE", [](const auto& s) { s.edit("main.m3u8", "=25.000", "=30.000"); }},
    {"draft-SYNTAX", [](const auto& s) { s.edit("a.m3u8", "#EXTM3U", "\xEF\xBB\xBF#EXTM3U"); }},
    {"general-1.26",
     [](const auto& s) { s.edit_value("main.m3u8", "AVERAGE-BANDWIDTH=", ",", "1000"); }},
    {"general-1.27",
     [](const auto& s) { s.edit_value("main.m3u8", ":BANDWIDTH=", ",", "9000000"); }},
    {"general-8.6", [](const auto& s) { s.edit("a.m3u8", "#EXT-X-PLAYLIST-TYPE:VOD\n", ""); }},
    {"general-8.2", [](const auto& s) { s.edit("s.m3u8", "DURATION:2", "DURATION:3"); }},
};

INSTANTIATE_TEST_SUITE_P(Check, BrokenText, ::testing::ValuesIn(kEdits), [](const auto& edit) {
  std::string name = edit.param.rule;
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

TEST(Check, FindsAnAudioGroupThatDoesNotExist) {
  const SamplePresentation sample;
  sample.edit("main.m3u8", "AUDIO=\"snd\"\na.m3u8", "AUDIO=\"none\"\na.m3u8");
  EXPECT_THAT(messages(sample, "draft-AUDIO"), ElementsAre(HasSubstr("'none'")));
}

TEST(Check, FindsNothingInSubtitlesThatKeepTheRules) {
  const SamplePresentation sample;
  add_subtitles(sample);
  EXPECT_THAT(broken(sample), IsEmpty());
}

TEST(Check, FindsGroupsOfTextThatDoNotExist) {
  const SamplePresentation sample;
  add_subtitles(sample);
  declare_captions(sample);
  sample.edit("main.m3u8", "SUBTITLES=\"subs\"", "SUBTITLES=\"sobs\"");
  sample.edit("main.m3u8", "CAPTIONS=\"cc\"", "CAPTIONS=\"dd\"");
  EXPECT_THAT(messages(sample, "draft-SUBTITLES"), ElementsAre(HasSubstr("'sobs'")));
  EXPECT_THAT(messages(sample, "draft-CLOSED-CAPTIONS"), ElementsAre(HasSubstr("'dd'")));
}

TEST(Check, FindsNoneInSomeVariantsOnly) {
  const SamplePresentation sample;
  add_subtitles(sample);
  declare_captions(sample);
  sample.edit("main.m3u8", "CLOSED-CAPTIONS=\"cc\"", "CLOSED-CAPTIONS=NONE");
  EXPECT_THAT(messages(sample, "draft-CLOSED-CAPTIONS"), ElementsAre(HasSubstr("'b.m3u8'")));
}

TEST(Check, FindsWebvttThatCannotBePutOnTheClock) {
  const SamplePresentation sample;
  add_subtitles(sample);
  sample.write("t0.vtt", "WEBVTT\n\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n");
  sample.write("t2.vtt", "");
  EXPECT_THAT(messages(sample, "general-5.3"), ElementsAre("'t0.vtt' has no X-TIMESTAMP-MAP",
                                                           "'t2.vtt' does not begin with WEBVTT"));
}

TEST(Check, TextIsPartOfTheRates) {
  const SamplePresentation sample;
  add_subtitles(sample);
  const auto before = check(sample.location()).variants[0];
  sample.write("t1.vtt", "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n" +
                             std::string(100'000, 'x'));
  const auto after = check(sample.location()).variants[0];
  EXPECT_NEAR(static_cast<double>(after.average - before.average), 100'000 * 8 / 6.0, 2000);
  EXPECT_THAT(broken(sample), Contains("draft-BANDWIDTH"));
}

TEST(Check, FindsARunThatNeedsMoreThanBandwidth) {
  const SamplePresentation sample;
  const auto declared = check(sample.location()).variants[0].declared_peak;
  sample.edit_value("main.m3u8", ":BANDWIDTH=", ",", fmt::format("{}", *declared * 95 / 100));
  EXPECT_THAT(broken(sample), ElementsAre("draft-BANDWIDTH"));
}

TEST(Check, FindsOneWrongExtinf) {
  const SamplePresentation sample;
  sample.edit("a.m3u8", "#EXTINF:2.000000,\na1", "#EXTINF:2.060000,\na1");
  EXPECT_THAT(messages(sample, "draft-EXTINF"), ElementsAre(HasSubstr("'a1.m4s'")));
  EXPECT_THAT(broken(sample), Contains("draft-EXTINF"));
  EXPECT_THAT(messages(sample, "general-8.1"), IsEmpty());
}

// 30 ms, less than a frame of 40 ms, twice.
TEST(Check, FindsExtinfThatDriftOverARun) {
  const SamplePresentation sample;
  for (const char* segment : {"a0", "a1"})
    sample.edit("a.m3u8", fmt::format("#EXTINF:2.000000,\n{}", segment),
                fmt::format("#EXTINF:2.015000,\n{}", segment));
  EXPECT_THAT(broken(sample), IsEmpty());
  for (const char* segment : {"a0", "a1"})
    sample.edit("a.m3u8", fmt::format("#EXTINF:2.015000,\n{}", segment),
                fmt::format("#EXTINF:2.030000,\n{}", segment));
  EXPECT_THAT(
      messages(sample, "general-8.1"),
      ElementsAre("the EXTINF from 'a0.m4s' to 'a1.m4s' add up 60.0 ms apart from their media"));
  EXPECT_THAT(messages(sample, "draft-EXTINF"), IsEmpty());
}

TEST(Check, FindsAnExtinfThatRoundsAboveTheTarget) {
  const SamplePresentation sample({.videos = {{.name = "a", .gop = 1, .cuts = {0, 63, 126, 150}}}});
  for (int i = 0; i < 2; ++i) sample.edit("a.m3u8", "#EXTINF:2.520000", "#EXTINF:2.500000");
  EXPECT_THAT(messages(sample, "draft-TARGETDURATION"),
              Contains("EXTINF 2.500000 rounds to 3 s, the target duration is 2 s").Times(2));
  EXPECT_THAT(messages(sample, "general-7.7"), IsEmpty());
}

TEST(Check, FindsASegmentFarAboveTheTarget) {
  const SamplePresentation sample({.videos = {{.name = "a", .cuts = {0, 75, 150}}}});
  EXPECT_THAT(messages(sample, "general-7.7"),
              ElementsAre(HasSubstr("3.000 s"), HasSubstr("3.000 s")));
}

TEST(Check, FindsASegmentThatDoesNotOpenWithAnIdr) {
  const SamplePresentation sample({.videos = {{.name = "a", .cuts = {0, 50, 103, 150}}}});
  EXPECT_THAT(messages(sample, "general-7.4"), ElementsAre(HasSubstr("'a2.m4s'")));
  EXPECT_THAT(broken(sample), ElementsAre("general-7.4"));
}

TEST(Check, FindsStampsThatDoNotGoOn) {
  const SamplePresentation sample({.videos = {{.name = "a", .late_segment = 2}}});
  EXPECT_THAT(messages(sample, "general-7.3"),
              ElementsAre(HasSubstr("begins at 4.200 s, the segment before ends at 4.000 s")));
}

TEST(Check, FindsSegmentsCutElsewhereInOneVariant) {
  const SamplePresentation sample(
      {.videos = {{.name = "a"}, {.name = "b", .cuts = {0, 50, 75, 150}}}});
  EXPECT_THAT(messages(sample, "general-8.22"),
              ElementsAre("segment 3 is at 3.000 s, in 'a.m3u8' at 4.000 s (3 against 3)"));
  EXPECT_EQ(check(sample.location()).variants[1].aligned, false);
}

TEST(Check, FindsIdrPicturesElsewhereInOneVariant) {
  const SamplePresentation sample({.videos = {{.name = "a"}, {.name = "b", .gop = 50}}});
  EXPECT_THAT(broken(sample), ElementsAre("weir-IDR"));
}

TEST(Check, FindsARenditionThatEndsEarly) {
  const SamplePresentation sample({.videos = {{.name = "a"}, {.name = "b", .cuts = {0, 50, 100}}}});
  EXPECT_THAT(messages(sample, "general-8.3"),
              ElementsAre("lasts 4.000 s, but 'a.m3u8' lasts 6.000 s"));
}

TEST(Check, FindsThatAMapIsMissing) {
  const SamplePresentation sample;
  sample.edit("a.m3u8", "#EXT-X-MAP:URI=\"a.mp4\"\n", "");
  EXPECT_THAT(broken(sample), Contains("general-8.20"));
}

TEST(Check, FindsWhatIsMissingOrNoMedia) {
  const SamplePresentation sample;
  std::filesystem::remove(sample.path("a1.m4s"));
  sample.write("b2.m4s", "this is no media");
  sample.write("s.m3u8", "this is no playlist");
  EXPECT_THAT(messages(sample, "draft-READ"),
              UnorderedElementsAre(HasSubstr("a1.m4s': no such file"), HasSubstr("b2.m4s'"),
                                   HasSubstr("s.m3u8': line 1: no playlist")));
}

TEST(Check, SurvivesSegmentsCutShortAtAnyByte) {
  const SamplePresentation sample;
  const std::string whole = sample.read("a1.m4s");
  for (std::size_t size = 0; size < whole.size();
       size += std::max<std::size_t>(1, whole.size() / 40)) {
    sample.write("a1.m4s", whole.substr(0, size));
    EXPECT_FALSE(broken(sample).empty()) << size;
  }
}

TEST(Check, FollowsNoOtherProtocolThanFilesAndHttp) {
  const SamplePresentation sample;
  sample.edit("a.m3u8", "a1.m4s", "tcp://127.0.0.1:1/a1.m4s");
  EXPECT_THAT(messages(sample, "draft-READ"), ElementsAre(HasSubstr("only files, http and https")));
}

TEST(Check, SaysThatEncryptedSegmentsAreNotLookedInto) {
  const SamplePresentation sample;
  sample.edit("a.m3u8", "#EXT-X-MAP", "#EXT-X-KEY:METHOD=AES-128,URI=\"key\"\n#EXT-X-MAP");
  EXPECT_THAT(messages(sample, "weir-ENCRYPTED"), ElementsAre(HasSubstr("3 segments")));
}

TEST(Check, ChecksALonePlaylistToo) {
  const SamplePresentation sample;
  auto report = check(sample.path("a.m3u8"));
  std::erase_if(report.findings, [](const auto& one) { return (one.rule->platforms & kWeb) == 0; });
  EXPECT_THAT(report.variants, testing::SizeIs(1));
  ASSERT_THAT(report.findings, testing::SizeIs(1));
  EXPECT_EQ(report.findings[0].rule->id, "general-9.11");
}

TEST(Check, BoundsHowOftenARuleSpeaks) {
  Findings findings;
  for (int i = 0; i < 1000; ++i)
    findings.add({&find_rule("draft-READ"), "a.m3u8", i + 1, nullptr, nullptr, "missing"});
  const auto list = findings.take();
  ASSERT_EQ(list.size(), static_cast<std::size_t>(kMaxPerRule));
  EXPECT_EQ(list.back().message, "missing (and 990 more like it)");
}

TEST(Check, WritesFindingsForPeopleAndMachines) {
  const std::vector<Finding> findings{
      {&find_rule("general-8.2"), "s.m3u8", 0, 3, 2, "the target duration is 3 s", 4'000'000},
      {&find_rule("weir-IDR"), "b.m3u8", 7, nullptr, nullptr, "IDR picture 2 is elsewhere"}};
  EXPECT_EQ(findings_text(findings),
            "must    general-8.2  s.m3u8    the target duration is 3 s\n"
            "should  weir-IDR     b.m3u8:7  IDR picture 2 is elsewhere\n"
            "2 findings: 1 must, 1 should, 0 info\n");
  EXPECT_EQ(json_text(findings_json(findings).front()), R"({
  "rule": "general-8.2",
  "severity": "must",
  "uri": "s.m3u8",
  "line": null,
  "time": 4.0,
  "measured": 3,
  "limit": 2,
  "message": "the target duration is 3 s"
}
)");
}

TEST(Check, KeepsItsRulesApart) {
  std::set<std::string_view> ids;
  for (const auto& rule : all_rules()) EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
}

}  // namespace
}  // namespace weir::probe
