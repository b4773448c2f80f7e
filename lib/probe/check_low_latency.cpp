// Rules over low-latency playlists.
// Source: draft-pantos-hls-rfc8216bis-22 sections 4.4.3.8, 4.4.4.9, 4.4.5.2 to 4.4.5.4, appendix B.
#include <algorithm>
#include <set>

#include "hls/uri.h"
#include "probe/check.h"
#include "probe/json_text.h"
#include "probe/playlist_view.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

constexpr const char* kControl = "EXT-X-SERVER-CONTROL";

/// EXT-X-PART as the playlist has it.
struct Part {
  const hls::Line* line;
  std::int64_t duration_us;
  bool last;  // of its segment
  bool gap() const { return line->attributes.yes("GAP"); }
  bool independent() const { return line->attributes.yes("INDEPENDENT"); }
};

/// The parts in front of a segment, or behind the last one.
struct Parts {
  std::vector<Part> list;
  const hls::SegmentText* segment = nullptr;  // null behind the last
  std::int64_t end_us = 0;                    // of the segment, from the start of the playlist
};

std::vector<Parts> read_parts(const PlaylistView& v) {
  std::vector<Parts> out(1);
  std::size_t index = 0;
  std::int64_t time = 0;
  for (const auto& line : v.lines) {
    if (line.tag == "EXT-X-PART")
      out.back().list.push_back({&line, line.attributes.micros("DURATION").value_or(0), false});
    if (!line.is_uri() || index >= v.text().segments.size()) continue;
    out.back().segment = &v.text().segments[index++];
    out.back().end_us = time += out.back().segment->duration_us;
    if (!out.back().list.empty()) out.back().list.back().last = true;
    out.emplace_back();
  }
  return out;
}

std::optional<std::int64_t> part_target(const PlaylistView& v) {
  const auto* line = v.first("EXT-X-PART-INF");
  return line == nullptr ? std::nullopt : line->attributes.micros("PART-TARGET");
}

bool has_parts(const PlaylistView& v) {
  return v.rendition != nullptr && v.first("EXT-X-PART") != nullptr;
}

void check_inf(const PlaylistView& v) {
  if (has_parts(v) && v.first("EXT-X-PART-INF") == nullptr)
    v.add("draft-PART-INF", 0, "a playlist with EXT-X-PART without EXT-X-PART-INF");
}

void check_part(const PlaylistView& v, const Part& part, const Part* next, std::int64_t target) {
  const auto told = [&](const char* rule, const char* what) {
    v.add(rule, part.line->number, json_seconds(part.duration_us), json_seconds(target),
          fmt::format("a part of {} is {} PART-TARGET, {}", seconds_words(part.duration_us), what,
                      seconds_words(target)));
  };
  if (part.duration_us > target) told("draft-PART-TARGET", "longer than");
  const bool may = part.gap() || part.last || next == nullptr || next->independent();
  if (!may && part.duration_us * 100 < target * 85) told("draft-PART-SHORT", "under 85 % of");
}

void check_parts(const PlaylistView& v) {
  const auto target = part_target(v);
  if (!target) return;
  for (const auto& parts : read_parts(v))
    for (std::size_t i = 0; i < parts.list.size(); ++i)
      check_part(v, parts.list[i], i + 1 < parts.list.size() ? &parts.list[i + 1] : nullptr,
                 *target);
}

void check_sums(const PlaylistView& v) {
  constexpr std::int64_t kExact = 1000;
  bool first = true;
  for (const auto& parts : read_parts(v)) {
    // The first segment with parts may have lost the first of them.
    if (parts.list.empty() || parts.segment == nullptr) continue;
    std::int64_t sum = 0;
    for (const auto& part : parts.list) sum += part.duration_us;
    const std::int64_t off = sum - parts.segment->duration_us;
    const bool lost = std::exchange(first, false) && off < 0;
    if (lost || std::abs(off) <= kExact * std::int64_t(parts.list.size())) continue;
    v.add("draft-PART-SUM", parts.segment->line, json_seconds(sum),
          json_seconds(parts.segment->duration_us),
          fmt::format("the parts of '{}' last {}, the segment {}", parts.segment->uri,
                      seconds_words(sum), seconds_words(parts.segment->duration_us)));
  }
}

void check_old(const PlaylistView& v) {
  const auto all = read_parts(v);
  std::int64_t end = v.text().duration_us();
  for (const auto& part : all.back().list) end += part.duration_us;
  for (const auto& parts : all)
    if (!parts.list.empty() && parts.segment != nullptr && end - parts.end_us > v.targets(3))
      v.add("draft-PART-OLD", parts.list.front().line->number, json_seconds(end - parts.end_us),
            json_seconds(v.targets(3)),
            fmt::format("the parts of '{}' end {} before the playlist does", parts.segment->uri,
                        seconds_words(end - parts.end_us)));
}

void check_at_least(const PlaylistView& v, const char* rule, const char* name, std::int64_t least) {
  const auto* control = v.first(kControl);
  const auto value = control ? control->attributes.micros(name) : std::nullopt;
  if (!value || *value >= least) return;
  v.add(rule, control->number, json_seconds(*value), json_seconds(least),
        fmt::format("{} is {}, less than {}", name, seconds_words(*value), seconds_words(least)));
}

