#include "edge/part_hints.h"

#include <algorithm>
#include <utility>

#include "edge/origin_name.h"
#include "hls/uri.h"

namespace weir::edge {

PartHints::Hinted PartHints::hinted(std::string_view playlist,
                                    const hls::PlaylistReach& reach) const {
  Hinted out{{}, reach.target};
  const std::string folder = path_ + "/";
  for (const std::string& uri : reach.hints) {
    const std::string file = hls::resolve_uri(folder + std::string(playlist), uri);
    if (file.starts_with(folder)) out.names.push_back(file.substr(folder.size()));
  }
  return out;
}

void PartHints::put(std::string_view playlist, const hls::PlaylistReach& reach) {
  Hinted now = hinted(playlist, reach);
  const std::lock_guard lock(mutex_);
  if (!now.names.empty())
    hinted_.insert_or_assign(std::string(playlist), std::move(now));
  else if (const auto at = hinted_.find(playlist); at != hinted_.end())
    hinted_.erase(at);
}

std::optional<Micros> PartHints::target_of(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [playlist, each] : hinted_)
    if (std::find(each.names.begin(), each.names.end(), name) != each.names.end())
      return each.target;
  return {};
}

std::vector<std::string> PartHints::playlists_in(std::string_view folder) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [playlist, each] : hinted_)
    if (folder_of_name(playlist) == folder) out.push_back(playlist);
  return out;
}

}  // namespace weir::edge
