#include "publish/hls_interstitials.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "publish/hls_source.h"
#include "support/golden.h"
#include "support/matchers.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kOne = R"(
[[interstitial]]
id = "one"
at = "4s"
asset = "https://a.example/one.m3u8"
)";

std::string sample() {
  const auto tests = std::filesystem::path(__FILE__).parent_path().parent_path();
  std::ifstream file(tests.parent_path() / "samples/interstitials.toml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(CueSheet, OfTheSamplesSaysAllThatATagCan) {
  const auto sheet = parse_interstitials(sample(), "sample");
  ASSERT_THAT(sheet, IsOk());
  ASSERT_THAT(*sheet, SizeIs(3));
  std::string tags;
  for (const auto& each : *sheet)
    tags += interstitial_tag(each, each.utc_us.value_or(1'767'225'600'000'000))->line;
  support::expect_golden("hls/interstitials.m3u8", tags);
  EXPECT_EQ((*sheet)[1].at, 10min);
  EXPECT_EQ(asset_list_name((*sheet)[1]), "interstitial-break-1.json");
  EXPECT_EQ(asset_list_json((*sheet)[1]),
            R"({"ASSETS":[{"URI":"https://ads.example.com/one/master.m3u8","DURATION":15.000},)"
            R"({"URI":"https://ads.example.com/two/master.m3u8","DURATION":15.000}]})"
            "\n");
}

struct Wrong {
  const char* text;
  const char* words;
};

class WrongCueSheet : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongCueSheet, IsRefusedWithFileLineAndReason) {
  EXPECT_THAT(parse_interstitials(GetParam().text, "cues.toml"),
              FailsWith(Code::kUsage, HasSubstr(GetParam().words)));
}

INSTANTIATE_TEST_SUITE_P(
    Sheets, WrongCueSheet,
    ::testing::Values(
        Wrong{"", "cues.toml: no [[interstitial]] in it"}, Wrong{"a = [", "cues.toml:1: "},
        Wrong{"[[interstital]]\nid = 1", "unknown key 'interstital'; did you mean 'interstitial'?"},
        Wrong{"interstitial = 3", "must be written as"},
        Wrong{"[[interstitial]]\nat = \"1s\"", "needs an 'id'"},
        Wrong{"[[interstitial]]\nid = \"a/b\"", "needs an 'id'"},
        Wrong{"[[interstitial]]\nid = \"a\"\nresume_ofset = \"1s\"",
              "cues.toml:3: unknown key 'resume_ofset'; did you mean 'resume_offset'?"},
        Wrong{"[[interstitial]]\nid = \"a\"\nasset = \"https://a/b\"", "lacks 'at'"},
        Wrong{"[[interstitial]]\nid = \"a\"\nat = \"soon\"", "cues.toml:3: 'at' must be"},
        Wrong{"[[interstitial]]\nid = \"a\"\nat = \"1s\"", "needs one of 'asset'"},
        Wrong{"[[interstitial]]\nid = \"a\"\nat = 1\nasset = \"https://a/b\"\nasset_list = \"c\"",
              "needs one of 'asset'"},
        Wrong{"[[interstitial]]\nid = \"a\"\nat = 1\nasset = \"b.m3u8\"", "an absolute URI"},
        Wrong{"[[interstitial]]\nid = \"a\"\nat = 1\nasset = \"https://a/\\\"b\"", "absolute URI"},
        Wrong{"[[interstitial]]\nid = \"a\"\nat = 1\nassets = []", "'assets'"},
        Wrong{"[[interstitial]]\nid = \"a\"\nat = 1\nassets = [{ uri = \"https://a/b\" }]",
              "needs 'uri' and 'duration'"},
        Wrong{"[[interstitial]]\nid = \"a\"\ncue = \"first\"",
              "'cue' must be \"pre\" or \"post\" or \"once\""},
        Wrong{"[[interstitial]]\nid = \"a\"\ncue = [\"pre\", \"post\"]", "cannot be both"},
        Wrong{"[[interstitial]]\nid = \"a\"\nsnap = []", "'snap' must be"},
        Wrong{"[[interstitial]]\nid = \"a\"\ntimeline_style = [\"highlight\", \"primary\"]",
              "must be one of them"},
        Wrong{"[[interstitial]]\nid = \"a\"\ncontent_may_vary = \"no\"", "must be true or false"},
        Wrong{"[[interstitial]]\nid = \"a\"\nduration = -3", "'duration' must be a duration"},
        Wrong{"[[interstitial]]\nid = \"a\"\nskip_offset = \"1.5s\"", "must be whole seconds"},
        Wrong{"[[interstitial]]\nid = \"a\"\nskip_label = \"x\"", "needs 'skip_offset'"},
        Wrong{"[[interstitial]]\nid = \"a\"\nat = 1\nasset = \"https://a/b\"\n"
              "[[interstitial]]\nid = \"a\"\nat = 2\nasset = \"https://a/b\"",
              "cues.toml:5: id 'a' is there twice"}));

TEST(CueSheet, CutOffAnywhereIsRefusedOrReadButNeverACrash) {
  const std::string whole = sample();
  for (std::size_t size = 0; size < whole.size(); size += 3)
    (void)parse_interstitials(whole.substr(0, size), "cut");
}

TEST(CueSheet, ThatIsNotThereIsSaid) {
  EXPECT_THAT(load_interstitials("/nowhere/cues.toml"),
              FailsWith(Code::kIo, HasSubstr("cannot read cue sheet '/nowhere/cues.toml'")));
}

class Interstitials : public Publisher {
 protected:
  void plan(const std::string& sheet) {
    auto read = parse_interstitials(sheet, "sheet");
    ASSERT_THAT(read, IsOk());
    options.interstitials = std::move(*read);
  }
  std::string playlist(const std::string& folder = "720p") const {
    return store.text(folder + "/index.m3u8");
  }
};

TEST_F(Interstitials, StandInEveryPlaylistOfVodAtTheirTime) {
  plan(kOne);
  ASSERT_THAT(run(6), IsOk());
  for (const auto* folder : {"720p", "360p", "audio"})
    EXPECT_THAT(playlist(folder),
                HasSubstr("#EXT-X-DATERANGE:ID=\"one\",CLASS=\"com.apple.hls.interstitial\","
                          "START-DATE=\"1970-01-01T00:00:04.000Z\","
                          "X-ASSET-URI=\"https://a.example/one.m3u8\"\n"));
  EXPECT_THAT(playlist(), HasSubstr("#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:00.000Z"));
  EXPECT_THAT(words.warnings, IsEmpty());
}

TEST_F(Interstitials, OutsideAVodPresentationAreWarnedOf) {
  plan("[[interstitial]]\nid = \"late\"\nat = \"10m\"\nasset = \"https://a/b\"\n");
  ASSERT_THAT(run(6), IsOk());
  EXPECT_THAT(words.warnings, Contains(HasSubstr("interstitial 'late'")));
}

TEST_F(Interstitials, OfSeveralAssetsHaveTheirListBesideTheMultivariantPlaylist) {
  plan(
      "[[interstitial]]\nid = \"two\"\nat = 2\nassets = [{ uri = \"https://a/b\", duration = 3 "
      "}]\n");
  ASSERT_THAT(run(4), IsOk());
  EXPECT_THAT(playlist(), HasSubstr("X-ASSET-LIST=\"../interstitial-two.json\""));
  EXPECT_THAT(store.text("interstitial-two.json"), HasSubstr("https://a/b"));
}

TEST_F(Interstitials, LeaveNothingWhenVodFails) {
  plan(
      "[[interstitial]]\nid = \"two\"\nat = 2\nassets = [{ uri = \"https://a/b\", duration = 3 "
      "}]\n");
  store_fails_at_each_of(5);
}

TEST_F(Interstitials, OfALiveRunLeaveWithTheirTimeButNotThoseBeforeAllElse) {
  options.type = Type::kLive;
  options.window = 6s;
  plan(std::string(kOne) +
       "duration = 2\n[[interstitial]]\nid = \"pre\"\ncue = \"pre\"\nasset = \"https://a/b\"\n");
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 3), IsOk());
  EXPECT_THAT(playlist(), HasSubstr("ID=\"one\""));
  EXPECT_THAT(playlist(), HasSubstr("ID=\"pre\""));
  ASSERT_THAT(push(3, 20), IsOk());
  EXPECT_THAT(playlist(), Not(HasSubstr("ID=\"one\"")));
  EXPECT_THAT(playlist(), HasSubstr("ID=\"pre\""));
  ASSERT_THAT(publisher->finish(), IsOk());
}

TEST_F(Interstitials, StayAsTheyWereListedOverARestart) {
  options.type = Type::kEvent;
  plan(std::string(kOne) +
       "[[interstitial]]\nid = \"noon\"\nat = 2026-01-01T00:00:08Z\nasset = \"https://a/b\"\n");
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  publisher.reset();  // killed
  source = Source();
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  const std::string text = playlist();
  EXPECT_EQ(text.find("ID=\"one\""), text.rfind("ID=\"one\""));
  EXPECT_THAT(text, HasSubstr("START-DATE=\"2026-01-01T00:00:04.000Z\""));
  EXPECT_EQ(text.find("ID=\"noon\""), text.rfind("ID=\"noon\""));
  EXPECT_THAT(text, HasSubstr("START-DATE=\"2026-01-01T00:00:08.000Z\""));
  ASSERT_THAT(publisher->finish(), IsOk());
}

}  // namespace
}  // namespace weir::publish
