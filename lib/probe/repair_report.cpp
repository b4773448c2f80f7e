#include <boost/json.hpp>

#include "probe/json_text.h"
#include "probe/repair.h"
#include "probe/report_json.h"
#include "probe/words.h"

namespace weir::probe {
namespace json = boost::json;
namespace {

std::string lost_words(const RepairReport& report) {
  std::string out;
  if (const auto lost = report.lost_us())
    out = fmt::format("{} of {}, ", seconds_words(*lost), seconds_words(*report.declared_us));
  else
    out = "the input does not say how long it was, ";
  out += fmt::format("{} not whole ({})", count_words(report.left_out, "packet", "packets"),
                     size_words(report.left_bytes));
  if (!report.timing.empty())
    out += fmt::format(", {} in between that are no packet", size_words(report.unknown_bytes));
  if (report.tail_bytes)
    out += fmt::format(", {} behind the last whole one", size_words(*report.tail_bytes));
  return out;
}

json::object track_json(const TrackReport& report) {
  const auto& [track, stats, edits] = report;
  return {{"index", track.index},
          {"type", track.video() ? "video" : "audio"},
          {"codec", track.codec_name()},
          {"packets", stats.packets},
          {"bytes", stats.bytes},
          {"start", json_seconds(stats.start_us)},
          {"end", json_seconds(stats.end_us)}};
}

}  // namespace

std::string repair_text(const RepairReport& report) {
  const Report& written = report.written;
  std::string out =
      fmt::format("{}: {} of '{}' ({})\n", report.output, seconds_words(written.duration_us()),
                  written.name, written.container);
  std::vector<std::vector<std::string>> rows;
  for (const auto& [track, stats, edits] : written.tracks)
    rows.push_back(
        {fmt::format("{} {}", track.video() ? "video" : "audio", track.index),
         std::string(track.codec_name()), count_words(stats.packets, "packet", "packets"),
         size_words(stats.bytes),
         fmt::format("{} to {}", seconds_words(stats.start_us), seconds_words(stats.end_us))});
  out += table(rows);
  if (!report.timing.empty())
    out += "the index was lost; stamps are counted: " + report.timing + "\n";
  out += "lost: " + lost_words(report) + "\n";
  if (written.damage) out += "damage: " + written.damage->what + "\n";
  return out;
}

json::object repair_json(const RepairReport& report) {
  const Report& written = report.written;
  const auto seconds_or_null = [](std::optional<std::int64_t> us) {
    return us ? json_seconds(*us) : json::value(nullptr);
  };
  json::array tracks;
  for (const auto& track : written.tracks) tracks.push_back(track_json(track));
  json::object out = document("repair", written.name);
  out["output"] = report.output;
  out["container"] = written.container;
  out["size"] = written.size_bytes ? json::value(*written.size_bytes) : nullptr;
  out["duration"] = json_seconds(written.duration_us());
  out["tracks"] = std::move(tracks);
  out["lost"] = {{"seconds", seconds_or_null(report.lost_us())},
                 {"declared", seconds_or_null(report.declared_us)},
                 {"packets", report.left_out},
                 {"packet_bytes", report.left_bytes},
                 {"unknown_bytes", report.unknown_bytes},
                 {"tail_bytes", report.tail_bytes ? json::value(*report.tail_bytes) : nullptr}};
  out["timing"] = report.timing.empty() ? json::value(nullptr) : json::value(report.timing);
  out["damage"] = written.damage ? json::value(written.damage->what) : nullptr;
  return out;
}

}  // namespace weir::probe
