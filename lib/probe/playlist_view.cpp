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

std::vector<std::string> parts_of(std::string_view list, char separator) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(separator), list.size());
    std::string part(list.substr(0, end));
    std::erase(part, ' ');
    parts.push_back(std::move(part));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

bool is_one_of(std::string_view value, const std::vector<std::string>& values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace weir::probe
