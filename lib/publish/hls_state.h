// What a live or event run leaves in the store beside its playlists, so that the next run there can
// go on where it stopped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "publish/hls_options.h"

namespace weir::publish {

/// The window, its numbers and its dates stand in the playlists; here is what they do not tell.
struct HlsState {
  struct Rendition {
    std::string folder;
    std::string suffix;       ///< Of segments.
    std::int64_t oldest = 0;  ///< Segments below this number have been removed.
    int oldest_map = 0;       ///< So have initialization sections below this one.
    int maps = 0;             ///< How many initialization sections there were.

    bool operator==(const Rendition&) const = default;
  };
  hls::MediaPlaylist::Type type = hls::MediaPlaylist::Type::kLive;
  Micros part{};  ///< 0: without parts.
  std::vector<Rendition> renditions;
  std::vector<std::int64_t> keys;  ///< First segments of the keys whose files are there.

  bool operator==(const HlsState&) const = default;
};
inline constexpr const char* kHlsStateFile = ".hls-segment.json";

std::string to_json(const HlsState& state);
/// kBadInput unless it is what to_json() wrote, in this version, with numbers that can be counted
/// on and folders that are names. Any bytes are safe.
Result<HlsState> parse_hls_state(ByteView json);

}  // namespace weir::publish
