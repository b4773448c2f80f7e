// Rules over interstitials.
// Source: draft-pantos-hls-rfc8216bis-22 appendix D.
#include <algorithm>

#include "hls/date_range_check.h"
#include "probe/check.h"
#include "probe/playlist_view.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

struct NumberRule {
  std::string_view attribute;
  bool negative;  // allowed
  std::string_view rule;
};
constexpr NumberRule kNumbers[] = {
    {"X-RESUME-OFFSET", true, "draft-INTERSTITIAL-RESUME"},
    {"X-PLAYOUT-LIMIT", false, "draft-INTERSTITIAL-LIMIT"},
    {"X-SKIP-CONTROL-OFFSET", false, "draft-INTERSTITIAL-SKIP"},
    {"X-SKIP-CONTROL-DURATION", false, "draft-INTERSTITIAL-SKIP"},
};

void check_numbers(const PlaylistView& v, const hls::Line& line) {
  for (const auto& [name, negative, rule] : kNumbers) {
    const auto value = line.attributes.text(name);
    if (!value) continue;
    const bool minus = negative && value->starts_with('-');
    if (!hls::parse_micros(std::string_view(*value).substr(minus ? 1 : 0)))
      v.add(rule, line.number, fmt::format("{} cannot be '{}'", name, *value));
  }
}

// Several tags may tell of one range; one of them is to tell its asset.
bool has_asset(const PlaylistView& v, const std::string& id) {
  const auto all = v.all("EXT-X-DATERANGE");
  return std::any_of(all.begin(), all.end(), [&](const hls::Line* line) {
    const auto& a = line->attributes;
    return a.text("ID") == id && (a.find("X-ASSET-URI") || a.find("X-ASSET-LIST"));
  });
}

void check_asset(const PlaylistView& v, const hls::Line& line) {
  const auto& a = line.attributes;
  const bool both = a.find("X-ASSET-URI") != nullptr && a.find("X-ASSET-LIST") != nullptr;
  if (both || !has_asset(v, a.text("ID").value_or("")))
    v.add("draft-INTERSTITIAL-ASSET", line.number,
          fmt::format("an interstitial has {} X-ASSET-URI and X-ASSET-LIST",
                      both ? "both" : "neither of"));
  const auto cue = parts_of(a.text("CUE").value_or(""));
  if (is_one_of("PRE", cue) && is_one_of("POST", cue))
    v.add("draft-INTERSTITIAL-CUE", line.number, "CUE is PRE and POST");
}

void check_timeline(const PlaylistView& v, const hls::Line& line) {
  const auto& segments = v.text().segments;
  const auto start = hls::date_us(line.attributes.text("START-DATE").value_or(""));
  if (!v.text().endlist || segments.empty() || !start || line.attributes.find("CUE")) return;
  const auto first = hls::date_us(segments.front().program_date_time);
  if (!first || (*start >= *first && *start <= *first + v.text().duration_us())) return;
  v.add("draft-INTERSTITIAL-TIMELINE", line.number,
        fmt::format("START-DATE {} lies outside of the programme",
                    line.attributes.text("START-DATE").value_or("")));
}

}  // namespace

void check_interstitials(const Presentation& p, Findings& out) {
  for (const auto& v : views(p, out)) {
    if (v.rendition == nullptr) continue;
    for (const auto* line : v.all("EXT-X-DATERANGE")) {
      if (line->attributes.text("CLASS") != "com.apple.hls.interstitial") continue;
      check_numbers(v, *line);
      check_asset(v, *line);
      check_timeline(v, *line);
    }
  }
}

}  // namespace weir::probe
