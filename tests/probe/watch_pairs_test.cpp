// Pairs of watches of live playlists for the rules that need them more than once.
#include <gtest/gtest.h>

#include "probe/live_reports.h"
#include "probe/live_sample.h"
#include "probe/rtmp_check.h"
#include "probe/rule_pairs.h"
#include "probe/selection.h"
#include "probe/viewer.h"

namespace weir::probe {
namespace {

/// For the web; remarks and what a short window is not enough for are another matter.
std::vector<Finding> for_the_web(std::vector<Finding> findings) {
  Selection::open({})->apply(findings);
  return findings;
}

RulePair watched(const std::string& rule, const LiveServer& broken, const LiveServer& kept,
                 int reloads = 2) {
  return {rule, [=] { return for_the_web(watch(broken, reloads)); },
          [=] { return for_the_web(watch(kept, reloads)); }};
}

RulePair changed(const std::string& rule, const std::string& before, const std::string& broken,
                 const std::string& kept) {
  return watched(rule, versions({before, broken}), versions({before, kept}));
}

std::string event(const std::string& text) {
  return replaced(text, "#EXT-X-TARGET", "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-TARGET");
}

LiveServer discontinuities(const std::string& second) {
  const std::string first =
      replaced(live_version(7), "#EXTINF:6.000,\ns8", "#EXT-X-DISCONTINUITY\n#EXTINF:6.000,\ns8");
  return versions({first, replaced(live_version(9), "SEQUENCE:0", "SEQUENCE:" + second)});
}

std::vector<RulePair> reload_pairs() {
  const std::string one = live_version(7), two = live_version(8);
  const std::string ended = one + "#EXT-X-ENDLIST\n";
  return {
      changed("draft-RELOAD-TARGET", one, replaced(two, "DURATION:6", "DURATION:7"), two),
      changed("draft-RELOAD-TYPE", event(live_version(7, 6)), event(live_version(8, 6)),
              event(live_version(7, 7))),
      changed("draft-RELOAD-END", ended, live_version(7, 7), ended),
      changed("draft-RELOAD-SEQUENCE", one, replaced(two, "SEQUENCE:8", "SEQUENCE:7"), two),
      watched("draft-RELOAD-DISCONTINUITY", discontinuities("0"), discontinuities("1")),
      changed("draft-RELOAD-CHANGE", one, replaced(two, "s9.ts", "x9.ts"), two),
      changed("draft-RELOAD-DATE", one, replaced(two, "48.000Z", "49.000Z"), two),
      watched("draft-RELOAD-LATE", versions({one, one, one, one, two}), versions({one, one, two}),
              5),
  };
}

LiveServer without(std::vector<std::string> all, const std::string& missing, LiveCheck::Why asked) {
  LiveServer out = versions(std::move(all));
  out.file = [=](const LiveCheck& check) {
    return check.uri == missing && check.why == asked ? 404 : 200;
  };
  return out;
}

LiveServer modified(std::int64_t seconds_ago) {
  LiveServer out = versions({live_version(7), live_version(8)});
  out.playlist = [inner = out.playlist, seconds_ago](const LiveAsk& ask, int n) {
    LiveAnswer answer = inner(ask, n);
    answer.date_utc_us = 100 * kSecondUs;
    answer.modified_utc_us = (100 - seconds_ago) * kSecondUs;
    return answer;
  };
  return out;
}

std::vector<RulePair> file_pairs() {
  const std::vector<std::string> all{live_version(7), live_version(8)};
  const std::vector<std::string> gap{
      live_version(7),
      replaced(live_version(8), "#EXTINF:6.000,\ns13", "#EXT-X-GAP\n#EXTINF:6.000,\ns13")};
  std::vector<std::string> parts;
  for (int i = 40; i < 44; ++i) parts.push_back(low_version(i));
  using enum LiveCheck::Why;
  return {
      watched("draft-GAP", without(all, "s13.ts", kListed), without(gap, "s13.ts", kListed)),
      watched("draft-REMOVED", without(all, "s7.ts", kRemoved), versions(all)),
      watched("draft-PART-REMOVED", without(parts, "s17.0.mp4", kOldPart), versions(parts), 4),
      watched("general-8.24", modified(19), modified(18)),
  };
}

/// One part more each time, in delta updates where they are asked for.
LiveServer low_server(std::function<void(LiveAnswer&, std::string&, int)> change = {}) {
  LiveServer out;
  out.playlist = [change](const LiveAsk& ask, int n) {
    std::string text = low_version(40 + n, ask.skip ? 4 : 0);
    LiveAnswer answer = answer_of("");
    answer.answered_us = 2 * kSecondUs;
    if (change) change(answer, text, n);
    const auto said = answer_of(text);
    answer.text = said.text;
    return answer;
  };
  return out;
}

/// The nth version is changed.
LiveServer low_changed(int n, const std::string& from, const std::string& to) {
  return low_server([=](LiveAnswer&, std::string& text, int number) {
    if (number == n) text = replaced(text, from, to);
  });
}

/// Held for so long, and then what was there before.
LiveServer holding(std::int64_t seconds, int status) {
  return low_server([=](LiveAnswer& answer, std::string&, int n) {
    if (n != 2) return;
    answer.status = status;
    answer.answered_us = seconds * kSecondUs;
  });
}

RulePair refused(const std::string& rule, WrongAsk wrong) {
  const auto run = [wrong](int status) {
    LiveFindings out;
    LiveTrack track("http://host/a/live.m3u8", out);
    LiveAnswer answer = answer_of(low_version(40));
    track.answer(*track.next(), answer);
    track.wrong_answered(wrong, status, 0);
    return for_the_web(out.take());
  };
  return {rule, [=] { return run(200); }, [=] { return run(400); }};
}

/// The other rendition is at the 40th part, then at the 41st; this one reports the `reported`th.
std::vector<Finding> report(std::int64_t reported) {
  LiveFindings out;
  LiveReports reports(out);
  const auto reload = [](const std::string& text, std::int64_t at) {
    return Reload{*read_live_playlist(text), at * kSecondUs, at * kSecondUs + 1000, false};
  };
  const std::string line =
      fmt::format("#EXT-X-RENDITION-REPORT:URI=\"other.m3u8\",LAST-MSN={},LAST-PART={}\n",
                  7 + reported / 3, reported % 3);
  reports.take("http://host/other.m3u8", reload(low_version(40), 1));
  reports.take("http://host/this.m3u8", reload(low_version(40) + line, 10));
  reports.take("http://host/other.m3u8", reload(low_version(41), 11));
  return out.take();
}

std::vector<RulePair> low_pairs() {
  const auto held_back = low_server([](LiveAnswer&, std::string& text, int n) {
    if (n == 1) text = low_version(40);
  });
  // A skipped segment is another one in the whole.
  const auto other = low_server([](LiveAnswer&, std::string& text, int n) {
    if (n == LiveTrack::kWholeEvery + 1) text = replaced(text, "6.000,\ns14", "5.900,\ns14");
  });
  auto late = watched("draft-BLOCKING-503", holding(20, 200), holding(18, 503), 3);
  late.with = {"draft-RELOAD-LATE"};
  return {
      watched("draft-PRELOAD-HINT-KEPT", low_changed(1, "URI=\"s20.1.mp4\"", "URI=\"x.mp4\""),
              low_server()),
      watched("draft-DELTA", other, low_server(), 12),
      watched("draft-BLOCKING-HOLD", held_back, low_server()),
      late,
      refused("draft-BLOCKING-PART", WrongAsk::kPartAlone),
      refused("draft-BLOCKING-AHEAD", WrongAsk::kFarAhead),
      {"draft-RENDITION-REPORT-TRUE", [] { return report(42); }, [] { return report(39); }},
  };
}

RulePair viewer_pair(
    const std::string& rule, const std::function<void(ViewerReport&)>& broken,
    const std::function<void(ViewerReport&)>& kept = [](ViewerReport&) {}) {
  const auto run = [](const std::function<void(ViewerReport&)>& change) {
    ViewerReport report;
    report.player.startup_us = kSecondUs;
    change(report);
    LiveFindings out;
    check_viewer(report, {out, "rtmp://host/live/a", 0});
    return out.take();
  };
  return {rule, [=] { return run(broken); }, [=] { return run(kept); }};
}

RulePair rtmp_pair(const std::string& rule, const std::function<void(rtmp::WireFacts&)>& broken) {
  const auto run = [](const std::function<void(rtmp::WireFacts&)>& change) {
    RtmpFacts facts;
    facts.media = true;
    facts.wire.chunk_size = 4096;
    facts.wire.window = 2'500'000;
    if (change) change(facts.wire);
    LiveFindings out;
    check_rtmp(facts, {out, "rtmp://host/live/a", 0});
    return out.take();
  };
  return {rule, [=] { return run(broken); }, [=] { return run({}); }};
}

std::vector<RulePair> rtmp_pairs() {
  return {
      rtmp_pair("weir-RTMP-CHUNKS", [](auto& w) { w.repairs.bare_chunks = 1; }),
      rtmp_pair("weir-RTMP-CHUNK-SIZE", [](auto& w) { w.chunk_size = 128; }),
      rtmp_pair("weir-RTMP-WINDOW", [](auto& w) { w.window.reset(); }),
      rtmp_pair("weir-RTMP-HANDSHAKE", [](auto& w) { w.bad_echo = true; }),
  };
}

std::vector<RulePair> viewer_pairs() {
  return {
      viewer_pair("weir-VIEWER-START", [](auto& r) { r.player.startup_us.reset(); }),
      viewer_pair("weir-VIEWER-DECODE", [](auto& r) { r.audio.errors = 1; }),
      viewer_pair("weir-VIEWER-STALL",
                  [](auto& r) {
                    r.player.stall_count = 1;
                    r.player.stalls = {{2 * kSecondUs, kSecondUs, 0}};
                  }),
      viewer_pair("weir-VIEWER-CONTINUITY", [](auto& r) { r.video.gaps = 1; }),
      viewer_pair(
          "weir-VIEWER-SYNC", [](auto& r) { r.sync_max_us = 41'000; },
          [](auto& r) { r.sync_max_us = -60'000; }),
  };
}

}  // namespace

std::vector<RulePair> watch_pairs() {
  auto all = reload_pairs();
  for (const auto& part : {file_pairs(), low_pairs(), rtmp_pairs(), viewer_pairs()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace weir::probe