void check_part_hold_back(const PlaylistView& v) {
  const auto target = part_target(v);
  if (!target || v.text().endlist) return;
  const auto* control = v.first(kControl);
  const auto value = control ? control->attributes.micros("PART-HOLD-BACK") : std::nullopt;
  if (!value)
    v.add("draft-PART-HOLD-BACK", control ? control->number : 0, "no PART-HOLD-BACK, but parts");
  else
    check_at_least(v, *value < *target * 2 ? "draft-PART-HOLD-BACK" : "general-14.3",
                   "PART-HOLD-BACK", *target * (*value < *target * 2 ? 2 : 3));
}

void check_control(const PlaylistView& v) {
  const auto* control = v.first(kControl);
  if (control == nullptr) return;
  check_at_least(v, "draft-HOLD-BACK", "HOLD-BACK", v.targets(3));
  check_at_least(v, "draft-CAN-SKIP-UNTIL", "CAN-SKIP-UNTIL", v.targets(6));
  const auto& a = control->attributes;
  const bool skips = a.find("CAN-SKIP-UNTIL") != nullptr;
  if (a.yes("CAN-SKIP-DATERANGES") && !skips)
    v.add("draft-CAN-SKIP-DATERANGES", control->number,
          "CAN-SKIP-DATERANGES without CAN-SKIP-UNTIL");
  if (skips && !a.yes("CAN-SKIP-DATERANGES") && v.first("EXT-X-DATERANGE"))
    v.add("general-14.5", control->number,
          "CAN-SKIP-UNTIL and date ranges, but no CAN-SKIP-DATERANGES");
}

void check_hints(const PlaylistView& v) {
  std::set<std::string> types;
  for (const auto* line : v.all("EXT-X-PRELOAD-HINT")) {
    const std::string type = line->attributes.text("TYPE").value_or("");
    if (v.text().endlist)
      v.add("draft-PRELOAD-HINT-END", line->number, "EXT-X-PRELOAD-HINT in an ended playlist");
    if (!types.insert(type).second)
      v.add("draft-PRELOAD-HINT-TWICE", line->number,
            fmt::format("EXT-X-PRELOAD-HINT of TYPE={} twice", type));
  }
  if (const auto* skip = v.first("EXT-X-SKIP"))
    v.add("draft-SKIP", skip->number, "EXT-X-SKIP in a playlist that was asked for whole");
}

void check_profile(const PlaylistView& v) {
  constexpr std::int64_t kTwoMinutes = 120'000'000;
  if (!has_parts(v) || !v.live()) return;
  const auto missing = [&](bool there, const char* what) {
    if (!there) v.add("general-14.1", 0, fmt::format("a low-latency playlist without {}", what));
  };
  missing(v.attribute(kControl, "CAN-BLOCK-RELOAD") == "YES", "CAN-BLOCK-RELOAD=YES");
  missing(v.first("EXT-X-PRELOAD-HINT") != nullptr, "EXT-X-PRELOAD-HINT");
  if (v.text().duration_us() > kTwoMinutes && v.attribute(kControl, "CAN-SKIP-UNTIL").empty())
    v.add("general-14.4", 0, json_seconds(v.text().duration_us()), 120,
          "a low-latency playlist of more than two minutes has no CAN-SKIP-UNTIL");
}

/// Of picture and sound.
std::vector<PlaylistView> main_views(const Presentation& p, Findings& out) {
  std::vector<PlaylistView> all;
  for (const auto& v : views(p, out))
    if (v.main()) all.push_back(v);
  return all;
}

bool reports(const PlaylistView& v, const std::string& location) {
  const auto all = v.all("EXT-X-RENDITION-REPORT");
  return std::any_of(all.begin(), all.end(), [&](const hls::Line* line) {
    return hls::resolve_uri(v.uri, line->attributes.text("URI").value_or("")) == location;
  });
}

void check_reports(const std::vector<PlaylistView>& all) {
  for (const auto& v : all)
    for (const auto& other : all)
      if (&v != &other && v.live() && has_parts(v) && has_parts(other) && !reports(v, other.uri))
        v.add("draft-RENDITION-REPORT-ALL", 0,
              fmt::format("no EXT-X-RENDITION-REPORT of '{}'", other.rendition->name));
}

void check_same_control(const std::vector<PlaylistView>& all) {
  const auto value = [](const PlaylistView& v) {
    const auto* line = v.first(kControl);
    return line == nullptr ? std::string() : line->value;
  };
  for (const auto& v : all)
    if (value(v) != value(all.front()))
      v.add("draft-SERVER-CONTROL", v.first(kControl) ? v.first(kControl)->number : 0,
            fmt::format("{} is another one than in '{}'", kControl, all.front().rendition->name));
}

}  // namespace

void check_low_latency(const Presentation& p, Findings& out) {
  constexpr PlaylistCheck kChecks[] = {check_inf,   check_parts,          check_sums,
                                       check_old,   check_part_hold_back, check_control,
                                       check_hints, check_profile};
  for (const auto& view : views(p, out))
    if (view.rendition != nullptr)
      for (const auto check : kChecks) check(view);
  const auto all = main_views(p, out);
  check_reports(all);
  check_same_control(all);
}

}  // namespace weir::probe
