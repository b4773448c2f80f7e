// What interstitials put in: their asset lists, and the playlists these name.
// Source: draft-pantos-hls-rfc8216bis-22 appendix D.2 (X-ASSET-URI, X-ASSET-LIST).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hls/playlist_text.h"
#include "probe/fetch.h"

namespace weir::probe {

struct Presentation;

struct Insert {
  std::string uri;      ///< Of the playlist that has it.
  int line = 0;         ///< Of its EXT-X-DATERANGE.
  std::string problem;  ///< Of its list, "" for none.
  struct Asset {
    std::string uri;
    std::optional<hls::MultivariantText>
        text;  ///< Empty when it is not to be had, or a lone playlist.
  };
  std::vector<Asset> assets;
};

/// Fetches the lists and playlists of the interstitials of the first media playlist that has any;
/// all renditions have the same. The first 100 assets.
std::vector<Insert> read_inserts(const Presentation& presentation, const Fetcher& fetcher);

}  // namespace weir::probe
