#include "probe/report_json.h"

#include <boost/json.hpp>

#include "probe/json_text.h"
#include "probe/words.h"

namespace weir::probe {
namespace json = boost::json;
namespace {

json::value text_or_null(std::string_view text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value number_or_null(std::int64_t number) {
  return number > 0 ? json::value(number) : json::value(nullptr);
}

json::value rational_or_null(AVRational value) {
  return value.num > 0 ? json::value(media::format_rational(value)) : json::value(nullptr);
}

void add_picture(json::object& out, const TrackReport& report) {
  const media::Track& track = report.track;
  const Colour colour = colour_words(track);
  out["width"] = track.par->width;
  out["height"] = track.par->height;
  out["sample_aspect_ratio"] = rational_or_null(track.par->sample_aspect_ratio);
  out["rotation"] = track.rotation;
  out["mirrored"] = track.mirrored;
  out["pixel_format"] = text_or_null(pixel_format_words(track));
  out["dynamic_range"] = range_words(track);
  out["color_primaries"] = text_or_null(colour.primaries);
  out["color_transfer"] = text_or_null(colour.transfer);
  out["color_space"] = text_or_null(colour.matrix);
  out["color_range"] = text_or_null(colour.range);
  out["frame_rate_declared"] = rational_or_null(track.frame_rate);
  out["frame_rate"] = report.stats.frame_rate;
  out["frame_rate_constant"] = report.stats.constant_rate;
}

void add_sound(json::object& out, const media::Track& track, const TrackStats& stats) {
  out["sample_rate"] = track.par->sample_rate;
  out["channels"] = track.par->ch_layout.nb_channels;
  out["channel_layout"] = text_or_null(layout_words(track));
  out["priming_samples"] = priming_samples(track, stats);
}

json::object spread(const Spread& values, double scale) {
  return {{"min", static_cast<double>(values.min()) / scale},
          {"mean", values.mean() / scale},
          {"max", static_cast<double>(values.max()) / scale}};
}

json::object groups(const TrackStats& stats) {
  json::object out;
  out["count"] = stats.keys;
  out["frames"] = spread(stats.gop_frames, 1);
  out["seconds"] = spread(stats.gop_us, 1e6);
  out["idr_count"] = stats.idrs;
  out["idr_interval"] = stats.idr_us.count() > 0 ? json::value(spread(stats.idr_us, 1e6)) : nullptr;
  out["b_frames"] = stats.reordered;
  out["open_count"] = stats.open_groups;
  return out;
}

json::object stamps(const TrackStats& stats) {
  json::array list;
  for (const auto& found : stats.breaks) {
    const char* kind = found.kind == Break::Kind::kGap       ? "gap"
                       : found.kind == Break::Kind::kOverlap ? "overlap"
                                                             : "jump";
    list.push_back({{"kind", kind},
                    {"at", json_seconds(found.at_us)},
                    {"length", json_seconds(found.length_us)}});
  }
  json::object out;
  out["gaps"] = stats.gaps;
  out["overlaps"] = stats.overlaps;
  out["jumps"] = stats.jumps;
  out["dts_monotonic"] = stats.dts_backwards == 0;
  out["dts_backwards"] = stats.dts_backwards;
  out["breaks"] = std::move(list);
  return out;
}

void add_measures(json::object& out, const TrackStats& stats) {
  out["packets"] = stats.packets;
  out["bytes"] = stats.bytes;
  out["start"] = json_seconds(stats.start_us);
  out["end"] = json_seconds(stats.end_us);
  out["duration"] = json_seconds(stats.duration_us());
  out["bitrate"] = stats.average_bitrate;
  out["bitrate_peak"] = stats.peak_bitrate;
  out["bitrate_per_second"] = json::array(stats.bitrate.begin(), stats.bitrate.end());
  out["timestamps"] = stamps(stats);
}

json::array peaks_json(const TrackStats& stats) {
  json::array out;
  for (const auto& peak : stats.peaks)
    out.push_back({{"window", json_seconds(peak.window_us)}, {"peak", peak.bitrate}});
  return out;
}

json::array buckets_json(const TrackStats& stats) {
  json::array out;
  for (const auto& bucket : stats.buckets)
    out.push_back({{"rate", bucket.rate}, {"bits", bucket.bits}});
  return out;
}

json::array edits_json(const std::vector<EditEntry>& edits) {
  json::array out;
  for (const auto& edit : edits)
    out.push_back({{"duration", json_seconds(edit.duration_us)},
                   {"media", edit.media_us < 0 ? nullptr : json_seconds(edit.media_us)},
                   {"rate", edit.rate}});
  return out;
}

json::object mastering_json(const media::MasteringDisplay& display) {
  json::object out;
  std::size_t at = 0;
  for (const char* name : {"green", "blue", "red", "white"}) {
    const auto x = display.chromaticity[at++], y = display.chromaticity[at++];
    out[name] = json::array{x / 50'000.0, y / 50'000.0};
  }
  out["luminance_max"] = display.max_luminance / 10'000.0;
  out["luminance_min"] = display.min_luminance / 10'000.0;
  return out;
}

json::object hdr_json(const media::Track& track) {
  json::object out{
      {"mastering_display", nullptr}, {"content_light", nullptr}, {"dolby_vision", nullptr}};
  if (track.hdr.mastering) out["mastering_display"] = mastering_json(*track.hdr.mastering);
  if (const auto& light = track.hdr.light)
    out["content_light"] = {{"level_max", std::int64_t{light->max_level}},
                            {"average_max", std::int64_t{light->max_average}}};
  if (const auto& dolby = track.dolby_vision)
    out["dolby_vision"] = {
        {"profile", dolby->profile},       {"level", dolby->level},
        {"metadata", dolby->has_metadata}, {"enhancement", dolby->has_enhancement},
        {"base", dolby->has_base},         {"compatibility", dolby->compatibility}};
  return out;
}

json::object track_json(const TrackReport& report) {
  const auto& [track, stats, edits] = report;
  json::object out;
  out["index"] = track.index;
  out["type"] = track.video() ? "video" : "audio";
  out["codec"] = track.codec_name();
  out["profile"] = text_or_null(profile_words(track));
  out["level"] = text_or_null(level_words(track));
  out["rendition"] = text_or_null(track.rendition);
  out["language"] = text_or_null(track.language);
  out["bitrate_declared"] = number_or_null(track.bitrate);
  out["bitrate_max_declared"] = number_or_null(track.max_bitrate);
  if (track.video())
    add_picture(out, report);
  else
    add_sound(out, track, stats);
  add_measures(out, stats);
  if (track.video()) out["gop"] = groups(stats);
  out["bitrate_windows"] = peaks_json(stats);
  out["buffer"] = buckets_json(stats);
  out["edits"] = edits_json(edits);
  if (track.video()) out["hdr"] = hdr_json(track);
  return out;
}

json::array changes_json(const Offset& offset) {
  json::array out;
  for (const auto& [at, value] : offset.changes)
    out.push_back({{"at", json_seconds(at)}, {"offset", json_seconds(value)}});
  return out;
}

json::value events_json(const EventReport& events) {
  if (!events.present) return nullptr;
  json::object kinds;
  for (const auto& [kind, count] : events.kinds) kinds[kind] = count;
  return {{"end_mark", events.end_mark},
          {"cuts", events.cuts()},
          {"first_cut", events.first_cut_us ? json_seconds(*events.first_cut_us) : nullptr},
          {"last_cut", events.last_cut_us ? json_seconds(*events.last_cut_us) : nullptr},
          {"kinds", std::move(kinds)}};
}

}  // namespace

json::object document(std::string_view kind, const std::string& input) {
  json::object out;
  out["schema"] = kSchema;
  out["kind"] = kind;
  out["input"] = input;
  return out;
}

json::object report_json(const Report& report) {
  json::array tracks;
  for (const auto& track : report.tracks) tracks.push_back(track_json(track));
  json::array offsets;
  for (const auto& offset : report.offsets)
    offsets.push_back({{"track", offset.track},
                       {"start", json_seconds(offset.start_us)},
                       {"end", json_seconds(offset.end_us)},
                       {"changes", changes_json(offset)}});
  json::object out = document("media", report.name);
  out["container"] = report.container;
  out["size"] = report.size_bytes ? json::value(*report.size_bytes) : nullptr;
  out["start"] = json_seconds(report.start_us());
  out["duration"] = json_seconds(report.duration_us());
  out["bitrate"] = report.bitrate();
  out["tracks"] = std::move(tracks);
  out["offsets"] = std::move(offsets);
  out["events"] = events_json(report.events);
  out["damage"] = report.damage ? json::value(report.damage->what) : nullptr;
  out["mended"] = {{"wraps", report.mended.wraps},
                   {"resets", report.mended.resets},
                   {"dropped", report.mended.dropped}};
  return out;
}

}  // namespace weir::probe
