// Rules over the text of media playlists, each by itself.
#include <algorithm>
#include <cmath>

#include "hls/date_range_check.h"
#include "probe/check.h"
#include "probe/json_text.h"
#include "probe/playlist_view.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

// TIME-OFFSET may be negative; the draft has it signed.
std::optional<std::int64_t> signed_micros(const std::string& text) {
  const bool minus = text.starts_with('-');
  const auto value = hls::parse_micros(std::string_view(text).substr(minus ? 1 : 0));
  return value ? std::optional(minus ? -*value : *value) : std::nullopt;
}

void check_start(const PlaylistView& v) {
  for (const auto* line : v.all("EXT-X-START")) {
    const auto text = line->attributes.text("TIME-OFFSET");
    if (!text) continue;
    const auto offset = signed_micros(*text);
    if (!offset)
      v.add("draft-START", line->number, fmt::format("TIME-OFFSET '{}' is no number", *text));
    else if (v.rendition != nullptr && std::abs(*offset) > v.text().duration_us())
      v.add("draft-START-RANGE", line->number, json_seconds(*offset),
            json_seconds(v.text().duration_us()),
            fmt::format("TIME-OFFSET {} lies outside of the playlist, which lasts {}",
                        seconds_words(*offset), seconds_words(v.text().duration_us())));
  }
}

// Tags that are to come before others.
void check_order(const PlaylistView& v) {
  bool segment = false, broken = false;
  for (const auto& line : v.lines) {
    if (line.tag == "EXT-X-MEDIA-SEQUENCE" && segment)
      v.add("draft-MEDIA-SEQUENCE", line.number, "EXT-X-MEDIA-SEQUENCE comes behind a segment");
    if (line.tag == "EXT-X-DISCONTINUITY-SEQUENCE" && (segment || broken))
      v.add("draft-DISCONTINUITY-SEQUENCE", line.number,
            "EXT-X-DISCONTINUITY-SEQUENCE comes behind a segment or a discontinuity");
    segment = segment || line.is_uri();
    broken = broken || line.tag == "EXT-X-DISCONTINUITY";
  }
}

// Without a zone a date is one all the same.
std::optional<std::int64_t> date_of(const std::string& text) {
  const auto date = hls::date_us(text);
  return date ? date : hls::date_us(text + "Z");
}

void check_date(const PlaylistView& v) {
  for (const auto* line : v.all("EXT-X-PROGRAM-DATE-TIME")) {
    if (!date_of(line->value))
      v.add("draft-DATE", line->number,
            fmt::format("EXT-X-PROGRAM-DATE-TIME '{}' is no date with a time", line->value));
    else if (!hls::date_us(line->value) || line->value.find('.') == std::string::npos)
      v.add("draft-DATE-ZONE", line->number,
            fmt::format("EXT-X-PROGRAM-DATE-TIME '{}' has no time zone or no milliseconds",
                        line->value));
  }
}

void check_drift(const PlaylistView& v) {
  std::optional<std::int64_t> expected;
  for (const auto& segment : v.text().segments) {
    if (segment.discontinuity) expected.reset();
    const auto date = date_of(segment.program_date_time);
    if (date && expected && std::abs(*date - *expected) > kSecond / 2)
      v.add("draft-DATE-DRIFT", segment.line, json_seconds(*date - *expected), 0.5,
            fmt::format("the date of '{}' is {} from where EXTINF leads", segment.uri,
                        offset_words(*date - *expected)));
    if (date) expected = date;
    if (expected) *expected += segment.duration_us;
  }
}

void check_type(const PlaylistView& v) {
  if (v.text().type == "VOD" && !v.text().endlist)
    v.add("draft-ENDLIST", 0, "a VOD playlist without EXT-X-ENDLIST");
  if (v.live() && v.main() && v.first("EXT-X-PROGRAM-DATE-TIME") == nullptr)
    v.add("general-8.4", 0, "a live playlist without EXT-X-PROGRAM-DATE-TIME");
  const auto* broken = v.first("EXT-X-DISCONTINUITY");
  if (v.live() && v.text().type.empty() && broken &&
      v.first("EXT-X-DISCONTINUITY-SEQUENCE") == nullptr)
    v.add("general-8.17", broken->number,
          "a live playlist has EXT-X-DISCONTINUITY, but no EXT-X-DISCONTINUITY-SEQUENCE");
}

void check_length(const PlaylistView& v, std::string_view rule, std::int64_t least,
                  std::string_view what) {
  const std::int64_t length = v.text().duration_us();
  if (length >= least) return;
  v.add(rule, 0, json_seconds(length), json_seconds(least),
        fmt::format("the playlist lasts {}, less than {} ({})", seconds_words(length), what,
                    seconds_words(least)));
}

void check_window(const PlaylistView& v) {
  constexpr std::size_t kLeast = 6;
  if (!v.sliding() || !v.main()) return;
  const std::size_t count = v.text().segments.size();
  if (count < kLeast)
    v.add("general-8.11", 0, std::int64_t(count), std::int64_t(kLeast),
          fmt::format("a live playlist of {}",
                      count_words(std::int64_t(count), "segment", "segments, fewer than 6")));
  check_length(v, "draft-WINDOW", v.targets(3), "three target durations");
  check_length(v, "general-8.12", 15 * 60 * kSecond, "fifteen minutes");
  check_length(v, "tvos-8.12", 120 * 60 * kSecond, "two hours");
}

void check_target(const PlaylistView& v) {
  constexpr std::int64_t kUsual = 6;
  const auto& segments = v.text().segments;
  if (!v.main() || !v.text().target_duration || segments.empty()) return;
  const std::int64_t target = *v.text().target_duration;
  if (target != kUsual)
    return v.add("general-7.5", 0, target, kUsual,
                 fmt::format("the target duration is {} s, not {} s", target, kUsual));
  if (segments.size() < 2) return;
  const std::int64_t mean =
      (v.text().duration_us() - segments.back().duration_us) / std::int64_t(segments.size() - 1);
  if (mean < (kUsual - 1) * kSecond)
    v.add("general-7.6", 0, json_seconds(mean), double(kUsual),
          fmt::format("segments last {} in the mean, not {} s", seconds_words(mean), kUsual));
}

void check_maps(const PlaylistView& v) {
  const auto& segments = v.text().segments;
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const int before = segments[i - 1].map, now = segments[i].map;
    if (before < 0 || now < 0 || before == now || segments[i].discontinuity) continue;
    const auto& a = v.text().maps[std::size_t(before)];
    const auto& b = v.text().maps[std::size_t(now)];
    if (a.uri == b.uri && a.range == b.range) continue;
    v.add("general-8.13", segments[i].line,
          fmt::format("EXT-X-MAP changes to '{}' without EXT-X-DISCONTINUITY", b.uri));
  }
}

void check_clear(const PlaylistView& v) {
  const auto found = std::find_if(v.lines.begin(), v.lines.end(), [](const hls::Line& line) {
    return line.is_uri() && line.value.starts_with("http://");
  });
  if (found != v.lines.end())
    v.add("general-11.3", found->number, fmt::format("'{}' does not come over TLS", found->value));
}

}  // namespace

void check_media_playlists(const Presentation& p, Findings& out) {
  constexpr PlaylistCheck kChecks[] = {check_order,  check_date,   check_drift, check_type,
                                       check_window, check_target, check_maps,  check_clear};
  for (const auto& view : views(p, out)) {
    check_start(view);
    if (view.rendition == nullptr) continue;
    for (const auto check : kChecks) check(view);
  }
}

}  // namespace weir::probe
