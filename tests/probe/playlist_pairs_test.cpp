// Pairs of playlists for the rules over tags, keys, dates and interstitials.
#include "probe/rule_pairs.h"
#include "probe/sample_playlists.h"

namespace weir::probe {
namespace {

constexpr const char* kA = "a.m3u8";
constexpr const char* kMain = "main.m3u8";

RulePair line_pair(const std::string& rule, const std::string& file, const std::string& broken,
                   const std::string& kept) {
  return text_pair(rule, {{file, "", broken}}, {{file, "", kept}});
}

std::string key(const std::string& attributes) {
  return "#EXT-X-KEY:" + attributes;
}

std::string dated(const std::string& second) {
  return "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n#EXT-X-PLAYLIST-TYPE:VOD\n"
         "#EXT-X-PROGRAM-DATE-TIME:2024-01-01T00:00:00.000Z\n#EXTINF:6.000,\nv0.ts\n"
         "#EXT-X-PROGRAM-DATE-TIME:" +
         second + "\n#EXTINF:6.000,\nv1.ts\n#EXT-X-ENDLIST\n";
}

RulePair date_pair(const std::string& rule, const std::string& second) {
  return text_pair(rule, {{"x.m3u8", "*", dated(second)}},
                   {{"x.m3u8", "*", dated("2024-01-01T00:00:06.000Z")}}, "web", "x.m3u8");
}

// An interstitial in a dated playlist.
Edit interstitial(const std::string& attributes) {
  std::string text = dated("2024-01-01T00:00:06.000Z");
  const std::string range =
      "#EXT-X-DATERANGE:ID=\"i\",CLASS=\"com.apple.hls.interstitial\"," + attributes + "\n";
  return {"x.m3u8", "*", text.insert(text.find("#EXTINF"), range)};
}

RulePair interstitial_pair(const std::string& rule, const std::string& broken,
                           const std::string& kept) {
  const std::string start = "START-DATE=\"2024-01-01T00:00:02.000Z\",";
  return text_pair(rule, {interstitial(start + broken)}, {interstitial(start + kept)}, "web",
                   "x.m3u8");
}

std::vector<RulePair> tag_pairs() {
  const std::string defined = "#EXT-X-VERSION:8\n#EXT-X-DEFINE:";
  const auto define = [&](const std::string& rule, const std::string& broken) {
    const Edit good{kA, "#EXT-X-VERSION:6\n", defined + "NAME=\"a\",VALUE=\"b\"\n"};
    return text_pair(rule, {{kA, "#EXT-X-VERSION:6\n", defined + broken + "\n"}}, {good});
  };
  return {
      text_pair("draft-SYNTAX", {{kA, "#EXTM3U", "\xEF\xBB\xBF#EXTM3U"}}),
      text_pair("draft-VERSION", {{kA, "VERSION:6", "VERSION:2"}},
                {{kA, "VERSION:6", "VERSION:3"}}),
      line_pair("draft-ONCE", kA, "#EXT-X-START:TIME-OFFSET=1\n#EXT-X-START:TIME-OFFSET=1",
                "#EXT-X-START:TIME-OFFSET=1"),
      line_pair("draft-KIND", kA, "#EXT-X-SESSION-DATA:DATA-ID=\"a\",VALUE=\"b\"", ""),
      text_pair("draft-URI", {{kA, "v0.ts", "v 0.ts"}}, {{kA, "v0.ts", "v%200.ts"}}),
      text_pair("draft-QUOTES", {{kMain, "LANGUAGE=\"en\"", "LANGUAGE=en"}}),
      text_pair("draft-VALUE", {{kMain, "DEFAULT=YES", "DEFAULT=TRUE"}}),
      define("draft-DEFINE", "NAME=\"a\""),
      define("draft-DEFINE-TWICE", "NAME=\"a\",VALUE=\"b\"\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"c\""),
      line_pair("draft-START", kA, "#EXT-X-START:TIME-OFFSET=soon",
                "#EXT-X-START:TIME-OFFSET=-6.5"),
      line_pair("draft-START-RANGE", kA, "#EXT-X-START:TIME-OFFSET=18.5",
                "#EXT-X-START:TIME-OFFSET=-18"),
      line_pair("draft-ALLOW-CACHE", kA, "#EXT-X-ALLOW-CACHE:NO", ""),
      text_pair("draft-PROGRAM-ID", {{kMain, "STREAM-INF:", "STREAM-INF:PROGRAM-ID=1,"}}),
      line_pair("weir-UNKNOWN-TAG", kA, "#EXT-X-CUE-OUT:30", "# EXT-X-CUE-OUT:30"),
      text_pair("draft-TARGETDURATION", {{kA, "EXTINF:6.000", "EXTINF:6.500"}},
                {{kA, "EXTINF:6.000", "EXTINF:6.499"}}),
      text_pair("draft-MEDIA-SEQUENCE", {{kA, "v0.ts\n", "v0.ts\n#EXT-X-MEDIA-SEQUENCE:0\n"}},
                {{kA, "", "#EXT-X-MEDIA-SEQUENCE:0"}}),
      text_pair("draft-DISCONTINUITY-SEQUENCE",
                {{kA, "v0.ts\n", "v0.ts\n#EXT-X-DISCONTINUITY-SEQUENCE:0\n"}},
                {{kA, "", "#EXT-X-DISCONTINUITY-SEQUENCE:0"}}),
      text_pair("draft-ENDLIST",
                {{"x.m3u8", "*", vod_playlist()}, {"x.m3u8", "#EXT-X-ENDLIST", ""}},
                {{"x.m3u8", "*", vod_playlist()}}, "web", "x.m3u8"),
  };
}

std::vector<RulePair> key_pairs() {
  const std::string fair = ",KEYFORMAT=\"com.apple.streamingkeydelivery\"";
  const auto both = [&](const std::string& rule, const std::string& broken,
                        const std::string& kept) {
    return line_pair(rule, kA, key(broken), key(kept));
  };
  const auto session = [&](const std::string& rule, const std::string& broken) {
    const std::string good = "#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"k\"";
    return line_pair(rule, kMain, broken == "twice" ? good + "\n" + good : broken, good);
  };
  const auto hdcp = [&](const char* size, const char* level) {
    return Edit{"x.m3u8", "*",
                "#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n"
                "#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI=\"skd://k\"" +
                    fair +
                    "\n#EXT-X-STREAM-INF:BANDWIDTH=6000000,AVERAGE-BANDWIDTH=5000000,"
                    "CODECS=\"avc1.640028\",FRAME-RATE=25.000,RESOLUTION=" +
                    size + level + "\na.m3u8\n"};
  };
  const auto hdcp_pair = [&](const char* rule, const char* size, const char* broken,
                             const char* kept) {
    return text_pair(rule, {hdcp(size, broken)}, {hdcp(size, kept)}, "web", "x.m3u8");
  };
  return {
      both("draft-KEY-METHOD", "METHOD=ROT-13,URI=\"k\"", "METHOD=AES-128,URI=\"k\""),
      both("draft-KEY-URI", "METHOD=AES-128", "METHOD=NONE"),
      both("draft-KEY-IV", "METHOD=AES-128,URI=\"k\",IV=0x12",
           "METHOD=AES-128,URI=\"k\",IV=0x0123456789abcdef0123456789ABCDEF"),
      both("draft-KEYFORMATVERSIONS", "METHOD=AES-128,URI=\"k\",KEYFORMATVERSIONS=\"1/x\"",
           "METHOD=AES-128,URI=\"k\",KEYFORMATVERSIONS=\"1/5\""),
      session("draft-SESSION-KEY", "#EXT-X-SESSION-KEY:METHOD=NONE,URI=\"k\""),
      session("draft-SESSION-KEY-TWICE", "twice"),
      both("general-13.2", "METHOD=AES-128,URI=\"skd://k\"" + fair,
           "METHOD=SAMPLE-AES,URI=\"skd://k\"" + fair),
      both("general-13.3", "METHOD=SAMPLE-AES,URI=\"skd://k\"",
           "METHOD=SAMPLE-AES,URI=\"skd://k\"" + fair),
      both("general-13.4",
           "METHOD=SAMPLE-AES,URI=\"skd://k\",IV=0x0123456789abcdef0123456789abcdef" + fair,
           "METHOD=SAMPLE-AES,URI=\"skd://k\"" + fair),
      both("general-13.11", "METHOD=SAMPLE-AES-CTR,URI=\"k\"", "METHOD=SAMPLE-AES,URI=\"k\""),
      hdcp_pair("general-13.5", "1280x720", "", ",HDCP-LEVEL=TYPE-0"),
      hdcp_pair("general-13.6", "3840x2160", ",HDCP-LEVEL=TYPE-0", ",HDCP-LEVEL=TYPE-1"),
  };
}

std::vector<RulePair> date_pairs() {
  const std::string uri = "X-ASSET-URI=\"a.m3u8\"";
  const auto number = [&](const std::string& rule, const std::string& name) {
    return interstitial_pair(rule, uri + "," + name + "=soon", uri + "," + name + "=2.5");
  };
  return {
      date_pair("draft-DATE", "yesterday"),
      date_pair("draft-DATE-ZONE", "2024-01-01T00:00:06.000"),
      date_pair("draft-DATE-DRIFT", "2024-01-01T00:00:06.600Z"),
      text_pair("draft-DATE-ALL",
                {{"b.m3u8", "", "#EXT-X-PROGRAM-DATE-TIME:2024-01-01T00:00:00.000Z"}}),
      interstitial_pair("draft-INTERSTITIAL-ASSET", "DURATION=3", uri),
      number("draft-INTERSTITIAL-RESUME", "X-RESUME-OFFSET"),
      number("draft-INTERSTITIAL-LIMIT", "X-PLAYOUT-LIMIT"),
      interstitial_pair("draft-INTERSTITIAL-SNAP", uri + ",X-SNAP=\"UP\"",
                        uri + ",X-SNAP=\"OUT,IN\""),
      interstitial_pair("draft-INTERSTITIAL-RESTRICT", uri + ",X-RESTRICT=\"STOP\"",
                        uri + ",X-RESTRICT=\"SKIP,JUMP\""),
      number("draft-INTERSTITIAL-SKIP", "X-SKIP-CONTROL-OFFSET"),
      interstitial_pair("draft-INTERSTITIAL-CUE", uri + ",CUE=\"PRE,POST\"",
                        uri + ",CUE=\"PRE,ONCE\""),
      text_pair("draft-INTERSTITIAL-TIMELINE",
                {interstitial("START-DATE=\"2024-01-01T00:00:13.000Z\"," + uri)},
                {interstitial("START-DATE=\"2024-01-01T00:00:12.000Z\"," + uri)}, "web", "x.m3u8"),
  };
}

// What is so much longer than the target is longer than the target, too.
RulePair target_pair() {
  const Edit whole{"x.m3u8", "*", vod_playlist()};
  auto pair = text_pair("general-7.7", {whole, {"x.m3u8", "6.000", "7.600"}},
                        {whole, {"x.m3u8", "6.000", "6.400"}}, "web", "x.m3u8");
  pair.with = {"draft-TARGETDURATION"};
  return pair;
}

std::vector<RulePair> length_pairs() {
  const Edit shorter{"x.m3u8", "*", vod_playlist()};
  const auto media = [&](const std::string& rule, Edit broken, const std::string& platform) {
    return text_pair(rule, {shorter, std::move(broken)}, {shorter}, platform, "x.m3u8");
  };
  const std::string second = "#EXT-X-MAP:URI=\"b.mp4\"\n#EXTINF:6.000,\nv1.ts";
  return {
      media("general-7.5", {"x.m3u8", "DURATION:6", "DURATION:7"}, "ios"),
      text_pair("general-7.6",
                {shorter,
                 {"x.m3u8", "EXTINF:6.000,\nv0", "EXTINF:4.000,\nv0"},
                 {"x.m3u8", "EXTINF:6.000,\nv1", "EXTINF:5.000,\nv1"}},
                {shorter, {"x.m3u8", "EXTINF:6.000,\nv2", "EXTINF:1.000,\nv2"}}, "ios", "x.m3u8"),
      target_pair(),
      text_pair("general-8.6", {shorter, {"x.m3u8", "#EXT-X-PLAYLIST-TYPE:VOD\n", ""}}, {shorter},
                "web", "x.m3u8"),
      text_pair("general-8.13",
                {shorter,
                 {"x.m3u8", "", "#EXT-X-MAP:URI=\"a.mp4\""},
                 {"x.m3u8", "#EXTINF:6.000,\nv1.ts", second}},
                {shorter,
                 {"x.m3u8", "", "#EXT-X-MAP:URI=\"a.mp4\""},
                 {"x.m3u8", "#EXTINF:6.000,\nv1.ts", "#EXT-X-DISCONTINUITY\n" + second}},
                "web", "x.m3u8"),
      text_pair("general-8.15",
                {{"b.m3u8", "#EXTINF:6.000,\nv2", "#EXT-X-DISCONTINUITY\n#EXTINF:6.000,\nv2"}}),
      text_pair("general-11.3", {{kA, "v0.ts", "http://example.com/v0.ts"}},
                {{kA, "v0.ts", "https://example.com/v0.ts"}}),
  };
}

}  // namespace

std::vector<RulePair> playlist_pairs() {
  std::vector<RulePair> all;
  for (const auto& part : {tag_pairs(), key_pairs(), date_pairs(), length_pairs()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace weir::probe
