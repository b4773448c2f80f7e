#include "probe/page.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "probe/svg_plot.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

constexpr std::size_t kMostKeys = 100'000;
// Key pictures of two renditions nearer than this are the same one.
constexpr std::int64_t kSamePicture = 5'000;

constexpr const char* kStyle = R"(
body{font:14px/1.45 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;color:#222;background:#fff}
svg{width:100%;height:auto;margin:.6em 0;font-size:12px;fill:#444}
.title{font-size:14px;font-weight:600;fill:#222}
.grid{stroke:#e3e3e3}.even{stroke:#1f6fb4;stroke-width:2}.odd{stroke:#c00;stroke-width:2}
polyline{fill:none;stroke-width:1.6;stroke-linejoin:round}
h1{overflow-wrap:anywhere}h2{font-size:15px}figure{margin:1em 0}img{width:100%}figcaption{font-size:12px}
pre{overflow-x:auto;background:#f6f6f6;padding:1em}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}svg{fill:#aaa}.title{fill:#eee}
.grid{stroke:#333}pre{background:#222}}
)";

double seconds(std::int64_t us) {
  return static_cast<double>(us) / 1e6;
}

double until(const std::vector<Lane>& lanes) {
  double end = 0;
  for (const auto& lane : lanes) {
    end = std::max(end, double(lane.bits.size()));
    if (!lane.keys_us.empty()) end = std::max(end, seconds(lane.keys_us.back()));
  }
  return end;
}

Plot rate_plot(const std::vector<Lane>& lanes) {
  Plot plot{"Bit rate, each second", "Mb/s", true, until(lanes), {}};
  for (const auto& lane : lanes) {
    Curve curve{lane.name, {}, false};
    for (std::size_t i = 0; i < lane.bits.size(); ++i)
      curve.points.emplace_back(double(i) + 0.5, double(lane.bits[i]) / 1e6);
    plot.curves.push_back(std::move(curve));
  }
  return plot;
}

Plot group_plot(const std::vector<Lane>& lanes) {
  Plot plot{
      "Length of the groups of pictures, where they begin", "seconds", true, until(lanes), {}};
  for (const auto& lane : lanes) {
    Curve curve{lane.name, {}, true};
    for (std::size_t i = 0; i + 1 < lane.keys_us.size(); ++i)
      curve.points.emplace_back(seconds(lane.keys_us[i]),
                                seconds(lane.keys_us[i + 1] - lane.keys_us[i]));
    if (!curve.points.empty()) plot.curves.push_back(std::move(curve));
  }
  return plot;
}

bool has_near(const std::vector<std::int64_t>& sorted, std::int64_t at) {
  const auto next = std::ranges::lower_bound(sorted, at - kSamePicture);
  return next != sorted.end() && *next <= at + kSamePicture;
}

std::string alignment(const std::vector<Lane>& lanes) {
  std::vector<Marks> rows;
  std::vector<std::int64_t> first;
  for (const auto& lane : lanes) {
    if (lane.keys_us.empty()) continue;
    if (first.empty()) {
      first = lane.keys_us;
      std::ranges::sort(first);
    }
    Marks row{lane.name, {}};
    for (const auto at : lane.keys_us) row.times.emplace_back(seconds(at), !has_near(first, at));
    rows.push_back(std::move(row));
  }
  return svg_marks("Key pictures; red: not in the first rendition", until(lanes), rows);
}

// Filled by each second's bits at once and drained evenly, it never runs below 0.
Plot buffer_plot(const std::vector<Lane>& lanes) {
  Plot plot{"Fullness of a buffer drained at the rate in brackets", "Mb", true, until(lanes), {}};
  for (const auto& lane : lanes) {
    double sum = 0;
    for (const auto bits : lane.bits) sum += double(bits);
    if (lane.bits.empty() || sum <= 0) continue;
    const double rate = lane.rate > 0 ? double(lane.rate) : 1.2 * sum / double(lane.bits.size());
    Curve curve{fmt::format("{} ({})", lane.name, bitrate_words(std::llround(rate))), {}, false};
    double fullness = 0;
    for (std::size_t i = 0; i < lane.bits.size(); ++i) {
      fullness = std::max(0.0, fullness - rate) + double(lane.bits[i]);
      curve.points.emplace_back(double(i), fullness / 1e6);
    }
    plot.curves.push_back(std::move(curve));
  }
  return plot;
}

Plot loudness_plot(const std::vector<double>& values, double until) {
  Plot plot{"Loudness of the last three seconds", "LUFS", false, until, {}};
  Curve curve{"short-term", {}, false};
  for (std::size_t i = 2; i < values.size(); ++i)
    curve.points.emplace_back(double(i) + 1, std::max(values[i], -70.0));
  plot.curves.push_back(std::move(curve));
  return plot;
}

// "r0" and "r1" of "r0/index.m3u8" and "r1/index.m3u8".
void shorten_names(std::vector<Lane>& lanes) {
  const auto tail = [](const Lane& lane) {
    const auto slash = lane.name.rfind('/');
    return slash == 0 || slash == lane.name.npos ? std::string() : lane.name.substr(slash);
  };
  if (lanes.size() < 2 || tail(lanes[0]).empty()) return;
  const auto size = tail(lanes[0]).size();
  if (std::ranges::any_of(lanes, [&](const auto& lane) { return tail(lane) != tail(lanes[0]); }))
    return;
  for (auto& lane : lanes) lane.name.resize(lane.name.size() - size);
}

}  // namespace

void KeyTimes::add(const media::Item& item) {
  const auto* packet = std::get_if<media::Packet>(&item);
  if (packet == nullptr || !packet->key()) return;
  auto& keys = keys_us_[packet->track()];
  if (keys.size() < kMostKeys) keys.push_back(packet->pts().micros());
}

std::vector<Lane> KeyTimes::lanes(const Report& report) const {
  std::vector<Lane> out;
  for (const auto& [track, stats, edits] : report.tracks) {
    Lane lane{track.rendition, stats.bitrate, {}, track.max_bitrate};
    if (lane.name.empty())
      lane.name = fmt::format("{} {}", track.video() ? "video" : "audio", track.index);
    const auto keys = keys_us_.find(track.index);
    if (track.video() && keys != keys_us_.end()) lane.keys_us = keys->second;
    out.push_back(std::move(lane));
  }
  return out;
}

std::vector<Lane> lanes(const Presentation& presentation) {
  std::vector<Lane> out;
  for (const auto& rendition : presentation.renditions) {
    if (rendition.role != Rendition::Role::kMain) continue;
    const auto& stats = rendition.has_video() ? rendition.video : rendition.audio;
    if (stats.packets > 0) out.push_back({rendition.name, stats.bitrate, rendition.idrs, 0});
  }
  shorten_names(out);
  return out;
}

std::string html_document(const std::string& title, const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" "
      "content=\"width=device-width\">\n<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n"
      "<h1>{0}</h1>\n{2}</body>\n</html>\n",
      html_escape(title), kStyle, body);
}

std::string html_page(const std::string& title, const std::vector<Lane>& lanes,
                      const std::vector<double>& loudness, const std::string& text) {
  std::string body = svg_plot(rate_plot(lanes));
  body += svg_plot(group_plot(lanes));
  body += alignment(lanes);
  body += svg_plot(buffer_plot(lanes));
  if (!loudness.empty()) body += svg_plot(loudness_plot(loudness, until(lanes)));
  return html_document(title, body + "<pre>" + html_escape(text) + "</pre>\n");
}

}  // namespace weir::probe
