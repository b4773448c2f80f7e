#include "probe/check.h"

#include <algorithm>
#include <limits>

#include <boost/json.hpp>

#include "probe/json_text.h"
#include "probe/report_json.h"
#include "probe/words.h"

namespace weir::probe {
namespace json = boost::json;
namespace {

constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max() / 4;

VariantSummary summary(const Rendition& rendition, const MeasuredRates& rates, std::string kind) {
  VariantSummary out;
  out.name = rendition.name;
  out.kind = std::move(kind);
  if (const auto* video = rendition.track(media::Kind::kVideo))
    out.size = Size{video->par->width, video->par->height};
  for (const auto& codec : rendition.codecs) out.codecs += (out.codecs.empty() ? "" : ",") + codec;
  out.frame_rate = rendition.video.frame_rate;
  out.average = rates.average;
  out.peak = rates.peak;
  out.segments = std::int64_t(rendition.text.segments.size());
  out.duration_us = rendition.text.duration_us();
  out.gop_us = rendition.video.gop_us;
  return out;
}

bool misaligned(const std::vector<Finding>& findings, const Rendition& rendition) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.uri == rendition.location &&
           (finding.rule->id == "general-8.22" || finding.rule->id == "weir-IDR");
  });
}

void add_variants(const Presentation& p, PlaylistReport& report) {
  const Rendition* reference = reference_rendition(p);
  for (std::size_t i = 0; i < p.multivariant->variants.size(); ++i) {
    const auto& variant = p.multivariant->variants[i];
    const Rendition& rendition = p.of_variant(i);
    auto line = summary(rendition, measured_rates(p, variant, rendition), "variant");
    line.declared_average = variant.average_bandwidth;
    line.declared_peak = variant.bandwidth;
    if (rendition.has_video() && &rendition != reference)
      line.aligned = !misaligned(report.findings, rendition);
    report.variants.push_back(std::move(line));
  }
  const auto is_variant = [&](const Rendition& rendition) {
    const auto index = static_cast<int>(&rendition - p.renditions.data());
    return std::find(p.variants.begin(), p.variants.end(), index) != p.variants.end();
  };
  for (const auto& rendition : p.renditions)
    if (rendition.has_audio() && !rendition.has_video() && !is_variant(rendition))
      report.variants.push_back(summary(rendition, measured_rates(rendition), "audio"));
}

std::string against(std::int64_t measured, std::optional<std::int64_t> declared) {
  const std::string text = measured > 0 ? bitrate_words(measured) : "-";
  return declared ? fmt::format("{} ({})", text, bitrate_words(*declared)) : text;
}

std::string gop_words(const Spread& gop) {
  if (gop.count() == 0) return "-";
  if (gop.max() - gop.min() < 1000) return seconds_words(gop.max());
  return fmt::format("{:.3f} to {}", static_cast<double>(gop.min()) / 1e6,
                     seconds_words(gop.max()));
}

std::vector<std::string> row(const VariantSummary& line) {
  return {line.name,
          line.size ? fmt::format("{}x{}", line.size->width, line.size->height) : "-",
          line.codecs.empty() ? "-" : line.codecs,
          line.frame_rate > 0 && line.size ? rate_words(line.frame_rate) : "-",
          against(line.average, line.declared_average),
          against(line.peak, line.declared_peak),
          fmt::format("{}", line.segments),
          seconds_words(line.duration_us),
          gop_words(line.gop_us),
          line.aligned ? (*line.aligned ? "yes" : "no") : "-"};
}

json::value number_or_null(std::optional<std::int64_t> value) {
  return value ? json::value(*value) : nullptr;
}

