// What an earlier live or event run left in the store, put in order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "hls/playlist.h"
#include "publish/hls_state.h"

namespace weir::publish {

/// All renditions have the same next number; where a rendition had not listed a segment that
/// another one had, or only parts of it had been seen, it lists a gap of the same length.
struct EarlierRun {
  HlsState state;
  std::vector<hls::MediaPlaylist> playlists;  ///< As state.renditions; what players may hold.
  std::vector<hls::MediaPlaylist> iframes;    ///< As they were found; empty: none.
  std::int64_t next = 0;                      ///< Number of the first segment nobody has seen.
  std::int64_t target_duration = 0;           ///< Seconds; 0 when no playlist was readable.
  std::int64_t discontinuities = 0;           ///< All there were: of those listed, and before.
  std::optional<std::int64_t> end_utc_us;     ///< Where the listed dates end.
  bool ended = false;                         ///< With EXT-X-ENDLIST.

  /// The place of a rendition in these lists.
  std::optional<std::size_t> find(const std::string& folder) const;
};

/// Empty when there is no state file: other playlists that may be there are not ours to go on from.
/// What is damaged counts as not there, and that is said.
/// Failure    The store's, but for a store that cannot be read: that holds nothing.
Result<std::optional<EarlierRun>> find_earlier_run(Store& store, Log& log);

/// Why a run with this state cannot go on with the same playlists: in words, for the log; empty
/// when it can. `target` is the wanted length of its segments.
std::string why_not_continued(const EarlierRun& earlier, const HlsState& now, Micros target);

}  // namespace weir::publish
