// Rules that need only the playlists, and whether everything could be read.
#include <algorithm>
#include <cmath>

#include "probe/check.h"
#include "probe/json_text.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

void add(Findings& out, const char* rule, const std::string& uri, int line, std::string message) {
  out.add({&find_rule(rule), uri, line, nullptr, nullptr, std::move(message)});
}

void check_problems(const std::vector<hls::Problem>& problems, const std::string& uri,
                    Findings& out) {
  for (const auto& problem : problems) add(out, "draft-SYNTAX", uri, problem.line, problem.what);
}

bool video_codecs(const std::string& codecs) {
  for (const char* entry : {"avc1", "avc3", "hvc1", "hev1", "av01", "vp09", "dvh1", "dvhe"})
    if (codecs.find(entry) != std::string::npos) return true;
  return false;
}

void check_variant(const Presentation& p, std::size_t index, Findings& out) {
  const auto& variant = p.multivariant->variants[index];
  const Rendition& rendition = p.of_variant(index);
  const auto missing = [&](const char* rule, const char* what) {
    add(out, rule, p.location, variant.line,
        fmt::format("variant '{}' has no {}", variant.uri, what));
  };
  if (variant.codecs.empty()) missing("general-9.1", "CODECS");
  if (!variant.average_bandwidth) missing("general-9.14", "AVERAGE-BANDWIDTH");
  if (!rendition.has_video() && !variant.resolution && !video_codecs(variant.codecs)) return;
  if (!variant.resolution) missing("general-9.2", "RESOLUTION");
  if (!variant.frame_rate_micro) missing("general-9.15", "FRAME-RATE");
}

void check_groups(const Presentation& p, Findings& out) {
  const auto& text = *p.multivariant;
  for (const auto& variant : text.variants) {
    const bool there = std::any_of(text.media.begin(), text.media.end(), [&](const auto& entry) {
      return entry.type == "AUDIO" && entry.group == variant.audio;
    });
    if (!variant.audio.empty() && !there)
      add(out, "draft-AUDIO", p.location, variant.line,
          fmt::format("variant '{}' names the audio group '{}', which does not exist", variant.uri,
                      variant.audio));
  }
  for (const auto& entry : text.media)
    if (entry.type != "VIDEO" && entry.language.empty())
      add(out, "general-8.10", p.location, entry.line,
          fmt::format("{} rendition '{}' has no LANGUAGE", entry.type, entry.name));
}

void check_iframe_variants(const Presentation& p, Findings& out) {
  for (const auto& variant : p.multivariant->iframe_variants) {
    const auto missing = [&](const char* rule, const char* what) {
      add(out, rule, p.location, variant.line,
          fmt::format("I-frame variant '{}' has no {}", variant.uri, what));
    };
    if (variant.codecs.empty()) missing("general-9.3", "CODECS");
    if (!variant.resolution) missing("general-9.4", "RESOLUTION");
  }
}

bool opens_with_idr(const Rendition& rendition) {
  return rendition.has_video() &&
         std::all_of(rendition.segments.begin(), rendition.segments.end(), [](const auto& segment) {
           return !segment.facts || segment.facts->starts_with_idr;
         });
}

// Said once in the multivariant playlist, or in the playlist of every picture.
void check_independent(const Presentation& p, Findings& out) {
  if (p.multivariant && p.multivariant->independent) return;
  bool silent = false, spoken = false;
  for (const auto& rendition : p.renditions) {
    if (rendition.role != Rendition::Role::kMain || !opens_with_idr(rendition)) continue;
    (rendition.text.independent ? spoken : silent) = true;
    if (!rendition.text.independent)
      add(out, p.multivariant ? "general-9.12" : "general-9.11", rendition.location, 0,
          "every segment opens with an IDR picture, but EXT-X-INDEPENDENT-SEGMENTS is not there");
  }
  if (p.multivariant && spoken && !silent)
    add(out, "general-9.11", p.location, 0,
        "EXT-X-INDEPENDENT-SEGMENTS is in the media playlists, not in this one");
}

void check_durations(const Rendition& rendition, Findings& out) {
  if (!rendition.text.target_duration) {
    if (!rendition.text.segments.empty())
      add(out, "draft-SYNTAX", rendition.location, 0, "EXT-X-TARGETDURATION is missing");
    return;
  }
  const std::int64_t target = *rendition.text.target_duration;
  for (const auto& segment : rendition.text.segments) {
    const std::int64_t rounded =
        segment.duration_us / kSecond + (segment.duration_us % kSecond * 2 >= kSecond);
    if (rounded > target)
      out.add({&find_rule("draft-TARGETDURATION"), rendition.location, segment.line, rounded,
               target,
               fmt::format("EXTINF {} rounds to {} s, the target duration is {} s",
                           segment.duration_text, rounded, target)});
    if (segment.duration_us > target * kSecond + kSecond / 2)
      out.add({&find_rule("general-7.7"), rendition.location, segment.line,
               json_seconds(segment.duration_us), static_cast<double>(target) + 0.5,
               fmt::format("the segment is {} long, more than 0.5 s above the target of {} s",
                           seconds_words(segment.duration_us), target)});
  }
}

void check_readable(const Rendition& rendition, Findings& out) {
  if (rendition.failure)
    return add(out, "draft-READ", rendition.location, 0, rendition.failure->what);
  if (rendition.text.segments.empty())
    add(out, "draft-READ", rendition.location, 0, "the playlist has no segments");
  std::size_t encrypted = 0;
  for (std::size_t i = 0; i < rendition.segments.size(); ++i) {
    const auto& text = rendition.text.segments[i];
    if (const auto& failure = rendition.segments[i].failure)
      add(out, "draft-READ", rendition.location, text.line, failure->what);
    if (text.encrypted) ++encrypted;
  }
  if (encrypted > 0)
    add(out, "weir-ENCRYPTED", rendition.location, 0,
        fmt::format("{} encrypted, not looked into",
                    count_words(std::int64_t(encrypted), "segment is", "segments are")));
}

void check_rendition(const Rendition& rendition, Findings& out) {
  check_readable(rendition, out);
  check_problems(rendition.problems, rendition.location, out);
  if (rendition.failure) return;
  check_durations(rendition, out);
  const auto& text = rendition.text;
  // An ended playlist from which segments were removed was live; it never was VOD.
  if (text.endlist && text.type.empty() && text.media_sequence == 0)
    add(out, "general-8.6", rendition.location, 0, "an ended playlist without EXT-X-PLAYLIST-TYPE");
  if (rendition.needs_map)
    add(out, "general-8.20", rendition.location, 0,
        "the segments are fMP4, but EXT-X-MAP is not there");
}

}  // namespace

void check_text(const Presentation& p, Findings& out) {
  check_problems(p.problems, p.location, out);
  if (p.multivariant) {
    if (p.multivariant->variants.empty())
      add(out, "draft-SYNTAX", p.location, 0, "the multivariant playlist names no variant");
    for (std::size_t i = 0; i < p.multivariant->variants.size(); ++i) check_variant(p, i, out);
    check_groups(p, out);
    check_iframe_variants(p, out);
  }
  for (const auto& rendition : p.renditions) check_rendition(rendition, out);
  check_independent(p, out);
}

}  // namespace weir::probe
