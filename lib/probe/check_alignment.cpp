// Rules that compare renditions with each other.
#include <algorithm>
#include <cmath>

#include "probe/check.h"
#include "probe/json_text.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

std::vector<std::int64_t> starts(const Rendition& rendition) {
  std::vector<std::int64_t> out;
  for (const auto& segment : rendition.segments)
    if (segment.facts && segment.facts->video) out.push_back(segment.facts->video->start_us);
  return out;
}

/// Where two lists of times part: the index, or nothing when they agree within `tolerance`.
std::optional<std::size_t> parting(const std::vector<std::int64_t>& a,
                                   const std::vector<std::int64_t>& b, std::int64_t tolerance) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    if (std::abs(a[i] - b[i]) > tolerance) return i;
  if (a.size() != b.size()) return std::min(a.size(), b.size());
  return {};
}

std::string at(const std::vector<std::int64_t>& times, std::size_t index) {
  return index < times.size() ? seconds_words(times[index]) : "nothing";
}

struct Comparison {
  const char* rule;
  const char* what;
};

void compare(const Rendition& reference, const Rendition& other, const Comparison& comparison,
             const std::vector<std::int64_t>& want, const std::vector<std::int64_t>& have,
             std::int64_t tolerance, Findings& out) {
  const auto index = parting(want, have, tolerance);
  if (!index) return;
  const auto value = [&](const std::vector<std::int64_t>& times) {
    return *index < times.size() ? json_seconds(times[*index]) : boost::json::value(nullptr);
  };
  out.add(
      {&find_rule(comparison.rule), other.location, 0, value(have), value(want),
       fmt::format("{} {} is at {}, in '{}' at {} ({} against {})", comparison.what, *index + 1,
                   at(have, *index), reference.name, at(want, *index), have.size(), want.size())});
}

bool main_media(const Rendition& rendition) {
  return rendition.role == Rendition::Role::kMain && !rendition.failure;
}

void check_cuts(const Rendition& reference, const Rendition& other, Findings& out) {
  const std::int64_t frame = std::max(reference.frame_us(), other.frame_us());
  compare(reference, other, {"general-8.22", "segment"}, starts(reference), starts(other), frame,
          out);
  compare(reference, other, {"weir-IDR", "IDR picture"}, reference.idrs, other.idrs, frame / 2,
          out);
}

// Sound may go on a little after the picture; the draft (6.2.4) allows content that others lack at
// either end, up to a target duration.
void check_duration(const Rendition& reference, const Rendition& other, Findings& out) {
  const std::int64_t want = reference.text.duration_us();
  const std::int64_t have = other.text.duration_us();
  const std::int64_t allowed = other.has_video()
                                   ? std::max(reference.frame_us(), other.frame_us())
                                   : reference.text.target_duration.value_or(0) * 1'000'000;
  if (!reference.vod() || std::abs(want - have) <= allowed) return;
  out.add({&find_rule("general-8.3"), other.location, 0, json_seconds(have), json_seconds(want),
           fmt::format("lasts {}, but '{}' lasts {}", seconds_words(have), reference.name,
                       seconds_words(want))});
}

void check_target(const Rendition& reference, const Rendition& other, Findings& out) {
  const auto want = reference.text.target_duration;
  const auto have = other.text.target_duration;
  if (!want || !have || want == have) return;
  out.add({&find_rule("general-8.2"), other.location, 0, *have, *want,
           fmt::format("the target duration is {} s, in '{}' {} s", *have, reference.name, *want)});
}

void report_offset(const Rendition& reference, const Rendition& sound, Findings& out) {
  if (!sound.has_audio() || (!sound.segments.empty() && sound.segments.front().facts &&
                             !sound.segments.front().facts->stamped))
    return;
  const auto* track = sound.track(media::Kind::kAudio);
  const std::int64_t priming = track != nullptr ? priming_us(*track, sound.audio) : 0;
  const std::int64_t off = sound.audio.start_us + priming - reference.video.start_us;
  out.add({&find_rule("weir-OFFSET"), sound.location, 0, json_seconds(off), nullptr,
           fmt::format("sound starts {} from the picture", offset_words(off))});
}

}  // namespace

const Rendition* reference_rendition(const Presentation& p) {
  if (!p.multivariant) return p.renditions.front().has_video() ? &p.renditions.front() : nullptr;
  for (std::size_t i = 0; i < p.variants.size(); ++i)
    if (p.of_variant(i).has_video()) return &p.of_variant(i);
  return nullptr;
}

void check_alignment(const Presentation& p, Findings& out) {
  const Rendition* reference = reference_rendition(p);
  if (reference == nullptr) return;
  for (const auto& other : p.renditions) {
    if (!main_media(other)) continue;
    if (other.has_audio() && (!other.has_video() || &other == reference))
      report_offset(*reference, other, out);
    if (&other == reference) continue;
    check_target(*reference, other, out);
    check_duration(*reference, other, out);
    if (other.has_video()) check_cuts(*reference, other, out);
  }
}

}  // namespace weir::probe
