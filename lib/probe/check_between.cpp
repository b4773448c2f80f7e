// Rules that compare the texts of media playlists with each other.
#include <algorithm>

#include "probe/check.h"
#include "probe/json_text.h"
#include "probe/playlist_view.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

using Role = Rendition::Role;

/// The playlist of the first variant, and another one.
struct Pair {
  const Rendition& first;
  const PlaylistView& v;
  const Rendition& other() const { return *v.rendition; }
};

void check_dates(const Pair& pair) {
  const auto dated = [](const Rendition& r) {
    return std::any_of(r.text.segments.begin(), r.text.segments.end(),
                       [](const auto& s) { return !s.program_date_time.empty(); });
  };
  // A live playlist without any is told alone: see general-8.4.
  if (!pair.v.main() || pair.v.live() || dated(pair.first) == dated(pair.other())) return;
  pair.v.add("draft-DATE-ALL", 0,
             fmt::format("{} EXT-X-PROGRAM-DATE-TIME, unlike '{}'",
                         dated(pair.other()) ? "has" : "has no", pair.first.name));
}

void check_target(const Pair& pair) {
  const Role role = pair.other().role;
  const auto want = pair.first.text.target_duration, have = pair.other().text.target_duration;
  if (role == Role::kMain || !pair.v.live() || !want || !have || want == have) return;
  pair.v.add(
      role == Role::kSubtitles ? "general-5.6" : "general-6.11", 0, *have, *want,
      fmt::format("the target duration is {} s, in '{}' {} s", *have, pair.first.name, *want));
}

void check_span(const Pair& pair) {
  const std::int64_t want = pair.first.text.duration_us(), have = pair.other().text.duration_us();
  if (pair.other().role != Role::kSubtitles || !pair.first.vod() || !pair.other().vod()) return;
  if (have + pair.v.targets(1) >= want) return;
  pair.v.add("general-5.5", 0, json_seconds(have), json_seconds(want),
             fmt::format("the subtitles last {}, '{}' lasts {}", seconds_words(have),
                         pair.first.name, seconds_words(want)));
}

std::vector<std::int64_t> breaks(const Rendition& rendition) {
  std::vector<std::int64_t> out;
  std::int64_t time = 0;
  for (const auto& segment : rendition.text.segments) {
    if (segment.discontinuity && time > 0) out.push_back(time);
    time += segment.duration_us;
  }
  return out;
}

void check_breaks(const Pair& pair) {
  if (!pair.v.main() || !pair.first.text.endlist || !pair.other().text.endlist) return;
  const auto want = breaks(pair.first), have = breaks(pair.other());
  const bool same = std::equal(
      want.begin(), want.end(), have.begin(), have.end(),
      [&](std::int64_t a, std::int64_t b) { return std::abs(a - b) <= pair.v.targets(1); });
  if (!same)
    pair.v.add("general-8.15", 0, std::int64_t(have.size()), std::int64_t(want.size()),
               fmt::format("the discontinuities are not where those of '{}' are ({} against {})",
                           pair.first.name, have.size(), want.size()));
}

void check_iframes(const PlaylistView& v) {
  if (v.rendition->role == Role::kIFrames && !v.text().iframes_only)
    v.add("general-6.8", 0, "an I-frame playlist without EXT-X-I-FRAMES-ONLY");
}

void check_subtitles_form(const Presentation& p, const hls::VariantText& variant, Findings& out) {
  const bool stpp = variant.codecs.find("stpp") != std::string::npos;
  const bool named = stpp || variant.codecs.find("wvtt") != std::string::npos;
  for (const auto* subtitles : p.group("SUBTITLES", variant.subtitles)) {
    if (subtitles->failure || subtitles->text.segments.empty() || variant.codecs.empty()) continue;
    const bool mapped = !subtitles->text.maps.empty();
    const auto add = [&](const char* rule, const char* what) {
      out.add({&find_rule(rule), p.location, variant.line, nullptr, nullptr,
               fmt::format("variant '{}': {}", variant.uri, what)});
    };
    if (mapped && !named)
      add("general-5.10", "subtitles in fMP4, but neither stpp nor wvtt in CODECS");
    if (mapped) add("airplay-5.2", "subtitles in fMP4");
    if (stpp && !mapped) add("general-5.4", "stpp in CODECS, but subtitles without EXT-X-MAP");
  }
}

}  // namespace

void check_between(const Presentation& p, Findings& out) {
  if (!p.multivariant || p.variants.empty()) return;
  constexpr void (*kChecks[])(const Pair&) = {check_dates, check_target, check_span, check_breaks};
  for (const auto& variant : p.multivariant->variants) check_subtitles_form(p, variant, out);
  const Rendition& first = p.of_variant(0);
  for (const auto& v : views(p, out)) {
    if (v.rendition == nullptr) continue;
    check_iframes(v);
    if (first.failure || v.rendition == &first) continue;
    for (const auto check : kChecks) check({first, v});
  }
}

}  // namespace weir::probe
