// A live playlist that keeps every rule while it goes on, and a watch of it on a clock of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "probe/live_track.h"

namespace weir::probe {

inline constexpr std::int64_t kSecondUs = 1'000'000;

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  return at == std::string::npos ? "'" + from + "' is not there"
                                 : text.replace(at, from.size(), to);
}

inline std::string date_line(std::int64_t segment) {
  return fmt::format("#EXT-X-PROGRAM-DATE-TIME:2024-01-01T00:{:02}:{:02}.000Z\n", segment * 6 / 60,
                     segment * 6 % 60);
}

/// Segments `first` to `first` + count - 1 of six seconds each, "s7.ts" and so on.
inline std::string live_version(std::int64_t first, int count = 6) {
  std::string text = fmt::format(
      "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:{}\n"
      "#EXT-X-DISCONTINUITY-SEQUENCE:0\n{}",
      first, date_line(first));
  for (int i = 0; i < count; ++i) text += fmt::format("#EXTINF:6.000,\ns{}.ts\n", first + i);
  return text;
}

/// After `parts` parts of two seconds from number 7 on; the last three segments have theirs. With
/// `skip` so many segments are skipped.
inline std::string low_version(std::int64_t parts, std::int64_t skip = 0) {
  const std::int64_t next = 7 + parts / 3;
  const std::int64_t first = std::max<std::int64_t>(next - 10, 0);
  std::string text = fmt::format(
      "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:6\n"
      "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=6.0,CAN-SKIP-UNTIL=36.0\n"
      "#EXT-X-PART-INF:PART-TARGET=2.0\n#EXT-X-MEDIA-SEQUENCE:{}\n",
      first);
  if (skip > 0) text += fmt::format("#EXT-X-SKIP:SKIPPED-SEGMENTS={}\n", skip);
  const auto part = [](std::int64_t segment, std::int64_t index) {
    return fmt::format("#EXT-X-PART:DURATION=2.000,INDEPENDENT=YES,URI=\"s{}.{}.mp4\"\n", segment,
                       index);
  };
  for (std::int64_t n = first + skip; n < next; ++n) {
    if (n == first + skip) text += date_line(n);
    for (int i = 0; n >= next - 3 && i < 3; ++i) text += part(n, i);
    text += fmt::format("#EXTINF:6.000,\ns{}.mp4\n", n);
  }
  for (std::int64_t i = 0; i < parts % 3; ++i) text += part(next, i);
  return text + fmt::format("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"s{}.{}.mp4\"\n", next, parts % 3);
}

/// A server as the test scripts it. Answers take ten milliseconds unless they say more.
struct LiveServer {
  /// To the nth request, from 0.
  std::function<LiveAnswer(const LiveAsk&, int)> playlist;
  std::function<int(const LiveCheck&)> file = [](const LiveCheck&) { return 200; };
  int wrong = 400;  ///< What it says to requests it has to refuse.
};

inline LiveAnswer answer_of(const std::string& text) {
  static std::vector<std::unique_ptr<std::string>> kept;  // answers borrow their text
  kept.push_back(std::make_unique<std::string>(text));
  LiveAnswer out;
  out.status = 200;
  out.text = *kept.back();
  return out;
}

/// One version after the other, the last for ever.
inline LiveServer versions(std::vector<std::string> all) {
  return {[all](const LiveAsk&, int n) {
    return answer_of(all[std::min<std::size_t>(std::size_t(n), all.size() - 1)]);
  }};
}

/// Reloads so often, asks for every file when it is due, and for what has to be refused.
inline std::vector<Finding> watch(const LiveServer& server, int reloads,
                                  LiveTrackStats* stats = nullptr) {
  LiveFindings out;
  LiveTrack track("http://host/a/live.m3u8", out);
  std::int64_t now = 0;
  const auto files = [&] {
    while (const auto check = track.checks().take(now))
      judge_check(*check, server.file(*check), now, {out, track.uri(), now});
  };
  for (int n = 0; n < reloads; ++n) {
    const auto ask = track.next();
    if (!ask) break;
    now = std::max(now, ask->at_us);
    LiveAnswer answer = server.playlist(*ask, n);
    answer.asked_us = now;
    now += std::max<std::int64_t>(answer.answered_us, 10'000);
    answer.answered_us = now;
    track.answer(*ask, answer);
    files();
  }
  for (const auto wrong : {WrongAsk::kPartAlone, WrongAsk::kFarAhead})
    if (!track.wrong_query(wrong).empty()) track.wrong_answered(wrong, server.wrong, now);
  track.finish(now);
  for (const auto& check : track.checks().take_early(now, 100))
    judge_check(check, server.file(check), now, {out, track.uri(), now});
  if (stats != nullptr) *stats = track.stats();
  return out.take();
}

}  // namespace weir::probe
