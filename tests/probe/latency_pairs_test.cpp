// Pairs of playlists for the rules over live and low-latency playlists.
#include "probe/rule_pairs.h"
#include "probe/sample_playlists.h"

namespace weir::probe {
namespace {

constexpr const char* kLow = "low.m3u8";

RulePair low(const std::string& rule, const std::string& from, const std::string& to) {
  return text_pair(rule, {{kLow, from, to}}, {}, "web", kLow);
}

RulePair live(const std::string& rule, const std::string& broken, const std::string& kept,
              const std::string& platform = "web") {
  return text_pair(rule, {{"live.m3u8", "*", broken}}, {{"live.m3u8", "*", kept}}, platform,
                   "live.m3u8");
}

std::string without(std::string text, const std::string& part) {
  return text.erase(text.find(part), part.size());
}

std::string instead(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

std::vector<RulePair> live_pairs() {
  const std::string broken = instead(live_playlist(), "#EXTINF", "#EXT-X-DISCONTINUITY\n#EXTINF");
  std::string brief = live_playlist();
  for (std::size_t at = 0; (at = brief.find("6.000,\n", at)) != brief.npos;)
    brief.replace(at, 7, "2.000,\n");
  const auto main = [](const std::string& target) {
    const std::string live_s = instead(live_playlist(), "DURATION:6", "DURATION:" + target);
    std::vector<Edit> edits;
    for (const char* name : {"a", "b", "c", "d", "s"})
      edits.push_back({name + std::string(".m3u8"), "*", live_playlist()});
    edits.push_back({"t.m3u8", "*", live_s});
    edits.push_back(
        {"i.m3u8", "*", instead(live_playlist(), "#EXTINF", "#EXT-X-I-FRAMES-ONLY\n#EXTINF")});
    edits.push_back(
        {"j.m3u8", "*", instead(live_playlist(), "#EXTINF", "#EXT-X-I-FRAMES-ONLY\n#EXTINF")});
    return edits;
  };
  auto iframes = main("6");
  iframes.push_back({"j.m3u8", "DURATION:6", "DURATION:7"});
  return {
      live("general-8.4",
           without(live_playlist(), "#EXT-X-PROGRAM-DATE-TIME:2024-01-01T00:00:00.000Z\n"),
           live_playlist()),
      live("general-8.11", live_playlist(5), live_playlist(6)),
      live("general-8.12", live_playlist(149), live_playlist(150), "ios"),
      live("tvos-8.12", live_playlist(1199), live_playlist(1200), "tvos"),
      live("draft-WINDOW", brief, live_playlist(6)),
      live("general-8.17", broken,
           instead(broken, "#EXT-X-MEDIA-SEQUENCE",
                   "#EXT-X-DISCONTINUITY-SEQUENCE:0\n#EXT-X-MEDIA-SEQUENCE")),
      text_pair("general-5.6", main("7"), main("6")),
      text_pair("general-6.11", iframes, main("6")),
  };
}

std::vector<RulePair> low_pairs() {
  const std::string part = "#EXT-X-PART:DURATION=2.000,URI=\"p1.mp4\"";
  return {
      low("draft-HOLD-BACK", "HOLD-BACK=18.0", "HOLD-BACK=17.9"),
      low("draft-PART-HOLD-BACK", "PART-HOLD-BACK=6.0", "PART-HOLD-BACK=3.9"),
      low("general-14.3", "PART-HOLD-BACK=6.0", "PART-HOLD-BACK=5.9"),
      low("draft-CAN-SKIP-UNTIL", "CAN-SKIP-UNTIL=36.0", "CAN-SKIP-UNTIL=35.9"),
      low("draft-CAN-SKIP-DATERANGES", "CAN-SKIP-UNTIL=36.0", "CAN-SKIP-DATERANGES=YES"),
      low("draft-PART-INF", "#EXT-X-PART-INF:PART-TARGET=2.0\n", ""),
      low("draft-PART", ",URI=\"p1.mp4\"", ""),
      text_pair(
          "draft-PART-TARGET",
          {{kLow, "2.000,URI=\"p1", "2.100,URI=\"p1"}, {kLow, "2.000,URI=\"p2", "1.900,URI=\"p2"}},
          {}, "web", kLow),
      text_pair(
          "draft-PART-SHORT",
          {{kLow, part, "#EXT-X-PART:DURATION=1.600,URI=\"p1.mp4\""},
           {kLow, "#EXT-X-PART:DURATION=2.000,URI=\"p2.mp4\"",
            "#EXT-X-PART:DURATION=2.000,URI=\"p2.mp4\"\n#EXT-X-PART:DURATION=0.400,URI=\"p.mp4\""}},
          {}, "web", kLow),
      low("draft-PART-SUM", part, part + "\n" + part),
      text_pair("draft-PART-OLD",
                {{kLow, "#EXTINF:6.000,\nv.mp4\n",
                  "#EXT-X-PART:DURATION=2.0,URI=\"o0.mp4\"\n#EXT-X-PART:DURATION=2.0,URI=\"o1."
                  "mp4\"\n#EXT-X-PART:DURATION=2.0,URI=\"o2.mp4\"\n#EXTINF:6.000,\nv.mp4\n"}},
                {}, "web", kLow),
      low("draft-PRELOAD-HINT", "HINT:TYPE=PART", "HINT:TYPE=FILM"),
      low("draft-PRELOAD-HINT-TWICE", "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p3.mp4\"\n",
          "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p3.mp4\"\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p4."
          "mp4\"\n"),
      text_pair("draft-PRELOAD-HINT-END",
                {{kLow, "#EXT-X-PRELOAD", "#EXT-X-ENDLIST\n#EXT-X-PRELOAD"}},
                {{kLow, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p3.mp4\"\n", "#EXT-X-ENDLIST\n"}},
                "web", kLow),
      low("draft-RENDITION-REPORT", ",LAST-MSN=12", ""),
      text_pair("draft-RENDITION-REPORT-ALL", {{kLow, "URI=\"low2.m3u8\"", "URI=\"low3.m3u8\""}},
                {}, "web", "pair.m3u8"),
      text_pair("draft-SERVER-CONTROL", {{kLow, "PART-HOLD-BACK=6.0", "PART-HOLD-BACK=7.0"}}, {},
                "web", "pair.m3u8"),
      text_pair("draft-SKIP",
                {{kLow, "", "#EXT-X-SKIP:SKIPPED-SEGMENTS=3"}, {kLow, "VERSION:6", "VERSION:9"}},
                {{kLow, "VERSION:6", "VERSION:9"}}, "web", kLow),
      low("general-14.1", "CAN-BLOCK-RELOAD=YES,", ""),
      text_pair("general-14.4",
                {{kLow, "*", low_playlist("low2.m3u8", 21)}, {kLow, ",CAN-SKIP-UNTIL=36.0", ""}},
                {{kLow, "*", low_playlist("low2.m3u8", 20)}, {kLow, ",CAN-SKIP-UNTIL=36.0", ""}},
                "web", kLow),
      text_pair("general-14.5",
                {{kLow, "", "#EXT-X-DATERANGE:ID=\"a\",START-DATE=\"2024-01-01T00:00:00.000Z\""}},
                {{kLow, "", "#EXT-X-DATERANGE:ID=\"a\",START-DATE=\"2024-01-01T00:00:00.000Z\""},
                 {kLow, "UNTIL=36.0", "UNTIL=36.0,CAN-SKIP-DATERANGES=YES"}},
                "web", kLow),
  };
}

}  // namespace

std::vector<RulePair> latency_pairs() {
  auto all = live_pairs();
  for (const auto& pair : low_pairs()) all.push_back(pair);
  return all;
}

}  // namespace weir::probe
