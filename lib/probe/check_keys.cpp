// Rules over keys and protection.
#include <algorithm>
#include <cctype>
#include <set>

#include "probe/check.h"
#include "probe/playlist_view.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

constexpr std::string_view kFairPlay = "com.apple.streamingkeydelivery";

bool fairplay(const hls::Line& line) {
  return line.attributes.text("KEYFORMAT") == kFairPlay;
}

std::vector<const hls::Line*> keys(const PlaylistView& v) {
  auto all = v.all("EXT-X-KEY");
  for (const auto* line : v.all("EXT-X-SESSION-KEY")) all.push_back(line);
  return all;
}

void check_uri(const PlaylistView& v) {
  for (const auto* line : v.all("EXT-X-KEY")) {
    const bool none = line->attributes.text("METHOD") == "NONE";
    if (none && line->attributes.list.size() > 1)
      v.add("draft-KEY-URI", line->number, "EXT-X-KEY with METHOD=NONE has other attributes");
    if (!none && line->attributes.find("URI") == nullptr)
      v.add("draft-KEY-URI", line->number, "EXT-X-KEY has no URI");
  }
}

void check_session(const PlaylistView& v) {
  std::set<std::string> seen;
  for (const auto* line : v.all("EXT-X-SESSION-KEY")) {
    if (line->attributes.text("METHOD") == "NONE")
      v.add("draft-SESSION-KEY", line->number, "EXT-X-SESSION-KEY with METHOD=NONE");
    std::string all;
    for (const char* name : {"METHOD", "URI", "IV", "KEYFORMAT", "KEYFORMATVERSIONS"})
      all += line->attributes.text(name).value_or("") + "\n";
    if (!seen.insert(all).second)
      v.add("draft-SESSION-KEY-TWICE", line->number, "EXT-X-SESSION-KEY is there twice");
  }
}

bool good_iv(const std::string& iv) {
  constexpr std::size_t kDigits = 32;
  return iv.size() == kDigits + 2 && (iv.starts_with("0x") || iv.starts_with("0X")) &&
         std::all_of(iv.begin() + 2, iv.end(),
                     [](unsigned char c) { return std::isxdigit(c) != 0; });
}

bool good_versions(const std::string& text) {
  const auto parts = parts_of(text, '/');
  return !parts.empty() && !text.ends_with('/') &&
         std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           return hls::parse_integer(part).value_or(0) > 0;
         });
}

void check_values(const PlaylistView& v) {
  for (const auto* line : keys(v)) {
    if (const auto iv = line->attributes.text("IV"); iv && !good_iv(*iv))
      v.add("draft-KEY-IV", line->number, fmt::format("IV '{}' is not 0x and 32 digits", *iv));
    if (const auto text = line->attributes.text("KEYFORMATVERSIONS"); text && !good_versions(*text))
      v.add("draft-KEYFORMATVERSIONS", line->number,
            fmt::format("KEYFORMATVERSIONS '{}' is not whole numbers with slashes between", *text));
  }
}

void check_fairplay(const PlaylistView& v) {
  for (const auto* line : keys(v)) {
    const auto& a = line->attributes;
    if (a.text("METHOD") == "SAMPLE-AES-CTR")
      v.add("general-13.11", line->number, "METHOD is SAMPLE-AES-CTR");
    else if (fairplay(*line) && a.text("METHOD") != "SAMPLE-AES")
      v.add("general-13.2", line->number, "a key of FairPlay is not for SAMPLE-AES");
    if (a.text("URI").value_or("").starts_with("skd:") && !fairplay(*line))
      v.add("general-13.3", line->number,
            fmt::format("a URI of the scheme skd without KEYFORMAT \"{}\"", kFairPlay));
    if (fairplay(*line) && a.find("IV") != nullptr)
      v.add("general-13.4", line->number, "a key of FairPlay has an IV");
  }
}

bool protected_by_fairplay(const PlaylistView& v, std::size_t variant) {
  const auto any = [](const std::vector<hls::Line>& lines) {
    return std::any_of(lines.begin(), lines.end(), [](const hls::Line& line) {
      return line.tag.ends_with("-KEY") && fairplay(line);
    });
  };
  return any(v.p.of_variant(variant).lines) || any(v.lines);
}

void check_hdcp(const PlaylistView& v) {
  constexpr int kHd = 720, kUhd = 1080;
  if (v.rendition != nullptr) return;
  const auto tags = v.all("EXT-X-STREAM-INF");
  for (std::size_t i = 0; i < std::min(tags.size(), v.p.variants.size()); ++i) {
    const int height = v.p.multivariant->variants[i].resolution.value_or(Size{}).height;
    const auto level = tags[i]->attributes.text("HDCP-LEVEL");
    if (height < kHd || !protected_by_fairplay(v, i)) continue;
    if (height > kUhd && level != "TYPE-1")
      v.add("general-13.6", tags[i]->number, "a variant above HD has no HDCP-LEVEL=TYPE-1");
    else if (!level || *level == "NONE")
      v.add("general-13.5", tags[i]->number, "a variant in HD has no HDCP-LEVEL");
  }
}

}  // namespace

void check_keys(const Presentation& p, Findings& out) {
  constexpr PlaylistCheck kChecks[] = {check_uri, check_session, check_values, check_fairplay,
                                       check_hdcp};
  for (const auto& view : views(p, out))
    for (const auto check : kChecks) check(view);
}

}  // namespace weir::probe
