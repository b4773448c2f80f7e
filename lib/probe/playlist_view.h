// One playlist as the rules over its text see it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "probe/presentation.h"
#include "probe/rules.h"

namespace weir::probe {

struct PlaylistView {
  const Presentation& p;
  const Rendition* rendition;  ///< Null for the multivariant playlist.
  const std::vector<hls::Line>& lines;
  const std::string& uri;
  Findings& out;

  std::vector<const hls::Line*> all(std::string_view tag) const;
  /// The first of that name, or nullptr.
  const hls::Line* first(std::string_view tag) const;
  /// An attribute of the first tag of that name as written; "" when there is none.
  std::string attribute(std::string_view tag, std::string_view name) const;
  /// A media playlist that goes on.
  bool live() const { return rendition != nullptr && !rendition->vod(); }
  /// A live playlist from which segments were removed.
  bool sliding() const { return live() && rendition->text.media_sequence > 0; }
  bool main() const { return rendition != nullptr && rendition->role == Rendition::Role::kMain; }
  const hls::MediaPlaylistText& text() const { return rendition->text; }
  /// Target durations in microseconds.
  std::int64_t targets(std::int64_t count) const {
    return count * text().target_duration.value_or(0) * 1'000'000;
  }

  void add(std::string_view rule, int line, std::string message) const {
    out.add({&find_rule(rule), uri, line, nullptr, nullptr, std::move(message)});
  }
  void add(std::string_view rule, int line, boost::json::value measured, boost::json::value limit,
           std::string message) const {
    out.add(
        {&find_rule(rule), uri, line, std::move(measured), std::move(limit), std::move(message)});
  }
};

/// A check over one playlist.
using PlaylistCheck = void (*)(const PlaylistView&);

/// The playlists that were read, the multivariant one first.
std::vector<PlaylistView> views(const Presentation& p, Findings& out);

}  // namespace weir::probe
