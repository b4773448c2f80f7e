// Pairs for what interstitials put in, fetched from a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/check.h"
#include "probe/inserts.h"
#include "probe/rule_pairs.h"
#include "support/http_server.h"

namespace weir::probe {
namespace {

using support::Answer;
using support::HttpServer;
using support::Seen;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::string variants(const std::string& codecs, const std::string& size, int bandwidth) {
  return fmt::format(
      "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH={},CODECS=\"{}\",RESOLUTION={}\nv.m3u8\n", bandwidth,
      codecs, size);
}

/// A programme with one interstitial, of which one asset is played.
struct Programme {
  std::string asset = variants("avc1.64001f,mp4a.40.2", "1280x720", 900'000);
  std::string list = R"({"ASSETS": [{"URI": "HOST/ad.m3u8", "DURATION": 15.5}]})";
  std::string attribute = "X-ASSET-LIST=\"ads.json\"";

  std::vector<Finding> findings() const {
    const HttpServer server([this](const Seen& seen) { return answer(seen); });
    const Fetcher fetcher(nullptr);
    NullProgress progress;
    auto presentation =
        load_presentation(server.url("/main.m3u8"), fetcher, progress, LoadScope::kPlaylists);
    EXPECT_TRUE(presentation) << presentation.error().what;
    presentation->inserts = read_inserts(*presentation, fetcher);
    EXPECT_EQ(presentation->inserts.size(), 1u);
    Findings out;
    check_inserts(*presentation, out);
    return out.take();
  }

 private:
  Answer answer(const Seen& seen) const {
    const std::string host = "http://" + seen.headers.at("host");
    if (seen.target == "/main.m3u8")
      return {.status = 200, .body = variants("avc1.640028,mp4a.40.2", "1920x1080", 1'000'000)};
    if (seen.target == "/ads.json") return {.status = 200, .body = replaced(list, "HOST", host)};
    if (seen.target == "/ad.m3u8") return {.status = 200, .body = asset};
    if (seen.target != "/v.m3u8") return {.status = 404};
    return {.status = 200,
            .body =
                "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-DATERANGE:ID=\"a\",CLASS=\"com.apple.hls."
                "interstitial\",START-DATE=\"2026-01-01T00:00:00Z\"," +
                attribute + "\n#EXTINF:6,\na.ts\n#EXT-X-ENDLIST\n"};
  }
};

RulePair insert_pair(const std::string& rule, const std::function<void(Programme&)>& spoil) {
  return {rule,
          [=] {
            Programme programme;
            spoil(programme);
            return programme.findings();
          },
          [] { return Programme().findings(); }};
}

}  // namespace

std::vector<RulePair> insert_pairs() {
  return {
      insert_pair("draft-INTERSTITIAL-LIST", [](auto& p) { p.list = "{\"ASSETS\": 1}"; }),
      insert_pair("general-3.2", [](auto& p) { p.asset = replaced(p.asset, "avc1", "hvc1"); }),
      insert_pair("general-3.3",
                  [](auto& p) { p.asset = replaced(p.asset, "1280x720", "960x720"); }),
      insert_pair("general-3.4", [](auto& p) { p.asset = replaced(p.asset, "900000", "1100000"); }),
  };
}

namespace {

std::string problem(const std::string& list) {
  Programme programme;
  programme.list = list;
  const auto findings = programme.findings();
  return findings.empty() ? "" : findings[0].message;
}

TEST(ReadInserts, TellsWhatIsWrongWithAList) {
  EXPECT_EQ(problem(R"({"ASSETS": []})"), "");
  EXPECT_EQ(problem("not JSON"), "the list is no JSON");
  EXPECT_EQ(problem("[1, 2]"), "the list has no array ASSETS");
  EXPECT_EQ(problem(R"({"ASSETS": [{"DURATION": 1}]})"), "an asset of the list has no URI");
  EXPECT_EQ(problem(R"({"ASSETS": [{"URI": "ad.m3u8", "DURATION": 1}]})"),
            "an asset of the list has a URI that is not absolute");
  EXPECT_EQ(problem(R"({"ASSETS": [{"URI": "HOST/ad.m3u8", "DURATION": "1"}]})"),
            "an asset of the list has no DURATION in seconds");
}

TEST(ReadInserts, TakesAnAssetByItselfAndAListThatIsNotThere) {
  Programme programme;
  programme.attribute = "X-ASSET-URI=\"ad.m3u8\"";
  programme.asset = replaced(programme.asset, "avc1", "av01");
  ASSERT_EQ(programme.findings().size(), 1u);
  EXPECT_EQ(programme.findings()[0].rule->id, "general-3.2");
  programme.attribute = "X-ASSET-LIST=\"none.json\"";
  ASSERT_EQ(programme.findings().size(), 1u);
  EXPECT_EQ(programme.findings()[0].rule->id, "draft-INTERSTITIAL-LIST");
}

TEST(ReadInserts, NeverLetsAListOfTheNetworkReachIntoFiles) {
  Programme programme;
  programme.list = R"({"ASSETS": [{"URI": "file:///etc/passwd", "DURATION": 1}]})";
  EXPECT_TRUE(programme.findings().empty());
}

}  // namespace
}  // namespace weir::probe