json::object variant_json(const VariantSummary& line) {
  json::object out;
  out["name"] = line.name;
  out["kind"] = line.kind;
  out["width"] = line.size ? json::value(line.size->width) : nullptr;
  out["height"] = line.size ? json::value(line.size->height) : nullptr;
  out["codecs"] = line.codecs;
  out["frame_rate"] = line.frame_rate > 0 ? json::value(line.frame_rate) : nullptr;
  out["bitrate"] = line.average;
  out["bitrate_declared"] = number_or_null(line.declared_average);
  out["bitrate_peak"] = line.peak;
  out["bitrate_peak_declared"] = number_or_null(line.declared_peak);
  out["segments"] = line.segments;
  out["duration"] = json_seconds(line.duration_us);
  out["gop_min"] = json_seconds(line.gop_us.min());
  out["gop_max"] = json_seconds(line.gop_us.max());
  out["aligned"] = line.aligned ? json::value(*line.aligned) : nullptr;
  return out;
}

// The segment whose tags and URI end at or after the line.
std::optional<std::int64_t> segment_time(const hls::MediaPlaylistText& text, int line) {
  std::int64_t time = 0;
  for (const auto& segment : text.segments) {
    if (line <= segment.line) return time;
    time += std::min(segment.duration_us, kLongest);
    if (time > kLongest) return {};
  }
  return {};
}

void add_times(const Presentation& p, std::vector<Finding>& findings) {
  for (auto& finding : findings)
    for (const auto& rendition : p.renditions)
      if (finding.line > 0 && !finding.time_us && rendition.location == finding.uri)
        finding.time_us = segment_time(rendition.text, finding.line);
}

}  // namespace

PlaylistReport check_presentation(const Presentation& p) {
  constexpr void (*kChecks[])(const Presentation&, Findings&) = {
      check_text,      check_tags,         check_version,
      check_keys,      check_multivariant, check_media_playlists,
      check_between,   check_low_latency,  check_interstitials,
      check_subtitles, check_containers,   check_segments,
      check_declared,  check_measured,     check_alignment,
      check_codecs,    check_offer,        check_carriage,
      check_inserts,   check_delivery};
  Findings findings;
  for (const auto check : kChecks) check(p, findings);
  PlaylistReport report{p.location, {}, findings.take()};
  add_times(p, report.findings);
  if (p.multivariant) {
    add_variants(p, report);
  } else {
    const Rendition& lone = p.renditions.front();
    report.variants.push_back(summary(lone, measured_rates(lone), "media"));
  }
  return report;
}

std::vector<Finding> check_media(const Report& report) {
  Findings findings;
  const auto add = [&](const char* rule, json::value measured, std::string message) {
    findings.add({&find_rule(rule), report.name, 0, std::move(measured), 0, std::move(message)});
  };
  for (const auto& [track, stats, edits] : report.tracks) {
    if (stats.dts_backwards > 0)
      add("weir-DTS", stats.dts_backwards,
          fmt::format("track {}: {} with a decoding time before the one that precedes", track.index,
                      count_words(stats.dts_backwards, "packet", "packets")));
    if (stats.break_count() > 0)
      add("weir-GAP", stats.break_count(),
          fmt::format("track {}: {} gaps, {} overlaps and {} jumps in its stamps", track.index,
                      stats.gaps, stats.overlaps, stats.jumps));
  }
  if (report.events.present && !report.events.end_mark)
    add("weir-END", nullptr, "the stream ends without its end mark: it was cut off");
  else if (report.damage)
    add("weir-DAMAGE", nullptr, report.damage->what);
  return findings.take();
}

std::string playlist_text(const PlaylistReport& report) {
  std::vector<std::vector<std::string>> rows{{"variant", "size", "codecs", "fps",
                                              "average (declared)", "peak (declared)", "segments",
                                              "duration", "GOP", "aligned"}};
  for (const auto& line : report.variants) rows.push_back(row(line));
  return report.name + "\n" + table(rows) + findings_text(report.findings);
}

json::object playlist_json(const PlaylistReport& report) {
  json::array variants;
  for (const auto& line : report.variants) variants.push_back(variant_json(line));
  json::object out = document("playlist", report.name);
  out["variants"] = std::move(variants);
  out["findings"] = findings_json(report.findings);
  out["summary"] = findings_summary(report.findings);
  return out;
}

}  // namespace weir::probe
