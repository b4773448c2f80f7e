#include "probe/report_text.h"

#include "probe/words.h"

namespace weir::probe {
namespace {

// More than these are only counted: the rest is in the JSON.
constexpr std::size_t kShownBreaks = 5;

/// Parts of a line, joined by commas, empty ones left out.
std::string joined(std::initializer_list<std::string> parts) {
  std::string out;
  for (const auto& part : parts) {
    if (part.empty()) continue;
    if (!out.empty()) out += ", ";
    out += part;
  }
  return out;
}

std::string codec(const media::Track& track) {
  std::string out(track.codec_name());
  for (const auto& part : {profile_words(track), level_words(track)})
    if (!part.empty()) out += " " + part;
  return out;
}

std::string turned(const media::Track& track) {
  std::string out;
  if (track.rotation != 0) out = fmt::format("turned by {} degrees", track.rotation);
  if (track.mirrored) out += out.empty() ? "mirrored" : " and mirrored";
  return out;
}

std::string colour(const media::Track& track) {
  const Colour names = colour_words(track);
  std::string out(range_words(track));
  for (const auto& name : {names.primaries, names.transfer, names.matrix, names.range})
    if (!name.empty() && !out.ends_with(" " + name)) out += " " + name;
  return out;
}

std::string named(const media::Track& track) {
  return joined({track.rendition.empty() ? "" : fmt::format("rendition {}", track.rendition),
                 track.language});
}

std::string form(const media::Track& track) {
  const AVCodecParameters& par = *track.par;
  if (track.audio())
    return joined(
        {codec(track), fmt::format("{} Hz", par.sample_rate), layout_words(track), named(track)});
  return joined({codec(track), fmt::format("{}x{}", par.width, par.height), turned(track),
                 pixel_format_words(track), colour(track), named(track)});
}

std::string pace(const TrackReport& report) {
  const auto& [track, stats, edits] = report;
  const std::string declared = rate_words(av_q2d(track.frame_rate));
  std::string rate = fmt::format("{} fps {}", rate_words(stats.frame_rate),
                                 stats.constant_rate ? "constant" : "variable");
  if (track.frame_rate.num > 0 && declared != rate_words(stats.frame_rate))
    rate += fmt::format(" (declared {})", declared);
  return joined({count_words(stats.packets, "frame", "frames"), stats.packets > 1 ? rate : ""});
}

std::string span(const TrackStats& stats) {
  return fmt::format("{} to {}, {}", seconds_words(stats.start_us), seconds_words(stats.end_us),
                     seconds_words(stats.duration_us()));
}

std::string rates(const TrackReport& report) {
  const auto& [track, stats, edits] = report;
  std::string declared;
  if (track.bitrate > 0) declared = "declared " + bitrate_words(track.bitrate);
  if (track.max_bitrate > 0) declared += ", at most " + bitrate_words(track.max_bitrate);
  std::string peaks = bitrate_words(stats.peak_bitrate) + " peak over 1 s";
  if (!stats.peaks.empty()) peaks = bitrate_words(stats.peaks.front().bitrate) + " peak over 1 s";
  if (!stats.peaks.empty() && stats.duration_us() >= stats.peaks.back().window_us)
    peaks += fmt::format(", {} over 6 s", bitrate_words(stats.peaks.back().bitrate));
  return joined({bitrate_words(stats.average_bitrate) + " average", peaks, declared});
}

// What a receiver must hold that is sent the track at one even rate.
std::string bucket(const TrackStats& stats) {
  if (stats.buckets.empty() || stats.packets < 2) return "";
  const Bucket& first = stats.buckets.front();
  return fmt::format("a line of {} needs a buffer of {} ({})", bitrate_words(first.rate),
                     size_words(first.bits / 8),
                     seconds_words(first.rate > 0 ? first.bits * 1'000'000 / first.rate : 0));
}

std::string groups(const TrackStats& stats) {
  const Spread& frames = stats.gop_frames;
  const bool even = frames.min() == frames.max();
  const std::string length =
      even ? fmt::format("{} frames ({})", frames.max(),
                         seconds_words(std::int64_t(stats.gop_us.mean())))
           : fmt::format("{} to {} frames, mean {:.1f} ({} to {})", frames.min(), frames.max(),
                         frames.mean(), seconds_words(stats.gop_us.min()),
                         seconds_words(stats.gop_us.max()));
  const std::string idr =
      stats.idr_us.count() > 0 ? "at most " + seconds_words(stats.idr_us.max()) + " between" : "";
  return joined({length, count_words(stats.idrs, "IDR", "IDRs"), idr,
                 stats.open_groups > 0 ? fmt::format("{} open", stats.open_groups) : "",
                 stats.reordered ? "B-frames" : "no B-frames"});
}

std::string_view kind_words(Break::Kind kind) {
  if (kind == Break::Kind::kJump) return "jump";
  return kind == Break::Kind::kGap ? "gap" : "overlap";
}

std::string stamps(const TrackStats& stats) {
  if (stats.break_count() == 0 && stats.dts_backwards == 0) return "";
  const auto counted = [](std::int64_t count, const char* one, const char* many) {
    return count > 0 ? count_words(count, one, many) : std::string();
  };
  std::string out = joined(
      {counted(stats.gaps, "gap", "gaps"), counted(stats.overlaps, "overlap", "overlaps"),
       counted(stats.jumps, "jump", "jumps"),
       stats.dts_backwards > 0 ? fmt::format("decoding order broken {} times", stats.dts_backwards)
                               : ""});
  for (std::size_t i = 0; i < std::min(kShownBreaks, stats.breaks.size()); ++i)
    out +=
        fmt::format("{} {} of {} at {}", i == 0 ? ":" : ",", kind_words(stats.breaks[i].kind),
                    offset_words(stats.breaks[i].length_us), seconds_words(stats.breaks[i].at_us));
  return out + (stats.breaks.size() > kShownBreaks ? ", …" : "");
}

std::string light(const media::Track& track) {
  std::string out;
  if (const auto& display = track.hdr.mastering)
    out = fmt::format("made on a display of {:g} to {:g} cd/m²", display->min_luminance / 10'000.0,
                      display->max_luminance / 10'000.0);
  std::string level, dolby;
  if (const auto& most = track.hdr.light)
    level = fmt::format("MaxCLL {}, MaxFALL {}", most->max_level, most->max_average);
  if (const auto& found = track.dolby_vision)
    dolby = fmt::format("Dolby Vision profile {} level {}", found->profile, found->level);
  return joined({out, level, dolby});
}

std::string edits(const std::vector<EditEntry>& list) {
  std::string out;
  for (std::size_t i = 0; i < std::min(kShownBreaks, list.size()); ++i) {
    out += i == 0 ? "edit list: " : ", then ";
    out += list[i].media_us < 0
               ? fmt::format("nothing for {}", seconds_words(list[i].duration_us))
               : fmt::format("{} of media from {}", seconds_words(list[i].duration_us),
                             seconds_words(list[i].media_us));
  }
  return out + (list.size() > kShownBreaks ? ", …" : "");
}

using Rows = std::vector<std::vector<std::string>>;

void add_track(Rows& rows, const TrackReport& report) {
  const auto& [track, stats, list] = report;
  rows.push_back(
      {fmt::format("{} {}", track.video() ? "video" : "audio", track.index), form(track)});
  if (stats.packets == 0) return rows.push_back({"", "no packets"});
  rows.push_back(
      {"", joined({track.video() ? pace(report) : count_words(stats.packets, "packet", "packets"),
                   span(stats)})});
  rows.push_back({"", rates(report)});
  if (track.video()) rows.push_back({"", "groups of " + groups(stats)});
  const auto primed = track.audio() ? priming_samples(track, stats) : 0;
  const std::string priming = primed > 0 ? fmt::format("{} in front are not heard",
                                                       count_words(primed, "sample", "samples"))
                                         : "";
  for (const auto& more : {bucket(stats), light(track), joined({priming, edits(list)})})
    if (!more.empty()) rows.push_back({"", more});
  if (const std::string odd = stamps(stats); !odd.empty()) rows.push_back({"", odd});
}

std::string changes(const Offset& offset) {
  std::string out;
  for (std::size_t i = 0; i < std::min(kShownBreaks, offset.changes.size()); ++i)
    out += fmt::format(", {} from {} on", offset_words(offset.changes[i].second),
                       seconds_words(offset.changes[i].first));
  return out + (offset.changes.size() > kShownBreaks ? ", …" : "");
}

std::string mended(const Mended& mended) {
  const auto counted = [](std::int64_t count, const char* one, const char* many) {
    return count > 0 ? count_words(count, one, many) : std::string();
  };
  return joined({counted(mended.wraps, "wrap of a clock", "wraps of a clock"),
                 counted(mended.resets, "reset of the stamps", "resets of the stamps"),
                 counted(mended.dropped, "packet left out", "packets left out")});
}

std::string events(const EventReport& report) {
  std::string grid;
  if (report.first_cut_us)
    grid = fmt::format("{}, {} to {}", count_words(report.cuts(), "segment", "segments"),
                       seconds_words(*report.first_cut_us), seconds_words(*report.last_cut_us));
  return joined({grid, report.end_mark ? "end mark" : "no end mark"});
}

}  // namespace

std::string report_text(const Report& report) {
  std::string out = report.name + ": " +
                    joined({report.container, seconds_words(report.duration_us()),
                            report.size_bytes ? size_words(*report.size_bytes) : "",
                            bitrate_words(report.bitrate())}) +
                    "\n";
  Rows rows;
  for (const auto& track : report.tracks) add_track(rows, track);
  for (const auto& offset : report.offsets)
    rows.push_back(
        {"offset",
         fmt::format("audio {} against the picture: {} at the start, {} at the end{}", offset.track,
                     offset_words(offset.start_us), offset_words(offset.end_us), changes(offset))});
  if (const std::string words = mended(report.mended); !words.empty())
    rows.push_back({"mended", words});
  if (report.events.present) rows.push_back({"grid", events(report.events)});
  return out + table(rows);
}

}  // namespace weir::probe
