#include <fmt/format.h>
#include <boost/json.hpp>

#include "probe/json_text.h"
#include "probe/report_json.h"
#include "probe/watch.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

std::string tracks_text(const std::vector<WatchedTrack>& tracks) {
  std::vector<std::vector<std::string>> rows{
      {"playlist", "reloads", "new", "blocking", "delta", "failed", "segments", "longest wait"}};
  for (const auto& track : tracks) {
    const auto& s = track.stats;
    rows.push_back({track.name + (track.ended ? " (ended)" : ""), std::to_string(s.reloads),
                    std::to_string(s.fresh), std::to_string(s.blocking), std::to_string(s.deltas),
                    std::to_string(s.failures), std::to_string(s.segments),
                    seconds_words(s.longest_us)});
  }
  return table(rows);
}

boost::json::object track_json(const WatchedTrack& track) {
  const auto& s = track.stats;
  return {{"name", track.name},
          {"ended", track.ended},
          {"target_duration", json_seconds(track.target_us)},
          {"part_target", track.part_target_us > 0 ? json_seconds(track.part_target_us) : nullptr},
          {"reloads", s.reloads},
          {"fresh", s.fresh},
          {"blocking", s.blocking},
          {"deltas", s.deltas},
          {"failures", s.failures},
          {"segments", s.segments},
          {"longest_wait", json_seconds(s.longest_us)}};
}

}  // namespace

std::string watch_text(const WatchReport& report) {
  std::string out =
      fmt::format("{}: watched for {}\n", report.input, seconds_words(report.watched_us));
  if (!report.tracks.empty()) out += tracks_text(report.tracks);
  if (report.viewer) out += viewer_text(*report.viewer);
  return out + findings_text(report.findings);
}

boost::json::object watch_json(const WatchReport& report) {
  auto out = document("watch", report.input);
  out["stream"] = report.kind;
  out["watched"] = json_seconds(report.watched_us);
  boost::json::array tracks;
  for (const auto& track : report.tracks) tracks.push_back(track_json(track));
  out["playlists"] = std::move(tracks);
  out["viewer"] = report.viewer ? boost::json::value(viewer_json(*report.viewer)) : nullptr;
  out["findings"] = findings_json(report.findings);
  out["summary"] = findings_summary(report.findings);
  return out;
}

}  // namespace weir::probe
