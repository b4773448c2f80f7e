// What EXT-X-VERSION has to be at least.
// Source: draft-pantos-hls-rfc8216bis-22 section 8.
#include <algorithm>

#include "probe/check.h"
#include "probe/playlist_view.h"

namespace weir::probe {
namespace {

struct Floor {
  int version;
  std::string_view tag;
  std::string_view attribute;  // "" when the tag alone asks for it
};
constexpr Floor kFloors[] = {
    {2, "EXT-X-KEY", "IV"},
    {4, "EXT-X-BYTERANGE", ""},
    {4, "EXT-X-I-FRAMES-ONLY", ""},
    {5, "EXT-X-KEY", "KEYFORMAT"},
    {5, "EXT-X-KEY", "KEYFORMATVERSIONS"},
    {8, "EXT-X-DEFINE", ""},
    {9, "EXT-X-SKIP", ""},
    {10, "EXT-X-SKIP", "RECENTLY-REMOVED-DATERANGES"},
    {11, "EXT-X-DEFINE", "QUERYPARAM"},
};

struct Wanted {
  int version = 1;
  int line = 0;
  std::string what;
  void raise(int floor, const hls::Line& at, std::string why) {
    if (floor <= version) return;
    version = floor;
    line = at.number;
    what = std::move(why);
  }
};

void tags(const PlaylistView& v, Wanted& wanted) {
  for (const auto& [version, tag, attribute] : kFloors)
    for (const auto* line : v.all(tag))
      if (attribute.empty() || line->attributes.find(attribute) != nullptr)
        wanted.raise(version, *line,
                     fmt::format("{}{}{}", tag, attribute.empty() ? "" : " with ", attribute));
}

void values(const PlaylistView& v, Wanted& wanted) {
  for (const auto* line : v.all("EXTINF"))
    if (line->value.substr(0, line->value.find(',')).find('.') != std::string::npos)
      wanted.raise(3, *line, "an EXTINF with a point");
  for (const auto* line : v.all("EXT-X-KEY"))
    if (line->attributes.text("METHOD") == "SAMPLE-AES")
      wanted.raise(5, *line, "METHOD=SAMPLE-AES");
  const bool iframes = v.first("EXT-X-I-FRAMES-ONLY") != nullptr;
  for (const auto* line : v.all("EXT-X-MAP")) wanted.raise(iframes ? 5 : 6, *line, "EXT-X-MAP");
  for (const auto* line : v.all("EXT-X-MEDIA")) {
    const std::string id = line->attributes.text("INSTREAM-ID").value_or("");
    if (id.starts_with("SERVICE")) wanted.raise(7, *line, "INSTREAM-ID of a SERVICE");
    if (!id.empty() && line->attributes.text("TYPE") != "CLOSED-CAPTIONS")
      wanted.raise(13, *line, "INSTREAM-ID of what is no captions");
  }
}

void requirements(const PlaylistView& v, Wanted& wanted) {
  for (const auto& line : v.lines)
    for (const auto& attribute : line.attributes.list)
      if (attribute.name.starts_with("REQ-")) wanted.raise(12, line, attribute.name);
}

}  // namespace

void check_version(const Presentation& p, Findings& out) {
  for (const auto& v : views(p, out)) {
    Wanted wanted;
    tags(v, wanted);
    values(v, wanted);
    requirements(v, wanted);
    const int version = v.rendition == nullptr ? p.multivariant->version : v.text().version;
    if (wanted.version > version)
      v.add(
          "draft-VERSION", wanted.line, version, wanted.version,
          fmt::format("EXT-X-VERSION is {}, {} asks for {}", version, wanted.what, wanted.version));
  }
}

}  // namespace weir::probe
