// Rules about subtitles and captions.
#include <algorithm>

#include "probe/check.h"

namespace weir::probe {
namespace {

bool has_group(const hls::MultivariantText& text, std::string_view type, const std::string& group) {
  return std::any_of(text.media.begin(), text.media.end(),
                     [&](const auto& entry) { return entry.type == type && entry.group == group; });
}

void check_group(const Presentation& p, const char* type, const std::string& group,
                 const hls::VariantText& variant, Findings& out) {
  if (group.empty() || has_group(*p.multivariant, type, group)) return;
  out.add({&find_rule(fmt::format("draft-{}", type)), p.location, variant.line, nullptr, nullptr,
           fmt::format("variant '{}' names the {} group '{}', which does not exist", variant.uri,
                       type, group)});
}

// Section 4.4.6.2: NONE in one variant is NONE in all.
void check_captions(const Presentation& p, Findings& out) {
  const auto& all = p.multivariant->variants;
  const bool none =
      std::any_of(all.begin(), all.end(), [](const auto& v) { return v.captions == "NONE"; });
  for (const auto& variant : all) {
    if (!none) check_group(p, "CLOSED-CAPTIONS", variant.captions, variant, out);
    if (none && variant.captions != "NONE")
      out.add({&find_rule("draft-CLOSED-CAPTIONS"), p.location, variant.line, nullptr, nullptr,
               fmt::format("variant '{}' has no CLOSED-CAPTIONS=NONE, but another one has",
                           variant.uri)});
  }
}

void check_webvtt(const Rendition& rendition, Findings& out) {
  for (std::size_t i = 0; i < rendition.segments.size(); ++i) {
    const auto& facts = rendition.segments[i].facts;
    const auto& text = rendition.text.segments[i];
    if (!facts || text.map >= 0) continue;  // subtitles in fMP4 are not WebVTT files
    if (facts->webvtt && facts->webvtt->timestamp_map) continue;
    out.add({&find_rule("general-5.3"), rendition.location, text.line, nullptr, nullptr,
             fmt::format("'{}' {}", text.uri,
                         facts->webvtt ? "has no X-TIMESTAMP-MAP" : "does not begin with WEBVTT")});
  }
}

}  // namespace

void check_subtitles(const Presentation& p, Findings& out) {
  if (p.multivariant) {
    for (const auto& variant : p.multivariant->variants)
      check_group(p, "SUBTITLES", variant.subtitles, variant, out);
    check_captions(p, out);
  }
  for (const auto& rendition : p.renditions)
    if (rendition.role == Rendition::Role::kSubtitles) check_webvtt(rendition, out);
}

}  // namespace weir::probe
