#include "probe/playlist_view.h"

#include <algorithm>

namespace weir::probe {

std::vector<const hls::Line*> PlaylistView::all(std::string_view tag) const {
  std::vector<const hls::Line*> found;
  for (const auto& line : lines)
    if (line.tag == tag) found.push_back(&line);
  return found;
}

const hls::Line* PlaylistView::first(std::string_view tag) const {
  const auto found = std::find_if(lines.begin(), lines.end(),
                                  [&](const hls::Line& line) { return line.tag == tag; });
  return found == lines.end() ? nullptr : &*found;
}

std::string PlaylistView::attribute(std::string_view tag, std::string_view name) const {
  const auto* line = first(tag);
  return line == nullptr ? "" : line->attributes.text(name).value_or("");
}

std::vector<PlaylistView> views(const Presentation& p, Findings& out) {
  std::vector<PlaylistView> all;
  if (p.multivariant) all.push_back({p, nullptr, p.lines, p.location, out});
  for (const auto& rendition : p.renditions)
    if (!rendition.failure)
      all.push_back({p, &rendition, rendition.lines, rendition.location, out});
  return all;
}

}  // namespace weir::probe
