#include "probe/viewer.h"

#include <algorithm>
#include <cstdlib>

#include "probe/json_text.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

// EBU R37: sound no more than 40 ms before the picture and 60 ms behind it.
constexpr std::int64_t kEarly = 40'000, kLate = -60'000;

void check_breaks(const ViewerTrackFigures& track, const char* kind, const LiveScene& scene) {
  const std::int64_t count = track.gaps + track.overlaps + track.jumps;
  if (count == 0) return;
  const Break first = track.breaks.empty() ? Break{} : track.breaks.front();
  scene.add(
      "weir-VIEWER-CONTINUITY", 0, count, 0,
      fmt::format("{} of {}: {}, {}, {}; the first of {}", count_words(count, "break", "breaks"),
                  kind, count_words(track.gaps, "gap", "gaps"),
                  count_words(track.overlaps, "overlap", "overlaps"),
                  count_words(track.jumps, "jump", "jumps"), offset_words(first.length_us)));
}

std::string latency_words(const Latency& latency) {
  return fmt::format("{} on average, {} to {} ({})", seconds_words(latency.mean_us()),
                     seconds_words(latency.min_us), seconds_words(latency.max_us),
                     latency.by == Latency::By::kDate ? "behind EXT-X-PROGRAM-DATE-TIME"
                                                      : "behind the stamp that came soonest");
}

std::string track_words(const ViewerTrackFigures& track) {
  return fmt::format("{}, {}, {}", count_words(track.frames, "frame", "frames"),
                     count_words(track.errors, "error", "errors"),
                     count_words(track.gaps + track.overlaps + track.jumps, "break", "breaks"));
}

boost::json::object track_json(const ViewerTrackFigures& track) {
  boost::json::array breaks;
  for (const auto& one : track.breaks)
    breaks.push_back({{"at", json_seconds(one.at_us)}, {"length", json_seconds(one.length_us)}});
  return {{"frames", track.frames},     {"errors", track.errors}, {"gaps", track.gaps},
          {"overlaps", track.overlaps}, {"jumps", track.jumps},   {"breaks", std::move(breaks)}};
}

boost::json::value latency_json(const std::optional<Latency>& latency) {
  if (!latency) return nullptr;
  return {{"by", latency->by == Latency::By::kDate ? "program-date-time" : "arrival"},
          {"first", json_seconds(latency->first_us)},
          {"last", json_seconds(latency->last_us)},
          {"min", json_seconds(latency->min_us)},
          {"mean", json_seconds(latency->mean_us())},
          {"max", json_seconds(latency->max_us)}};
}

boost::json::array stalls_json(const PlayerFigures& player) {
  boost::json::array out;
  for (const auto& stall : player.stalls)
    out.push_back({{"at", json_seconds(stall.at_us)}, {"length", json_seconds(stall.length_us)}});
  return out;
}

boost::json::array switches_json(const ViewerReport& report) {
  boost::json::array out;
  for (const auto& one : report.switches)
    out.push_back({{"at", json_seconds(one.at_us)},
                   {"from", one.from},
                   {"to", one.to},
                   {"buffered", json_seconds(one.level_us)},
                   {"throughput", one.throughput_bps}});
  return out;
}

}  // namespace

void Latency::add(std::int64_t us) {
  if (samples++ == 0) first_us = min_us = max_us = us;
  last_us = us;
  min_us = std::min(min_us, us);
  max_us = std::max(max_us, us);
  sum_us += us;
}

std::int64_t ViewerReport::break_count() const {
  return video.gaps + video.overlaps + video.jumps + audio.gaps + audio.overlaps + audio.jumps;
}

void check_viewer(const ViewerReport& report, const LiveScene& scene) {
  const auto& player = report.player;
  if (report.encrypted)
    return scene.add("weir-ENCRYPTED", 0, nullptr, nullptr, "encrypted media is not played");
  if (!player.startup_us)
    scene.add("weir-VIEWER-START", 0, nullptr, nullptr,
              report.problem.empty() ? "nothing was shown"
                                     : fmt::format("nothing was shown: {}", report.problem));
  if (player.stall_count > 0)
    scene.add(
        "weir-VIEWER-STALL", 0, json_seconds(player.stalled_us), 0,
        fmt::format("{}, {} in all, the first {} after the begin",
                    count_words(player.stall_count, "stall", "stalls"),
                    seconds_words(player.stalled_us), seconds_words(player.stalls.front().at_us)));
  if (report.errors() > 0)
    scene.add("weir-VIEWER-DECODE", 0, report.errors(), 0,
              fmt::format("{} while decoding", count_words(report.errors(), "error", "errors")));
  check_breaks(report.video, "the picture", scene);
  check_breaks(report.audio, "the sound", scene);
  const std::int64_t limit = report.sync_max_us > 0 ? kEarly : kLate;
  if (report.sync_max_us > kEarly || report.sync_max_us < kLate)
    scene.add("weir-VIEWER-SYNC", 0, json_seconds(report.sync_max_us), json_seconds(limit),
              fmt::format("sound and picture are {} apart", offset_words(report.sync_max_us)));
}

std::string viewer_text(const ViewerReport& report) {
  const auto& player = report.player;
  std::vector<std::vector<std::string>> rows;
  const auto row = [&](const char* name, std::string words) {
    rows.push_back({name, std::move(words)});
  };
  if (!report.problem.empty()) row("viewer", report.problem);
  row("start-up", player.startup_us ? seconds_words(*player.startup_us) : "nothing was shown");
  if (report.latency) row("latency", latency_words(*report.latency));
  row("stalls",
      fmt::format("{}, {} in all{}", player.stall_count, seconds_words(player.stalled_us),
                  player.stall_count > 0 && !report.playing ? ", one until the end" : ""));
  if (player.skip_count > 0)
    row("skipped", fmt::format("{}, {} in all", count_words(player.skip_count, "hole", "holes"),
                               seconds_words(player.skipped_us)));
  row("played",
      fmt::format("{} of {}, {}", seconds_words(player.played_us),
                  report.rendition.empty() ? "the stream" : report.rendition, report.how));
  row("switches", std::to_string(report.switch_count));
  row("picture", track_words(report.video));
  row("sound", track_words(report.audio));
  row("a/v sync", fmt::format("{} at most, {} at the end", offset_words(report.sync_max_us),
                              offset_words(report.sync_last_us)));
  return table(rows);
}

boost::json::object viewer_json(const ViewerReport& report) {
  const auto& player = report.player;
  return {{"how", report.how},
          {"problem", report.problem.empty() ? boost::json::value(nullptr)
                                             : boost::json::string(report.problem)},
          {"startup", player.startup_us ? json_seconds(*player.startup_us) : nullptr},
          {"latency", latency_json(report.latency)},
          {"played", json_seconds(player.played_us)},
          {"playing", report.playing},
          {"stall_count", player.stall_count},
          {"stalled", json_seconds(player.stalled_us)},
          {"stalls", stalls_json(player)},
          {"skip_count", player.skip_count},
          {"skipped", json_seconds(player.skipped_us)},
          {"rendition", report.rendition},
          {"switch_count", report.switch_count},
          {"switches", switches_json(report)},
          {"video", track_json(report.video)},
          {"audio", track_json(report.audio)},
          {"sync_max", json_seconds(report.sync_max_us)},
          {"sync_last", json_seconds(report.sync_last_us)},
          {"bytes", report.bytes},
          {"pieces", report.pieces},
          {"lost", report.lost},
          {"failures", report.failures},
          {"throughput", report.throughput_bps}};
}

}  // namespace weir::probe
