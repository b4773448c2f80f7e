// Pairs of playlists for the rules over multivariant playlists and what they offer.
#include "probe/rule_pairs.h"
#include "probe/sample_playlists.h"

namespace weir::probe {
namespace {

constexpr const char* kMain = "main.m3u8";

// Lines in front of the first variant.
RulePair lines(const std::string& rule, const std::string& broken, const std::string& kept) {
  return text_pair(rule, {{kMain, "", broken}}, {{kMain, "", kept}});
}

// A text of the multivariant playlist for another; with the sample itself for the one that keeps.
RulePair change(const std::string& rule, const std::string& from, const std::string& to,
                const std::string& platform = "web") {
  return text_pair(rule, {{kMain, from, to}}, {}, platform);
}

// On all four variants.
std::vector<Edit> on_all(const std::string& from, const std::string& to) {
  return {{kMain, from, to, 4}};
}

std::vector<Edit> with(std::vector<Edit> edits, const std::vector<Edit>& more) {
  edits.insert(edits.end(), more.begin(), more.end());
  return edits;
}

// A multivariant playlist of one variant, for sound "snd" or none.
RulePair alone(const std::string& rule, const std::string& broken, const std::string& kept,
               const std::string& platform = "web") {
  const auto text = [](const std::string& attributes) {
    return Edit{"x.m3u8", "*",
                "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=60000,AVERAGE-BANDWIDTH=60000," + attributes +
                    "\na.m3u8\n"};
  };
  return text_pair(rule, {text(broken)}, {text(kept)}, platform, "x.m3u8");
}

std::string media(const std::string& attributes) {
  return "#EXT-X-MEDIA:" + attributes;
}

std::vector<RulePair> group_pairs() {
  const std::string french =
      "TYPE=AUDIO,GROUP-ID=\"snd\",NAME=\"Son\",LANGUAGE=\"fr\",CHANNELS=\"2\"";
  const std::string uri = ",URI=\"s.m3u8\"";
  const std::string second =
      "TYPE=AUDIO,GROUP-ID=\"low\",NAME=\"Sound\",LANGUAGE=\"en\",CHANNELS=\"2\"" + uri;
  const std::string captions = "TYPE=CLOSED-CAPTIONS,GROUP-ID=\"cc\",NAME=\"Text\",LANGUAGE=\"en\"";
  const std::string text = "TYPE=SUBTITLES,GROUP-ID=\"sub\",NAME=\"Texte\",LANGUAGE=\"fr\"";
  const std::string angle = "TYPE=VIDEO,GROUP-ID=\"cam\",NAME=";
  const std::string deaf = text + ",URI=\"t.m3u8\",AUTOSELECT=YES,CHARACTERISTICS=";
  const std::string spoken = "public.accessibility.transcribes-spoken-dialog";
  const std::string sounds = "public.accessibility.describes-music-and-sound";
  const std::string both = "\"" + spoken + "," + sounds + "\"";
  const auto pair = [](const std::string& rule, const std::string& broken,
                       const std::string& kept) { return lines(rule, media(broken), media(kept)); };
  const std::string own = french + uri;
  return {
      change("draft-AUDIO", "AUDIO=\"snd\"", "AUDIO=\"none\""),
      change("draft-SUBTITLES", "SUBTITLES=\"sub\"", "SUBTITLES=\"none\""),
      text_pair("draft-CLOSED-CAPTIONS",
                {{kMain, "SUBTITLES=", "CLOSED-CAPTIONS=\"cc\",SUBTITLES="}},
                {{kMain, "SUBTITLES=", "CLOSED-CAPTIONS=\"cc\",SUBTITLES="},
                 {kMain, "", media(captions + ",INSTREAM-ID=\"CC1\"")}}),
      text_pair(
          "draft-VIDEO", {{kMain, "SUBTITLES=", "VIDEO=\"cam\",SUBTITLES="}},
          {{kMain, "SUBTITLES=", "VIDEO=\"cam\",SUBTITLES="}, {kMain, "", media(angle + "\"a\"")}}),
      pair("draft-MEDIA-TYPE", "TYPE=SMELL,GROUP-ID=\"x\",NAME=\"x\",LANGUAGE=\"en\"", own),
      pair("draft-MEDIA-NAME", second + "\n" + media(second), second),
      pair("draft-MEDIA-DEFAULT", own + ",DEFAULT=YES", own + ",DEFAULT=NO"),
      change("draft-MEDIA-AUTOSELECT", "AUTOSELECT=YES", "AUTOSELECT=NO"),
      pair("draft-MEDIA-URI", text, text + ",URI=\"t.m3u8\""),
      pair("draft-MEDIA-GROUPS",
           "TYPE=AUDIO,GROUP-ID=\"low\",NAME=\"Other\",LANGUAGE=\"en\",CHANNELS=\"2\"" + uri,
           second),
      pair("draft-INSTREAM-ID", captions + ",INSTREAM-ID=\"CC5\"",
           captions + ",INSTREAM-ID=\"CC4\""),
      pair("draft-FORCED", own + ",FORCED=YES,AUTOSELECT=YES", own + ",AUTOSELECT=YES"),
      change("draft-CHANNELS", ",CHANNELS=\"2\"", ""),
      change("general-8.10", ",LANGUAGE=\"en\"", ""),
      pair("general-9.6", "TYPE=AUDIO,GROUP-ID=\"snd\",NAME=\"Son\",LANGUAGE=\"fr\",CHANNELS=\"6\"",
           french),
      pair("general-9.7",
           french + "\n" +
               media("TYPE=AUDIO,GROUP-ID=\"snd\",NAME=\"Ton\",LANGUAGE=\"de\",CHANNELS=\"2\""),
           french),
      pair("general-9.8", angle + "\"a\"\n" + media(angle + "\"b\""),
           angle + "\"a\"\n" + media(angle + "\"b\",URI=\"b.m3u8\"")),
      pair("general-2.13", own + ",CHARACTERISTICS=\"public.accessibility.describes-video\"",
           own + ",AUTOSELECT=YES,CHARACTERISTICS=\"public.accessibility.describes-video\""),
      pair("general-4.5", deaf + "\"" + spoken + "\"", deaf + both),
      pair("general-4.6", text + ",URI=\"t.m3u8\",CHARACTERISTICS=" + both, deaf + both),
      pair("general-5.11", text + ",URI=\"t.m3u8\",FORCED=YES",
           text + ",URI=\"t.m3u8\",FORCED=YES,AUTOSELECT=YES"),
      pair("draft-STABLE-RENDITION-ID", own + ",STABLE-RENDITION-ID=\"a\"", own),
  };
}

std::vector<RulePair> attribute_pairs() {
  const std::string id = "com.example.title";
  const std::string data = "#EXT-X-SESSION-DATA:DATA-ID=\"" + id + "\"";
  const std::string steering = "#EXT-X-CONTENT-STEERING:SERVER-URI=\"s.json\"";
  const auto each = [](const std::string& what) {
    return on_all("STREAM-INF:B", "STREAM-INF:" + what + ",B");
  };
  const auto some = [&](const std::string& rule, const std::string& what) {
    return text_pair(rule, {{kMain, "STREAM-INF:B", "STREAM-INF:" + what + ",B"}}, each(what));
  };
  return {
      lines("draft-SESSION-DATA", data, data + ",VALUE=\"a\""),
      lines("draft-SESSION-DATA-TWICE", data + ",VALUE=\"a\"\n" + data + ",VALUE=\"b\"",
            data + ",VALUE=\"a\"\n" + data + ",VALUE=\"b\",LANGUAGE=\"de\""),
      text_pair(
          "draft-CONTENT-STEERING",
          with(each("PATHWAY-ID=\"a\""), {{kMain, "", "#EXT-X-CONTENT-STEERING:PATHWAY-ID=\"a\""}}),
          with(each("PATHWAY-ID=\"a\""), {{kMain, "", steering}})),
      text_pair("general-9.18", {{kMain, "", steering}},
                with(each("PATHWAY-ID=\"a\""), {{kMain, "", steering}})),
      change("draft-HDCP-LEVEL", "SUBTITLES=", "HDCP-LEVEL=HIGH,SUBTITLES="),
      change("draft-VIDEO-RANGE", "SUBTITLES=", "VIDEO-RANGE=HDR,SUBTITLES="),
      change("draft-AVERAGE-BANDWIDTH", "=1800000", "=2000001"),
      change("draft-IFRAME-ATTRIBUTES", "I-FRAME-STREAM-INF:", "I-FRAME-STREAM-INF:FRAME-RATE=1,"),
      some("general-9.19", "SCORE=1.5"),
      some("draft-STABLE-VARIANT-ID", "STABLE-VARIANT-ID=\"a\""),
      change("general-9.1", "CODECS=\"avc1.640020,mp4a.40.2\",", ""),
      change("general-9.2", "RESOLUTION=960x540,", ""),
      change("general-9.14", "AVERAGE-BANDWIDTH=1800000,", ""),
      change("general-9.15", ",FRAME-RATE=25.000", ""),
      change("general-9.3", "90000,CODECS=\"avc1.640020\"", "90000"),
      change("general-9.4", "avc1.640020\",RESOLUTION=960x540,URI", "avc1.640020\",URI"),
      text_pair("general-9.16", {{kMain, "SUBTITLES=", "VIDEO-RANGE=PQ,SUBTITLES="}},
                with(on_all("SUBTITLES=\"sub\"\n", "SUBTITLES=\"sub\",VIDEO-RANGE=SDR\n"),
                     {{kMain, "VIDEO-RANGE=SDR", "VIDEO-RANGE=PQ"}})),
  };
}

std::vector<RulePair> codec_pairs() {
  const auto avc = [](const std::string& rule, const std::string& level,
                      const std::string& platform) {
    return text_pair(rule, {{kMain, "avc1.640028", "avc1.6400" + level}}, {}, platform);
  };
  const Edit mapped{"a.m3u8", "", "#EXT-X-MAP:URI=\"a.mp4\""};
  const Edit hevc{kMain, "avc1.640020", "hvc1.2.4.L120.B0"};
  const std::string video = ",RESOLUTION=960x540,FRAME-RATE=25.000";
  const auto in_map = [&](const std::string& rule, const std::string& codec,
                          const std::string& good, const std::string& platform = "web") {
    return text_pair(rule, {mapped, {kMain, "avc1.640020", codec}},
                     {mapped, {kMain, "avc1.640020", good}}, platform);
  };
  const Edit sound_mapped{"s.m3u8", "", "#EXT-X-MAP:URI=\"s.mp4\""};
  const auto codec = [](const std::string& rule, const std::string& from, const std::string& to,
                        const std::vector<Edit>& more, const std::vector<Edit>& kept) {
    return text_pair(rule, with(on_all(from, to), more), kept, "ios");
  };
  return {
      avc("general-1.3b", "35", "web"),
      avc("macos-1.3b", "33", "macos"),
      avc("tvos-1.3b", "34", "tvos"),
      change("general-1.1", "avc1.640020", "vp09.00.31.08", "ios"),
      text_pair("general-1.5", {hevc}, {hevc, mapped}),
      in_map("general-1.6b", "hvc1.2.4.L156.B0", "hvc1.2.4.H153.B0"),
      in_map("general-1.9", "dvh1.05.08", "dvh1.05.07"),
      change("general-1.10", "avc1.640020", "avc3.640020"),
      in_map("general-1.37", "av01.0.19M.08", "av01.0.18M.08"),
      change("general-1.4", "avc1.640020", "avc1.4d0020", "ios"),
      in_map("general-1.6a", "hvc1.2.4.L123.B0", "hvc1.2.4.L120.B0", "ios"),
      change("general-1.19", "FRAME-RATE=25.000", "FRAME-RATE=100.000"),
      change("general-1.18", "FRAME-RATE=25.000", "FRAME-RATE=27.000", "ios"),
      change("general-1.33", "RESOLUTION=416x234", "RESOLUTION=416x312"),
      codec("general-2.2", "mp4a.40.2", "mp4a.40.2,Opus", {}, {}),
      codec("general-2.3", "mp4a.40.2", "ac-3", {}, {}),
      codec("general-2.6", "mp4a.40.2", "mp4a.40.2,ec-3", {},
            on_all("mp4a.40.2", "mp4a.40.2,ec-3,ac-3")),
      codec("general-2.31", "mp4a.40.2", "apac.31.00", {sound_mapped},
            with(on_all("mp4a.40.2", "mp4a.40.2,apac.31.00"), {sound_mapped})),
      text_pair("general-2.25", {{kMain, "mp4a.40.2", "fLaC"}},
                {{kMain, "mp4a.40.2", "fLaC"}, sound_mapped}),
      alone("general-9.5", "CODECS=\"avc1.640020,mp4a.40.2\"" + video,
            "CODECS=\"avc1.640020\"" + video),
      text_pair("general-2.4",
                {{"x.m3u8", "*",
                  "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=71000,AVERAGE-BANDWIDTH=71000,CODECS="
                  "\"mp4a.40.5\"\na.m3u8\n"}},
                {{"x.m3u8", "*",
                  "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=64000,AVERAGE-BANDWIDTH=64000,CODECS="
                  "\"mp4a.40.5\"\na.m3u8\n"}},
                "web", "x.m3u8"),
      change("tvos-9.20",
             "BANDWIDTH=180000,AVERAGE-BANDWIDTH=150000,CODECS=\"avc1.64000c,mp4a.40.2\","
             "RESOLUTION=416x234,FRAME-RATE=24.000",
             "BANDWIDTH=180000,AVERAGE-BANDWIDTH=150000,CODECS=\"mp4a.40.2\"", "tvos"),
  };
}

std::vector<RulePair> offer_pairs() {
  const Edit first_large{kMain, "avc1.640020", "avc1.64002a"};
  const auto ranges = [](const std::string& rule, const std::string& range,
                         const std::string& platform) {
    return text_pair(
        rule, on_all("SUBTITLES=\"sub\"\n", "SUBTITLES=\"sub\",VIDEO-RANGE=" + range + "\n"),
        on_all("SUBTITLES=\"sub\"\n", "SUBTITLES=\"sub\",VIDEO-RANGE=SDR\n"), platform);
  };
  // The variants of 25 pictures a second are HDR of 50.
  const auto fast = [](const std::string& rule, const std::string& platform) {
    std::vector<Edit> broken;
    for (int i = 0; i < 3; ++i) broken.push_back({kMain, "25.000,", "50.000,VIDEO-RANGE=PQ,"});
    broken.push_back({kMain, "24.000,", "25.000,VIDEO-RANGE=SDR,"});
    auto kept = broken;
    kept.push_back({kMain, "50.000", "25.000"});
    return text_pair(rule, broken, kept, platform);
  };
  const std::string i1 =
      "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,CODECS=\"avc1.640020\",RESOLUTION=960x540,URI=\"i."
      "m3u8\"\n";
  const std::string i2 =
      "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=50000,CODECS=\"avc1.64000c\",RESOLUTION=416x234,URI=\"j."
      "m3u8\"\n";
  return {
      text_pair("general-1.3a", with(on_all("avc1.6400", "avc1.64002a,X"), {}), {}, "ios"),
      text_pair("general-1.12", on_all("avc1.6400", "dvh1.08.04."), {}, "ios"),
      ranges("general-1.24", "PQ", "ios"),
      fast("general-1.20", "ios"),
      fast("tvos-1.20", "tvos"),
      text_pair("general-1.32",
                {{kMain, "=2000000", "=2300000"},
                 {kMain, "=4500000", "=2100000"},
                 {kMain, "=4000000", "=1900000"}},
                {}, "ios"),
      text_pair("general-1.34",
                {{kMain, "1920x1080", "3840x2160", 2},
                 {kMain, "=6000000", "=16000000"},
                 {kMain, "=4500000", "=17000000"}},
                {{kMain, "1920x1080", "3840x2160", 2},
                 {kMain, "=6000000", "=15000000"},
                 {kMain, "=4500000", "=17000000"}},
                "ios"),
      change("ios-9.21", "INF:BANDWIDTH=180000,", "INF:BANDWIDTH=192001,", "ios"),
      change("general-9.10", "avc1.640028,mp4a.40.2\",RESOLUTION=1920x1080",
             "avc1.640028,mp4a.40.2\",RESOLUTION=960x540", "ios"),
      text_pair("general-9.9",
                {{kMain, "=2000000", "=180000"},
                 {kMain, "=1800000", "=150000"},
                 {kMain, "=6000000", "=180000"},
                 {kMain, "=5000000", "=150000"},
                 {kMain, "=4500000", "=180000"},
                 {kMain, "=4000000", "=150000"}},
                {}, "ios"),
      text_pair(
          "general-4.1",
          with(on_all(",SUBTITLES=\"sub\"", ""), {{kMain,
                                                   "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"sub\","
                                                   "NAME=\"Text\",LANGUAGE=\"en\",URI=\"t.m3u8\"\n",
                                                   ""}}),
          {}, "ios"),
      text_pair("general-6.1", {{kMain, i1, ""}, {kMain, i2, ""}}, {}, "ios"),
      text_pair("general-6.6", {{kMain, i2, ""}}, {}, "ios"),
      text_pair("general-6.2", {{"i.m3u8", "1.000", "2.000"}, {"j.m3u8", "1.000", "2.000"}},
                {{"i.m3u8", "1.000", "2.000"}}, "ios"),
      text_pair("general-6.14",
                {{kMain, "90000,CODECS=\"avc1.640020", "90000,CODECS=\"hvc1.2.4.L90.B0"},
                 {kMain, "=50000,CODECS=\"avc1.64000c", "=50000,CODECS=\"hvc1.2.4.L90.B0"}},
                {}, "ios"),
      text_pair(
          "general-6.16",
          {{kMain, "STREAM-INF:BANDWIDTH=90000", "STREAM-INF:VIDEO-RANGE=PQ,BANDWIDTH=90000"},
           {kMain, "STREAM-INF:BANDWIDTH=50000", "STREAM-INF:VIDEO-RANGE=PQ,BANDWIDTH=50000"}},
          {}, "ios"),
      change("airplay-6.13", "90000,CODECS=\"avc1.640020\"", "90000,CODECS=\"hvc1.2.4.L90.B0\"",
             "airplay"),
      text_pair("general-6.8", {{"i.m3u8", "#EXT-X-I-FRAMES-ONLY\n", ""}}),
  };
}

std::vector<RulePair> subtitle_pairs() {
  const Edit mapped{"t.m3u8", "", "#EXT-X-MAP:URI=\"t.mp4\""};
  return {
      text_pair("general-5.5", {{"t.m3u8", "#EXTINF:6.000,\nt1.ts\n#EXTINF:6.000,\nt2.ts\n", ""}},
                {{"t.m3u8", "#EXTINF:6.000,\nt2.ts\n", ""}}),
      text_pair("general-5.4", on_all("mp4a.40.2", "mp4a.40.2,stpp.ttml.im1t"),
                with(on_all("mp4a.40.2", "mp4a.40.2,stpp.ttml.im1t"), {mapped})),
      text_pair("general-5.10", {mapped}, with(on_all("mp4a.40.2", "mp4a.40.2,wvtt"), {mapped})),
      text_pair("airplay-5.2", with(on_all("mp4a.40.2", "mp4a.40.2,wvtt"), {mapped}), {},
                "airplay"),
  };
}

RulePair secure_pair(const std::string& rule, bool main) {
  const auto check = [=](const std::string& scheme) {
    Presentation p;
    p.multivariant.emplace();
    p.location = (main ? scheme : "https") + "://example.com/main.m3u8";
    p.multivariant->independent = true;
    hls::VariantText variant;
    variant.codecs = "mp4a.40.2";
    variant.bandwidth = variant.average_bandwidth = 100'000;
    p.multivariant->variants.push_back(variant);
    auto& text = p.renditions.emplace_back().text;
    text.type = "VOD";
    text.endlist = true;
    text.target_duration = 6;
    text.segments.emplace_back();
    p.renditions[0].location = (main ? "https" : scheme) + "://example.com/a.m3u8";
    p.variants = {0};
    return findings_of(p, rule);
  };
  return {rule, [=] { return check("http"); }, [=] { return check("https"); }};
}

}  // namespace

std::vector<RulePair> variant_pairs() {
  std::vector<RulePair> all{secure_pair("general-11.1", true), secure_pair("general-11.2", false)};
  for (const auto& part :
       {group_pairs(), attribute_pairs(), codec_pairs(), offer_pairs(), subtitle_pairs()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace weir::probe
